"""Partitions that come while nodes are away. Kafka keeps the places of those that
were killed and gives them what they had; whoever leads the group then does not
know that it leads, so nobody would have the new ones."""

import itertools

import pytest

import kafka_wire
from raw_client import RawClient
from waiting import wait_until
from weir_cluster import WeirCluster
from weir_fixtures import addresses, create_topic_again, mapping_of, own_topics
from weir_node import WeirNode

BEFORE, AFTER = 2, 6  # partitions

# Kafka keeps the places for longer than any test is away.
CONFIG = """
[kafka]
brokers = "{brokers}"
[kafka.properties]
"session.timeout.ms" = 120000
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
timeout = "2s"
[[namespace]]
name = "/"
""" + mapping_of("chat")


class Setting:
    def __init__(self, kafka):
        self.address = addresses(kafka)[0]
        self.kafka = kafka
        prefix = own_topics(kafka, "added", "chat", partitions=BEFORE)
        self.topic = f"{prefix}.chat"
        self.config = CONFIG.format(brokers=kafka, prefix=prefix)

    def add(self):
        kafka_wire.set_partitions(self.address, self.topic, AFTER)

    def create_again(self):
        kafka_wire.delete_topic(self.address, self.topic)
        create_topic_again(self.kafka, self.topic, AFTER)


def hears_everything(*nodes):
    """A member on the first node hears what is said in rooms of all partitions
    on each of them."""
    with RawClient(nodes[0].port) as member:
        for speaker_node in nodes:
            with RawClient(speaker_node.port) as speaker:
                seen = set()
                for n in itertools.count():
                    room = f"chat:{n}"
                    assert member.emit("join", room)["status"] == "ok"
                    said = speaker.emit("say", {"room": room})
                    assert said["status"] == "ok", said
                    assert member.next_event()[1]["room"] == room
                    seen.add(said["partition"])
                    if len(seen) == AFTER:
                        break


def wait_until_all_are_read(nodes):
    def owned():
        keys = [key for x in nodes for key in x.partitions()]
        return len(keys) == len(set(keys)) == AFTER
    wait_until(owned, "all partitions to have one reader")
    for node in nodes:
        node.wait_until_ready()


@pytest.mark.parametrize("change", ["add", "create_again"])
def test_a_node_that_was_killed_meanwhile_reads_them(kafka, change):
    setting = Setting(kafka)
    with WeirNode(setting.config, "cluster.node=a") as node:
        node.process.kill()
        node.wait_for_exit()
    getattr(setting, change)()
    with WeirNode(setting.config, "cluster.node=a", ready=False) as node:
        wait_until_all_are_read([node])
        hears_everything(node)


def test_nodes_that_were_all_killed_meanwhile_read_them(kafka):
    setting = Setting(kafka)
    cluster = WeirCluster(setting.config, "abc")
    cluster.partitions = BEFORE
    with cluster:
        for name in "abc":
            cluster.kill(name)
        setting.add()
        for name in "abc":
            cluster.add(name, ready=False)
        nodes = list(cluster.nodes.values())
        wait_until_all_are_read(nodes)
        hears_everything(*nodes)
