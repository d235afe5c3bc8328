"""What can go wrong, one class each; more are in cluster_faults.py,
topic_faults.py, back_end_faults.py, group_faults.py and webhook_faults.py.

Faults of one family exclude each other in time; those of different families
overlap. `row` is the line of docs/failure-table.md that a fault belongs to.
"""

import asyncio

import back_end_faults  # noqa: F401: they are in FAULTS
import cluster_faults  # noqa: F401: likewise
import group_faults  # noqa: F401: likewise
import topic_faults  # noqa: F401: likewise
import webhook_faults  # noqa: F401: likewise
from fault import BrokerLinkFault, ClientLinkFault, Fault, NodeFault

FLOOD_EVENTS, FLOOD_BYTES = 120, 16_000


# -- the node -----------------------------------------------------------------

class NodeKill(NodeFault):
    name, row = "node_kill", "a node killed (-9)"
    how = "SIGKILL; started again at the same address"
    lasts = (0.2, 4.0)

    async def inject(self):
        await self.node.kill()

    async def heal(self):
        await self.node.start()


class NodePause(NodeFault):
    name, row = "node_pause", "a node stands still"
    how = "SIGSTOP, SIGCONT; also for longer than clients wait for a ping"
    lasts = (1.0, 10.0)
    needs_brokers = False

    async def inject(self):
        self.node.pause()

    async def heal(self):
        self.node.resume()


class NodeRestart(NodeFault):
    name, row = "node_restart", "deploy (SIGTERM)"
    how = "SIGTERM under load; started again at the same address"
    lasts = (0.1, 2.0)

    async def inject(self):
        await self.node.terminate()

    async def heal(self):
        await self.node.start()


class NodeDiskFull(NodeFault):
    name, row = "node_disk_full", "a disk full"
    how = "the disk that a node's log is on; a node writes nothing else"
    lasts = (1.0, 6.0)
    needs_brokers = False
    needs_disks = True

    async def inject(self):
        self.node.disk.fill()

    async def heal(self):
        self.node.disk.free()


# -- brokers ------------------------------------------------------------------

class BrokerFault(Fault):
    family = "broker"

    def choose(self):
        self.broker = self.random.choice(self.world.kafka.brokers)
        return f"broker {self.broker}"


class BrokerKill(BrokerFault):
    name, row = "broker_kill", "broker leader failover"
    how = "SIGKILL of one of 3 brokers; started again with its data"
    lasts = (3.0, 10.0)

    async def inject(self):
        await self.world.kafka.kill(self.broker)

    async def heal(self):
        await self.world.kafka.start_broker(self.broker)


class BrokerDiskFull(BrokerFault):
    name, row = "broker_disk_full", "a disk full"
    how = "that of one of 3 brokers, which ends; started again with room on it"
    lasts = (4.0, 10.0)
    needs_disks = True

    async def inject(self):
        self.world.kafka.disk(self.broker).fill()

    async def heal(self):
        self.world.kafka.disk(self.broker).free()
        await self.world.kafka.kill(self.broker)
        await self.world.kafka.start_broker(self.broker)


class BrokerPause(BrokerFault):
    name, row = "broker_pause", "a broker stands still"
    how = "SIGSTOP, SIGCONT of one of 3 brokers"
    lasts = (2.0, 12.0)

    async def inject(self):
        self.world.kafka.pause(self.broker)

    async def heal(self):
        self.world.kafka.resume(self.broker)


class RollingRestart(Fault):
    name, family, row = "rolling_restart", "broker", "rolling broker restart"
    how = "each broker in turn: SIGTERM, started again"
    lasts = (0.0, 0.0)

    def choose(self):
        return "all brokers in turn"

    async def inject(self):
        for broker in self.world.kafka.brokers:
            await self.world.kafka.stop_broker(broker)
            await self.world.kafka.start_broker(broker)


class BrokersPause(Fault):
    name, family, row = "brokers_pause", "broker", "all brokers unreachable"
    how = "SIGSTOP, SIGCONT of all 3 brokers"
    lasts = (2.0, 8.0)

    def choose(self):
        return "all brokers"

    async def inject(self):
        for broker in self.world.kafka.brokers:
            self.world.kafka.pause(broker)

    async def heal(self):
        for broker in self.world.kafka.brokers:
            self.world.kafka.resume(broker)


