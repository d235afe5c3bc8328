"""Members of the consumer group that have no link to each other: nobody gets
what the others read. A node that is refused stays out, or leaves, and says so;
what a stranger holds is named."""

import contextlib
import random
import socket
import ssl
import struct
import subprocess

import pytest

import kafka_group
from cable import Cable
from free_ports import free_ports
from raw_client import RawClient
from waiting import PATIENCE, wait_until
from weir_cluster import (PARTITIONS, TIMEOUT, WeirCluster,
                          wait_until_owned)
from weir_fixtures import mapping_of, own_topics
from weir_node import WeirNode, program

CONFIG = """
[kafka]
brokers = "{brokers}"
[kafka.properties]
"session.timeout.ms" = 6000

[cluster]
name = "{prefix}"
secret = "a secret of the tests"
timeout = "2s"

[[namespace]]
name = "/"

""" + mapping_of("chat")

# In all partitions, whichever have been taken away.
ROOMS = [f"chat:{i}" for i in range(16)]

# Kafka moves partitions within some seconds, and nodes wait for as long.
LONG = 6 * PATIENCE


@pytest.fixture
def prefix(kafka):
    return own_topics(kafka, "strangers", "chat", partitions=PARTITIONS)


@pytest.fixture
def config(kafka, prefix):
    return CONFIG.format(brokers=kafka, prefix=prefix)


def wait_for_reason(node, *texts):
    return wait_until(lambda: all(x in node.reasons() for x in texts),
                      f"the reasons {texts}", LONG)


class Crowd:
    """A member of all rooms, who gets what somebody says in each of them."""

    def __init__(self, node):
        self.client = RawClient(node.port)
        for room in ROOMS:
            self.client.join(room)
        self.said = 0

    def hears_all(self, *speakers):
        for node in speakers:
            with RawClient(node.port) as speaker:
                self.said += 1
                for room in ROOMS:
                    say = {"room": room, "n": self.said}
                    assert speaker.emit("say", say)["status"] == "ok"
                heard = {}
                while len(heard) < len(ROOMS):
                    _, x = self.client.next_event(LONG)
                    if x["n"] == self.said:
                        heard[x["room"]] = x
        return True


def is_refused_everywhere(node):
    """A client that comes all the same is told."""
    with RawClient(node.port) as client:
        answers = [client.emit("join", x) for x in ROOMS]
        assert all(x["code"] == "unavailable" for x in answers), answers
        assert all("consumer group" in x["message"] for x in answers), answers
        say = {"room": ROOMS[0], "n": 0}
        assert client.emit("say", say)["status"] == "ok"  # it is stored


def shows_that_it_is_out(node, *why):
    wait_for_reason(node, "stays out of the consumer group", *why)
    node.wait_for_log("error clients are not served here")
    assert node.partitions() == {}
    is_refused_everywhere(node)


def shows_its_partitions(node):
    """A node that is no member knows them all the same, if not at once."""
    wait_until(lambda: node.metric("weir_partitions_unreachable")
               == PARTITIONS, "the metric")


# -- nodes that cannot have links ---------------------------------------------

def test_of_two_nodes_without_links_one_serves(config):
    with WeirNode(config, "cluster.node=a") as a:
        crowd = Crowd(a)
        with WeirNode(config, "cluster.node=b", ready=False) as b:
            shows_that_it_is_out(b, '"a"', "set listen and seeds", ".chat/0")
            shows_its_partitions(b)
            assert crowd.hears_all(a, b)
            assert a.reasons() == ""
            assert a.metric("weir_partitions_unreachable") == 0
            a.stop()
            b.wait_until_ready(LONG)
            wait_until_owned([b])
            assert b.metric("weir_partitions_unreachable") == 0
            assert Crowd(b).hears_all(b)


