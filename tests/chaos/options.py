"""What a run is made of; the command line fills it."""

import pathlib
from dataclasses import dataclass, field

from faults import FAULTS
from waiting import PATIENCE

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    seed: int = 1
    duration: float = 45.0  # seconds of faults
    clients: int = 200  # light ones
    official: int = 20
    rooms: int = 40
    rooms_per_client: int = 3
    rate: float = 30.0  # emits per second, of all clients
    nodes: int = 1  # more: a cluster, each in a network namespace of its own
    brokers: int = 3  # 0: the broker within the node, without faults of brokers
    partitions: int = 6
    faults: tuple = tuple(FAULTS)
    alone: bool = False  # one fault at a time
    calm: bool = False  # no faults at all
    recovery: bool = True
    may_lose_session: tuple = ()  # faults
    settings: tuple = ()  # of the nodes, as `weir --set` takes them
    secure: bool = False  # clients come with TLS and tokens
    mutation: str = ""
    patience: float = 3 * PATIENCE  # for all to be quiet after the last fault
    folder: pathlib.Path = field(default=ROOT / "build/chaos")

    @property
    def is_cluster(self):
        return self.nodes > 1

    @property
    def counts_traffic(self):
        """Faults make nodes read again what they have read."""
        return self.calm and self.brokers > 0

    @property
    def has_disks(self):
        """Nodes and brokers have disks that can be full."""
        return any(FAULTS[x].needs_disks for x in self.playable)

    @property
    def has_clocks(self):
        """Nodes have clocks that can jump."""
        return any(FAULTS[x].family == "clock" for x in self.playable)

    @property
    def playable(self):
        return [x for x in self.faults if not self.calm
                and FAULTS[x].is_playable(self.nodes, self.brokers)
                and (self.secure or not FAULTS[x].needs_security)
                # Clocks decide how long a token holds.
                and not (self.secure and FAULTS[x].family == "clock")]
