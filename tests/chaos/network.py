"""A network of our own for a run: hosts on a bridge, and what goes wrong between
them.

                 the run's own namespace: clients, brokers, links
                   lo: 127.0.0.1    bridge: CLIENTS, KAFKA
          ┌───────────────────┼───────────────────┐
      eth0 10.77.0.11     eth0 10.77.0.12     eth0 10.77.0.13
      namespace of a      namespace of b      namespace of c
          └─ late ─────────── late_path ───────── late ─┘
"""

import contextlib
import subprocess
from dataclasses import dataclass

from late_path import LatePath
from namespace import Namespace, NamespaceError

# Whom hosts see at the bridge: a cut from one is none from the other.
CLIENTS, KAFKA = "10.77.0.1", "10.77.0.2"


def run(program, text, arguments=()):
    """A program of the network's, in the namespace of this thread."""
    try:
        done = subprocess.run([program, *arguments], input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError:
        raise NamespaceError(f"no {program} to be found: run tools/setup"
                             ) from None
    if done.returncode != 0:
        raise NamespaceError(f"{program} fails: {done.stdout}\n{text}")


def ip(*commands):
    run("ip", "\n".join(commands) + "\n", ["-batch", "-"])


class Network:
    """The thread that makes it is in its namespace until close(), and so is
    every thread and process that is started by then."""

    def __init__(self):
        self.home = Namespace()
        self.hosts = []
        self.namespace = Namespace.make()
        self.namespace.enter()
        try:
            ip("link set lo up",
               "link add bridge type bridge",
               f"address add {CLIENTS}/24 dev bridge",
               f"address add {KAFKA}/24 dev bridge",
               "link set bridge up")
            self.late = LatePath()
        except BaseException:
            self.close()
            raise

    def close(self):
        for host in self.hosts:
            host.close()
        self.home.enter()
        self.home.close()
        self.namespace.close()

    def add_host(self):
        host = Host(f"10.77.0.{11 + len(self.hosts)}", self.late)
        self.hosts.append(host)
        return host


# The resets themselves pass.
VERDICTS = {"drop": "drop",
            "reset": "tcp flags & rst == 0 reject with tcp reset"}


@dataclass(frozen=True, eq=False)
class Cut:
    """Packets between a host and others do not arrive."""
    others: tuple  # addresses
    way: str = "both"  # "in": only those to the host; "out": only those of it
    how: str = "drop"  # "reset": connections end, new ones are refused

    def rules(self, way):
        if self.way in ("both", way):
            peer = "saddr" if way == "in" else "daddr"
            yield (f"ip {peer} {{ {', '.join(self.others)} }} "
                   f"{VERDICTS[self.how]}")


# All rules at once: there is no moment with half of them.
RULES = """\
add table inet chaos
delete table inet chaos
table inet chaos {{
  chain in {{ type filter hook input priority 0;
    {in_}
  }}
  chain out {{ type filter hook output priority 0;
    {out}
  }}
}}
"""


class Loopback:
    """The place of a node without a network of its own."""
    address = "127.0.0.1"

    def enter(self):
        pass

    def inside(self):
        return contextlib.nullcontext()


class Host:
    """A namespace with an address on the bridge."""

    def __init__(self, address, late):
        self.address = address
        self.namespace = Namespace.make()
        self.cuts = []
        # Named in the bridge's namespace by what tells hosts apart.
        port = f"host{address.rpartition('.')[2]}"
        ip(f"link add {port} type veth peer name eth0 netns "
           f"{self.namespace.path}",
           f"link set {port} master bridge up")
        with self.inside():
            ip("link set lo up",
               f"address add {address}/24 dev eth0",
               "link set eth0 up")
            self.late = late.attach(address)
            ip("link set late up")

    def close(self):
        self.late.close()
        self.namespace.close()

    def enter(self):
        """For a child, before its program runs."""
        self.namespace.enter()

    def inside(self):
        """Sockets and processes that are made meanwhile are the host's."""
        return self.namespace.inside()

    # -- what goes wrong ------------------------------------------------------

    def cut(self, cut):
        self.cuts.append(cut)
        self.apply_cuts()

    def heal(self, cut):
        self.cuts.remove(cut)
        self.apply_cuts()

    def apply_cuts(self):
        def rules(way):
            return "\n    ".join(y for x in self.cuts for y in x.rules(way))
        with self.inside():
            run("nft", RULES.format(in_=rules("in"), out=rules("out")),
                ["-f", "-"])

    def slow_down(self, other, delay, loss):
        """What goes to another host arrives late, or not at all."""
        self.late.impair(other.address, delay, loss)
        with self.inside():
            ip(f"route replace {other.address}/32 dev late "
               f"src {self.address}")

    def speed_up(self, other):
        with self.inside():
            ip(f"route del {other.address}/32 dev late")