# Each sees an empty group: both are let in.
def test_of_nodes_that_come_at_once_one_remains(config):
    with contextlib.ExitStack() as stack:
        nodes = [WeirNode(config, f"cluster.node={x}", ready=False)
                 for x in "abc"]
        for node in nodes:
            stack.enter_context(node)

        def who_has_all():
            found = [x for x in nodes if not x.reasons()]
            if len(found) == 1 and len(found[0].partitions()) == PARTITIONS:
                return found[0]
        ready = wait_until(who_has_all, "one node to have all partitions", LONG)
        assert Crowd(ready).hears_all(*nodes)


# -- nodes that others refuse -------------------------------------------------

@pytest.mark.parametrize("change, why", [
    (lambda x: x.replace("a secret", "another secret"), "secret"),
    (lambda x: x.replace('name = "/"', 'name = "/"\nrecovery = "1m"'),
     "configuration"),
])
def test_a_refused_node_takes_nothing_away(config, change, why):
    with WeirCluster(config, "ab") as cluster:
        # Kafka may have begun just now, and take its time to answer.
        for node in cluster["a"], cluster["b"]:
            node.wait_until_ready(LONG)
        crowd = Crowd(cluster["a"])
        with WeirNode(change(config), "cluster.node=x",
                      "cluster.listen=127.0.0.1:0",
                      f"cluster.seeds={cluster.seed}", ready=False) as x:
            wait_for_reason(x, "stays out of the consumer group", why)
            x.wait_for_log("error clients are not served here")
            x.wait_for_log(rf"no link to a node.*{why}")
            shows_its_partitions(x)
            assert x.partitions() == {}
            for node in cluster["a"], cluster["b"]:
                assert node.reasons() == ""
            assert crowd.hears_all(cluster["a"], cluster["b"])
            assert cluster["a"].metric("weir_links_refused_total") > 0
        assert crowd.hears_all(cluster["a"], cluster["b"])


# It is alone with the group at first; when it is outnumbered, it goes.
def test_a_refused_node_that_was_first_leaves(config):
    wrong = config.replace("a secret", "another secret")
    with WeirNode(wrong, "cluster.node=x", "cluster.listen=127.0.0.1:0") as x:
        seeds = f"cluster.seeds={x.cluster_address}"
        member = Crowd(x)
        with WeirNode(config, "cluster.node=a", "cluster.listen=127.0.0.1:0",
                      f"cluster.timeout={TIMEOUT}", seeds, ready=False) as a:
            shows_that_it_is_out(a, '"x"', "secret")
            assert x.reasons() == ""
            with WeirNode(config, "cluster.node=b",
                          "cluster.listen=127.0.0.1:0",
                          f"cluster.seeds={a.cluster_address}",
                          ready=False) as b:
                a.wait_until_ready(LONG)
                b.wait_until_ready(LONG)
                x.wait_for_log("error leaving the consumer group")
                shows_that_it_is_out(x)
                # Who is connected there is to go elsewhere.
                member.client.websocket.code_of_close()
                # Until Kafka has given away what it had, a join is refused.
                wait_until_owned([a, b])
                crowd = Crowd(a)
                assert crowd.hears_all(a, b, x)
                x.stop()
                assert crowd.hears_all(a, b)


def test_of_two_nodes_of_one_name_the_later_one_serves(config):
    with WeirCluster(config, "ab") as cluster:
        a, b = cluster["a"], cluster["b"]
        crowd = Crowd(a)
        with WeirNode(config, "cluster.node=b", "cluster.listen=127.0.0.1:0",
                      f"cluster.seeds={cluster.seed}") as other:
            wait_for_reason(b, "another node has this one's name")
            wait_until(lambda: not a.reasons() and not other.reasons(),
                       "the others to be ready", LONG)
            assert crowd.hears_all(a, other)
        b.wait_until_ready(LONG)
        a.wait_until_ready(LONG)
        assert crowd.hears_all(a, b)


# -- links that are cut -------------------------------------------------------