# -- links between the node and brokers ---------------------------------------

class BrokerCut(BrokerLinkFault):
    name, row = "broker_cut", "link to a broker cut"
    how = "connections between node and one broker reset, new ones refused"
    lasts = (1.0, 8.0)

    async def inject(self):
        self.links[0].cut()


class BrokerStall(BrokerLinkFault):
    name, row = "broker_stall", "link to a broker cut"
    how = "nothing passes between node and one broker"
    lasts = (1.0, 8.0)

    async def inject(self):
        self.links[0].stall()


class KafkaCut(BrokerLinkFault):
    name, row = "kafka_cut", "all brokers unreachable"
    how = ("connections between node and all brokers reset, new ones refused; "
           "also for longer than delivery_timeout")
    lasts = (2.0, 14.0)

    def choose(self):
        self.links = list(self.world.kafka.links.values())
        return "all brokers"

    async def inject(self):
        for link in self.links:
            link.cut()


# -- links between clients and the node ---------------------------------------

class LinkCut(ClientLinkFault):
    name, how = "link_cut", "connections reset, new ones refused"
    lasts = (0.5, 5.0)

    async def inject(self):
        self.link.cut()


class LinkStall(ClientLinkFault):
    name, how = "link_stall", "nothing passes; both ends notice by ping timeout"
    lasts = (1.0, 12.0)

    async def inject(self):
        self.link.stall()


class LinkDelay(ClientLinkFault):
    name, how = "link_delay", "each byte 100 to 800 ms late"
    lasts = (2.0, 8.0)

    async def inject(self):
        self.link.delay(self.random.uniform(0.1, 0.8))


class HalfOpen(ClientLinkFault):
    name = "half_open"
    how = ("clients see a reset, the node hears nothing: they come back while "
           "their old connections seem alive")
    lasts = (1.0, 10.0)

    async def inject(self):
        self.link.half_open()


class Storm(ClientLinkFault):
    name, how = "storm", "all connections reset at once, three times in a row"
    lasts = (1.0, 2.0)

    async def inject(self):
        for _ in range(3):
            self.link.reset()
            await asyncio.sleep(self.random.uniform(0.1, 1.0))


# -- clients ------------------------------------------------------------------

class SlowReader(Fault):
    name, family, row = "slow_reader", "client", "a client stops reading"
    how = ("5 clients stop reading while 2 MB come for a room of theirs; some "
           "for longer than ping_timeout")
    lasts = (2.0, 9.0)
    needs_brokers = False

    def choose(self):
        self.clients = self.random.sample(self.world.light,
                                          min(5, len(self.world.light)))
        return ", ".join(x.name for x in self.clients)

    async def inject(self):
        for client in self.clients:
            client.set_reading(False)
        self.flood = asyncio.create_task(self.world.load.flood(
            {self.random.choice(sorted(x.rooms)) for x in self.clients[:1]},
            FLOOD_EVENTS, FLOOD_BYTES))

    async def heal(self):
        for client in self.clients:
            client.set_reading(True)
        await self.flood


class Pipelining(Fault):
    name, family, row = "pipelining", "client", "clients that do not wait"
    how = ("20 clients send joins, leaves and emits of one room at random, "
           "without waiting for answers")
    lasts = (3.0, 8.0)
    needs_brokers = False

    def choose(self):
        self.clients = self.random.sample(self.world.light,
                                          min(20, len(self.world.light)))
        return f"{len(self.clients)} clients"

    async def inject(self):
        self.task = asyncio.create_task(self.play())

    async def play(self):
        while True:
            client = self.random.choice(self.clients)
            client.pipeline(self.random.choice(sorted(client.rooms)))
            await asyncio.sleep(0.05)

    async def heal(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


def subclasses(cls):
    for x in cls.__subclasses__():
        yield x
        yield from subclasses(x)


FAULTS = {x.name: x for x in subclasses(Fault) if x.name}
