"""What a producer sends again is stored once, also when it has to give up
another record meanwhile, after which brokers know it under another epoch."""

import pytest

import kcat
from cable import Cable
from kafka_cluster import KafkaCluster
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import unique
from weir_node import WeirNode

USER, PASSWORD = "weir", "weir-of-the-test"
CONFIG = """
[kafka]
brokers = "{bootstrap}"
  [kafka.properties]
  "security.protocol" = "SASL_PLAINTEXT"
  "sasl.mechanism" = "PLAIN"
  "sasl.username" = "weir"
  "sasl.password" = "weir-of-the-test"
[cluster]
name = "{kept}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "kept:{{id}}"
  topic = "{kept}"
  events = ["keep"]
  room_from = "/0/room"
  [[namespace.mapping]]
  room = "refused:{{id}}"
  topic = "{refused}"
  events = ["refuse"]
  room_from = "/0/room"
"""


class Gate(Cable):
    """A way to a broker that can lose answers: what is sent arrives."""

    keeps_answers = False

    def keep_answers(self):
        self.keeps_answers = True

    def take(self, source):
        while (data := super().take(source)) and self.keeps_answers \
                and self.is_far_end(source):
            pass
        return data

    def cut_once(self):
        """All connections end, and new ones lose nothing."""
        self.cut()
        self.keeps_answers = False
        self.join()


class GatedCluster(KafkaCluster):
    """Two brokers that USERS reach through gates."""

    def __init__(self):
        super().__init__(2, users={USER: PASSWORD})
        self.gates = {n: Gate(port) for n, port in self.user_ports.items()}

    def stop(self):
        super().stop()
        for gate in self.gates.values():
            gate.close()

    def address_for_users(self, node):
        return self.gates[node].address

    def create_topic_at(self, node, **options):
        while True:
            name = unique("once")
            self.create_topic(name, 1, 1, **options)
            if self.leaders(name)[0] == node:
                return name


@pytest.fixture(scope="module")
def cluster():
    with GatedCluster() as x:
        yield x


def test_what_is_sent_again_after_another_was_refused(cluster):
    kept = cluster.create_topic_at(1)
    refused = cluster.create_topic_at(2, configs={"max.message.bytes": "2000"})
    gate = cluster.gates[1]
    config = CONFIG.format(bootstrap=cluster.gates[2].address, kept=kept,
                           refused=refused)

    def stored():
        return [x.value for x in kcat.consume(cluster.bootstrap, kept)]

    with WeirNode(config) as node, RawClient(node.port) as keeper, \
            RawClient(node.port) as other:
        keeper.join("kept:a")
        other.join("refused:a")
        assert keeper.emit("keep", {"room": "kept:a"})["status"] == "ok"
        assert other.emit("refuse", {"room": "refused:a"})["status"] == "ok"
        for n in range(2, 5):
            gate.keep_answers()
            ack = keeper.start_emit("keep", {"room": "kept:a", "n": n})
            wait_until(lambda: len(stored()) == n, "it to be stored")
            large = {"room": "refused:a", "text": "x" * 3000}
            answer = other.emit("refuse", large)
            assert answer["code"] == "too_large", answer
            keeper.emit("no such event")  # its answer comes behind others
            assert ack not in keeper.acks
            gate.cut_once()
            assert keeper.ack_of(ack)["status"] == "ok"
            assert len(stored()) == n, stored()