# For longer than Kafka would take to give a dead node's partitions to others.
def test_one_of_two_nodes_serves_while_their_link_is_cut(config):
    with contextlib.ExitStack() as stack:
        nodes, cables = [], []
        for name in "ab":
            [port] = free_ports(1)
            cables.append(stack.enter_context(Cable(port)))
            nodes.append(stack.enter_context(WeirNode(
                config, f"cluster.node={name}",
                f"cluster.listen=127.0.0.1:{port}",
                f"cluster.advertise={cables[-1].address}",
                f"cluster.seeds={cables[0].address}")))
        a, b = nodes
        wait_until(lambda: a.peers() == b.peers() == {"a": "up", "b": "up"},
                   "the nodes to see each other", LONG)
        wait_until(lambda: len(b.partitions()) == PARTITIONS / 2,
                   "b to have its part", LONG)
        crowd = Crowd(a)
        assert crowd.hears_all(a, b)
        for x in cables:
            x.cut()
        shows_that_it_is_out(b, '"a"')
        a.wait_until_ready(LONG)
        assert crowd.hears_all(a, b)
        for x in cables:
            x.join()
        b.wait_until_ready(LONG)
        a.wait_until_ready(LONG)
        assert crowd.hears_all(a, b)


# -- consumers that are no nodes ----------------------------------------------

# Nodes': of members with another one Kafka lets in none beside theirs.
ASSIGNOR = "cooperative-sticky"
# What most applications have by default.
ANOTHER_ASSIGNOR = "range,roundrobin"


def foreign_consumer(bootstrap, group, topic, assignor=ASSIGNOR):
    """In the node's group, if Kafka lets it in."""
    return program(
        "kcat", "-b", bootstrap, "-q", "-X", "session.timeout.ms=6000", "-X",
        f"partition.assignment.strategy={assignor}", "-X", "client.id=archive",
        "-G", group, topic, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def test_a_foreign_consumer_in_the_group_is_named(kafka, prefix, config):
    with WeirNode(config) as node:
        crowd = Crowd(node)
        with foreign_consumer(kafka, prefix, f"{prefix}.chat"):
            wait_for_reason(node, f"{prefix}.chat/", "archive")
            node.wait_for_log("reader of a partition is not reached.*archive")
            taken = node.metric("weir_partitions_unreachable")
            assert 0 < taken < PARTITIONS
            with RawClient(node.port) as client:
                answers = [client.emit("join", x) for x in ROOMS]
                refused = [x for x in answers if x["status"] != "ok"]
                assert 0 < len(refused) < len(ROOMS)
                assert all(x["code"] == "unavailable" for x in refused)
                assert all("archive" in x["message"] for x in refused)
        node.wait_until_ready(LONG)
        assert node.metric("weir_partitions_unreachable") == 0
        assert crowd.hears_all(node)


def test_a_foreign_consumer_that_keeps_the_node_out_is_named(kafka, prefix,
                                                             config):
    with foreign_consumer(kafka, prefix, f"{prefix}.chat",
                          ANOTHER_ASSIGNOR) as foreigner:
        wait_until(lambda: kafka_group.state(kafka, prefix) == "Stable",
                   "the foreign consumer to have the group", LONG)
        with WeirNode(config, ready=False) as node:
            wait_for_reason(node, f"{prefix}.chat/", "archive", "group.id")
            node.wait_for_log("INCONSISTENT_GROUP_PROTOCOL.*group.id")
            node.wait_for_log("reader of a partition is not reached.*archive")
            assert node.metric("weir_kafka_errors_total",
                               code="INCONSISTENT_GROUP_PROTOCOL") > 0
            assert node.metric("weir_partitions_unreachable") == PARTITIONS
            with RawClient(node.port) as client:
                answers = [client.emit("join", x) for x in ROOMS]
                assert all(x["code"] == "unavailable" for x in answers), answers
                assert all("archive" in x["message"] for x in answers), answers
                say = {"room": ROOMS[0], "n": 0}
                assert client.emit("say", say)["status"] == "ok"  # it is stored
            foreigner.kill()
            node.wait_until_ready(LONG)
            assert node.metric("weir_partitions_unreachable") == 0
            assert Crowd(node).hears_all(node)


def test_a_foreign_consumer_that_is_kept_out_takes_nothing(kafka, prefix,
                                                           config):
    with WeirNode(config) as node:
        crowd = Crowd(node)
        with foreign_consumer(kafka, prefix, f"{prefix}.chat",
                              ANOTHER_ASSIGNOR) as foreigner:
            assert any("roup protocol" in x for x in foreigner.stderr)
            assert crowd.hears_all(node)
            assert node.reasons() == ""


# -- whoever finds the port ---------------------------------------------------

# -- who knocks at the port for nodes ------------------------------------------

STRANGER = "stranger-0000"


def embedded(*settings, **options):
    config = CONFIG.format(brokers="", prefix="flood").replace(
        'brokers = ""', "embedded = true")
    return WeirNode(config, "cluster.listen=127.0.0.1:0", *settings, **options)


@pytest.fixture(scope="module")
def greeting():
    """What a node of another secret says first, to whom it takes for a node."""
    with socket.create_server(("127.0.0.1", 0)) as seed:
        host, port = seed.getsockname()
        with embedded("cluster.secret=another secret of the tests",
                      f"cluster.node={STRANGER}",
                      f"cluster.seeds={host}:{port}", ready=False):
            with seed.accept()[0] as connection:
                size, = struct.unpack(">H", connection.recv(2))
                rest = connection.recv(size, socket.MSG_WAITALL)
                assert rest.startswith(b"gweir"), rest
                return struct.pack(">H", size) + rest


def client_hello():
    out = ssl.MemoryBIO()
    stream = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), out, server_hostname="weir")
    with contextlib.suppress(ssl.SSLWantReadError):
        stream.do_handshake()
    return out.read()


