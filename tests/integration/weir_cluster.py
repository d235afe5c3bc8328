"""Nodes of one cluster, next to a real Kafka.

    with WeirCluster(config, "abc") as cluster:
        ... cluster["a"].port, cluster.add("d") ...
"""

import contextlib

from waiting import wait_until
from weir_node import WeirNode

TIMEOUT = "2s"
PARTITIONS = 4  # of each topic


class WeirCluster:
    """`config` is the nodes' text; each has a name, and the first is the
    others' seed."""

    partitions = PARTITIONS

    def __init__(self, config, names, *settings, tls=None):
        self.config, self.names, self.settings = config, names, settings
        self.tls = tls  # of a client, as a node's
        self.nodes = {}
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.stack = stack
            for name in self.names:
                self.add(name)
            self.wait_until_whole()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.stack.__exit__(*exception)

    def __getitem__(self, name):
        return self.nodes[name]

    @property
    def seed(self):
        return next(iter(self.nodes.values())).cluster_address

    def add(self, name, *settings, version="", ready=True):
        seeds = [f"cluster.seeds={self.seed}"] if self.nodes else []
        node = WeirNode(self.config, f"cluster.node={name}",
                        "cluster.listen=127.0.0.1:0",
                        f"cluster.timeout={TIMEOUT}", *seeds, *self.settings,
                        *settings, version=version, ready=ready,
                        tls=self.tls)
        self.nodes[name] = self.stack.enter_context(node)
        return node

    def kill(self, name):
        node = self.nodes.pop(name)
        node.process.kill()
        node.wait_for_exit()

    def wait_until_whole(self):
        """All nodes see each other, and every partition has one owner."""
        wait_until(lambda: all(x.peers() == {y: "up" for y in self.nodes}
                               for x in self.nodes.values()),
                   "all nodes to see each other")
        self.wait_until_owned()

    def wait_until_owned(self):
        wait_until_owned(self.nodes.values(), self.partitions)


def wait_until_owned(nodes, partitions=PARTITIONS):
    wait_until(lambda: have_owners(nodes, partitions),
               "every partition to have one owner")


def have_owners(nodes, partitions):
    """Every partition has one reader, to which each of the nodes subscribes."""
    owned = [(key, x) for node in nodes for key, x in node.partitions().items()]
    keys = [key for key, _ in owned]
    topics = {topic for topic, _ in keys}
    return (keys and len(set(keys)) == len(keys)
            and all(x["subscribers"] == len(nodes) for _, x in owned)
            and len(keys) == partitions * len(topics))
