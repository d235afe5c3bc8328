"""What can go wrong between nodes, and with nodes of which there are more.

What is short and what is long is said by configuration.py: nodes give each other
up after `cluster.timeout`, and Kafka gives a node's partitions to others after
`session.timeout.ms`.
"""

import asyncio

from fault import Fault, NodeFault
from network import CLIENTS, KAFKA, Cut
from waiting import SANITIZED


class CutFault(Fault):
    """choose() fills `cuts`: (node, cut)."""
    needs_cluster = True

    async def inject(self):
        for node, cut in self.cuts:
            node.place.cut(cut)

    async def heal(self):
        for node, cut in self.cuts:
            node.place.heal(cut)


# -- links between nodes ------------------------------------------------------

class NodeLinkFault(CutFault):
    family, row = "node link", "link between two nodes"
    lasts = (0.5, 8.0)
    way, verdict = "both", "drop"

    def choose(self):
        self.one, self.other = self.random.sample(self.world.nodes, 2)
        self.cuts = [(self.one, Cut((self.other.place.address,), self.way,
                                    self.verdict))]
        return f"{self.one.name} and {self.other.name}"


class NodeLinkCut(NodeLinkFault):
    name = "node_link_cut"
    how = ("packets between two nodes dropped; for shorter and longer than "
           "cluster.timeout")


class NodeLinkReset(NodeLinkFault):
    name, verdict = "node_link_reset", "reset"
    how = "connections between two nodes reset, new ones refused"


class NodeLinkOneWay(NodeLinkFault):
    name, way = "node_link_one_way", "out"
    how = "packets of one node to another dropped; the other way they pass"

    def choose(self):
        super().choose()
        return f"from {self.one.name} to {self.other.name}"


class NodeLinkSlow(NodeLinkFault):
    name = "node_link_slow"
    how = "packets between two nodes 20 to 300 ms late, up to 5 % of them lost"
    lasts = (3.0, 10.0)

    async def inject(self):
        delay = self.random.uniform(0.02, 0.3)
        loss = self.random.uniform(0, 0.05)
        self.one.place.slow_down(self.other.place, delay, loss)
        self.other.place.slow_down(self.one.place, delay, loss)

    async def heal(self):
        self.one.place.speed_up(self.other.place)
        self.other.place.speed_up(self.one.place)


class NodeIsolated(CutFault):
    name, family, row = "node_isolated", "node link", "a node cut off"
    how = "packets between a node and all others dropped; not Kafka's, clients'"
    lasts = (1.0, 10.0)

    def choose(self):
        node = self.random.choice(self.world.nodes)
        others = tuple(x.place.address for x in self.world.nodes
                       if x is not node)
        self.cuts = [(node, Cut(others))]
        return node.name


# -- a node's links to Kafka and to clients -----------------------------------

class NodeCutFromKafka(CutFault):
    name, family, row = "node_cut_from_kafka", "broker link", "a node cut off"
    how = ("packets between a node and all brokers dropped; also for longer "
           "than session.timeout.ms")
    lasts = (2.0, 12.0)
    ways = ["both"]

    def choose(self):
        node = self.random.choice(self.world.nodes)
        way = self.random.choice(self.ways)
        self.cuts = [(node, Cut((KAFKA,), way))]
        return node.name if way == "both" else f"{way} of {node.name}"


class NodeKafkaOneWay(NodeCutFromKafka):
    name, ways = "node_kafka_one_way", ["in", "out"]
    how = "packets between a node and all brokers dropped, one way"


class NodeCutFromClients(CutFault):
    name, family, row = "node_cut_from_clients", "client link", "a node cut off"
    how = "packets between a node and its clients dropped"
    lasts = (1.0, 12.0)

    def choose(self):
        node = self.random.choice(self.world.nodes)
        self.cuts = [(node, Cut((CLIENTS,)))]
        return node.name


# -- nodes --------------------------------------------------------------------

class ClusterNodeFault(NodeFault):
    needs_cluster = True


class NodePauseShort(ClusterNodeFault):
    name, row = "node_pause_short", "a node stands still"
    how = "SIGSTOP, SIGCONT; for shorter than cluster.timeout"
    lasts = (0.2, 1.5)

    async def inject(self):
        self.node.pause()

    async def heal(self):
        self.node.resume()


class NodePauseLong(NodePauseShort):
    name = "node_pause_long"
    how = ("SIGSTOP, SIGCONT; for longer than session.timeout.ms: it wakes up "
           "with partitions that others have, and most clients still connected")
    lasts = (6.5, 14.0)


class NodeGone(ClusterNodeFault):
    name, row = "node_gone", "a node killed (-9)"
    how = ("SIGKILL; started again at the same address after its partitions "
           "have moved")
    lasts = (7.0, 12.0)

    async def inject(self):
        await self.node.kill()

    async def heal(self):
        await self.node.start()


class NodesRestart(Fault):
    name, family, row = "nodes_restart", "node", "deploy (SIGTERM)"
    how = "each node in turn: SIGTERM, started again, next once it is ready"
    lasts = (0.0, 0.0)
    needs_cluster = True

    def choose(self):
        return "all nodes in turn"

    async def inject(self):
        for node in self.world.nodes:
            await node.terminate()
            self.exchange(node)
            await node.start()
            await node.wait_until_ready()

    def exchange(self, node):
        pass


class NodesUpgrade(NodesRestart):
    name, row = "nodes_upgrade", "upgrade"
    how = ("likewise, with another program (WEIR_BINARY_NEXT); the next time "
           "back")

    def exchange(self, node):
        node.exchange_binary()


class NodeAndBrokerKill(ClusterNodeFault):
    name, row = "node_and_broker_kill", "a node and a broker at once"
    how = "SIGKILL of a node and of one of 3 brokers; both started again"
    also = ("broker",)
    lasts = (3.0, 10.0)

    def choose(self):
        self.broker = self.random.choice(self.world.kafka.brokers)
        return f"{super().choose()} and broker {self.broker}"

    async def inject(self):
        await asyncio.gather(self.node.kill(),
                             self.world.kafka.kill(self.broker))

    async def heal(self):
        await asyncio.gather(self.node.start(),
                             self.world.kafka.start_broker(self.broker))


# -- clocks -------------------------------------------------------------------

class ClockJump(ClusterNodeFault):
    name, family, row = "clock_jump", "clock", "a node's clock jumps"
    how = ("the wall clock of a node jumps by 5 s to a minute, forwards or "
           "backwards, and back")
    lasts = (2.0, 10.0)
    seconds = [5, 20, 60]

    @classmethod
    def is_playable(cls, nodes, brokers):
        # Their runtime must be the first library of a process.
        return super().is_playable(nodes, brokers) and not SANITIZED

    def choose(self):
        self.by = self.random.choice([-1, 1]) * self.random.choice(self.seconds)
        return f"{super().choose()} by {self.by} s"

    async def inject(self):
        self.node.clock.jump(self.by)

    async def heal(self):
        self.node.clock.jump(0)


class ClockLeap(ClockJump):
    name, seconds = "clock_leap", [600, 1800]
    how = ("likewise by 10 or 30 minutes, which is more than clients have for "
           "coming back")
    may_lose_session = True