def frame(content):
    return struct.pack(">H", len(content)) + content


# What is sent, of a greeting.
KNOCKS = {
    "nothing": lambda _: b"",
    "a byte": lambda _: b"\0",
    "HTTP": lambda _: b"GET / HTTP/1.1\r\nHost: weir\r\n\r\n",
    "TLS": lambda _: client_hello(),
    "anything": lambda _: random.Random(1).randbytes(200),
    "a frame of no kind": lambda _: frame(b"x"),
    "a frame without a kind": lambda _: frame(b""),
    "the longest frame": lambda _: frame(b"g" * 65535),
    "half a greeting": lambda x: x[:len(x) // 2],
    "a greeting of another format": lambda x: x[:7] + b"\xff" + x[8:],
    "half a handshake": lambda x: x,
    "a wrong secret": lambda x: x + frame(b"p" + bytes(32)),
    "consent without a proof": lambda x: x + frame(b"c"),
    "a refusal": lambda x: x + frame(b"r\1you are not wanted\n"),
}


def knock(address, data):
    with socket.create_connection(address, PATIENCE) as x:
        with contextlib.suppress(OSError):  # it has heard enough
            x.sendall(data)
            x.shutdown(socket.SHUT_WR)
            while x.recv(4096):
                pass


def test_strangers_at_the_port_do_not_fill_the_log(greeting):
    """Each comes under another name, from another port."""
    with embedded("log.limit_interval=1h") as node:
        host, port = node.cluster_address.split(":")
        told, n, refused = {}, 100, 0
        for what, data_of in KNOCKS.items():
            before = len(node.log())
            for i in range(n):
                name = f"stranger-{i:04}".encode()
                knock((host, int(port)),
                      data_of(greeting.replace(STRANGER.encode(), name)))
            refused += n
            wait_until(lambda: node.metric("weir_links_refused_total")
                       == refused, f"all with {what} to be counted", LONG)
            told[what] = node.log()[before:]
        lines = [x for xs in told.values() for x in xs]
        assert any("no link from a node" in x for x in lines)
        assert len(lines) <= 10, told  # log.limit_lines
        assert node.get("/readyz")[0] == 200
