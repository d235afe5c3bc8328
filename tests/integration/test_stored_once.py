"""What a producer sends again is stored once, also when it has to give up
another record meanwhile, after which brokers know it under another epoch."""

import selectors
import socket
import threading

import pytest

import kcat
from kafka_cluster import KafkaCluster, to_text
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


class Gate:
    """A way to a broker that can lose answers: what is sent arrives."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.lock = threading.Lock()
        self.pairs = {}  # near end: far end
        self.keeps_answers = self.is_closed = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def close(self):
        self.is_closed = True
        self.thread.join()
        self.cut()
        self.listener.close()

    def keep_answers(self):
        self.keeps_answers = True

    def cut(self):
        """All connections end, and new ones lose nothing."""
        with self.lock:
            for near, far in self.pairs.items():
                for end in (near, far):
                    self.selector.unregister(end)
                    end.close()
            self.pairs = {}
            self.keeps_answers = False

    def run(self):
        while not self.is_closed:
            ready = self.selector.select(0.05)
            with self.lock:
                for key, _ in ready:
                    self.on_ready(key.fileobj)

    def on_ready(self, end):
        if end is self.listener:
            near, _ = self.listener.accept()
            far = socket.create_connection(self.target)
            self.pairs[near] = far
            for x in (near, far):
                self.selector.register(x, selectors.EVENT_READ)
        elif end in self.pairs:
            self.move(end, end, self.pairs[end])
        else:
            for near, far in list(self.pairs.items()):
                if far is end:
                    self.move(end, near, far)

    def move(self, source, near, far):
        try:
            data = source.recv(1 << 16)
            if data and not (source is far and self.keeps_answers):
                (near if source is far else far).sendall(data)
        except OSError:
            data = b""
        if not data:
            for end in (near, far):
                self.selector.unregister(end)
                end.close()
            del self.pairs[near]


class GatedCluster(KafkaCluster):
    """Two brokers that USERS reach through gates."""

    def __init__(self):
        super().__init__(2, users={USER: PASSWORD})
        self.gates = {n: Gate(port) for n, port in self.user_ports.items()}

    def stop(self):
        super().stop()
        for gate in self.gates.values():
            gate.close()

    def format(self, node):
        super().format(node)
        with (self.directory / f"broker-{node}.properties").open("a") as out:
            out.write(to_text({"advertised.listeners":
                               f"CLIENT://127.0.0.1:{self.ports[node][0]},"
                               f"USERS://{self.gates[node].address}"}))

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
            gate.cut()
            assert keeper.ack_of(ack)["status"] == "ok"
            assert len(stored()) == n, stored()
