"""What Kafka refuses is said at once, in one way: to the operator by the log, a
metric and /readyz, to clients by an answer that names the reason."""

import pytest

import kafka_wire
from kafka_cluster import KafkaCluster
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import addresses, mapping_of, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{bootstrap}"
[kafka.properties]
"security.protocol" = "SASL_PLAINTEXT"
"sasl.mechanism" = "PLAIN"
"sasl.username" = "weir"
"sasl.password" = "{password}"
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
""" + mapping_of("chat") + mapping_of("news", "news")


@pytest.fixture(scope="module")
def cluster():
    """It creates no topics by itself."""
    with KafkaCluster(users={"weir": "secret"},
                      properties={"auto.create.topics.enable": "false"}) as x:
        yield x


class Setting:
    def __init__(self, cluster, topics=("chat", "news")):
        self.cluster = cluster
        self.prefix = unique("errors")
        self.topic = f"{self.prefix}.chat"
        for name in topics:
            cluster.create_topic(f"{self.prefix}.{name}", 2)

    def config(self, password="secret"):
        return CONFIG.format(bootstrap=self.cluster.users_bootstrap,
                             prefix=self.prefix, password=password)


def join(node, room):
    with RawClient(node.port) as client:
        return client.emit("join", room)


def test_a_topic_that_may_not_be_read(cluster):
    setting = Setting(cluster)
    cluster.deny("weir", "read", setting.topic)
    with WeirNode(setting.config(), ready=False) as node:
        wait_until(lambda: setting.topic in node.reasons(), "the reason")
        assert "READ" in node.reasons()
        node.wait_for_log(f"{setting.topic}.*TOPIC_AUTHORIZATION_FAILED")
        assert node.metric("weir_kafka_errors_total",
                           code="TOPIC_AUTHORIZATION_FAILED")
        answer = join(node, "chat:1")
        assert answer["code"] == "unavailable"
        assert setting.topic in answer["message"]
        assert "may not be read" in answer["message"]
        cluster.allow("weir", "read", setting.topic)
        node.wait_until_ready()
        assert join(node, "chat:1")["status"] == "ok"


def test_a_topic_that_may_no_longer_be_read(cluster):
    setting = Setting(cluster)
    with WeirNode(setting.config()) as node, RawClient(node.port) as client:
        client.join("chat:1")
        assert client.emit("say", {"room": "chat:1"})["status"] == "ok"
        assert client.next_event()[0] == "say"
        cluster.deny("weir", "read", setting.topic)
        wait_until(lambda: "may not be read" in node.reasons(), "the reason")
        assert join(node, "chat:2")["code"] == "unavailable"
        assert join(node, "news:1")["status"] == "ok"
        assert client.emit("say", {"room": "chat:1"})["status"] == "ok"
        cluster.allow("weir", "read", setting.topic)
        node.wait_until_ready()
        assert client.next_event()[0] == "say"
        assert join(node, "chat:2")["status"] == "ok"


def test_a_topic_that_does_not_exist(cluster):
    setting = Setting(cluster, ["news"])
    with WeirNode(setting.config(), ready=False) as node:
        wait_until(lambda: "does not exist" in node.reasons(), "the reason")
        answer = join(node, "chat:1")
        assert answer["code"] == "unavailable"
        assert "does not exist" in answer["message"]
        assert join(node, "news:1")["status"] == "ok"
        cluster.create_topic(setting.topic, 2)
        node.wait_until_ready()
        wait_until(lambda: join(node, "chat:1")["status"] == "ok",
                   "a join of the topic that is there now")


def test_a_topic_that_may_not_be_written(cluster):
    setting = Setting(cluster)
    cluster.deny("weir", "write", setting.topic)
    with WeirNode(setting.config(), ready=False) as node, \
            RawClient(node.port) as client:
        wait_until(lambda: "allow WRITE" in node.reasons(), "the reason")
        answer = client.emit("say", {"room": "chat:1"})
        assert answer["code"] == "unavailable", answer
        node.wait_for_log("where=producer.*TOPIC_AUTHORIZATION_FAILED")
        cluster.allow("weir", "write", setting.topic)
        node.wait_until_ready()
        wait_until(lambda: client.emit("say", {"room": "chat:1"})["status"]
                   == "ok", "an emit that is stored")


def test_a_group_that_may_not_be_joined(cluster):
    setting = Setting(cluster)
    cluster.deny("weir", "read", setting.prefix, kind="group")
    with WeirNode(setting.config(), ready=False) as node:
        node.wait_for_log("GROUP_AUTHORIZATION_FAILED.*kafka.group")
        wait_until(lambda: node.metric("weir_kafka_errors_total",
                                       code="GROUP_AUTHORIZATION_FAILED"),
                   "the metric")
        assert node.get("/readyz")[0] == 503


def test_a_wrong_password(cluster):
    setting = Setting(cluster)
    with WeirNode(setting.config("wrong"), ready=False) as node:
        node.wait_for_log("_AUTHENTICATION.*password")
        assert node.get("/readyz")[0] == 503


# -- one partition of a topic --------------------------------------------------

EMBEDDED = """
[kafka]
embedded = true
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
""" + mapping_of("chat")


def rooms_by_partition(client, partitions=4):
    """Two rooms of each, by what acks say."""
    found = {}
    for i in range(1000):
        room = f"chat:{i}"
        at = client.emit("say", {"room": room})["partition"]
        found.setdefault(at, []).append(room)
        if len(found) == partitions and min(map(len, found.values())) >= 2:
            return found
    raise AssertionError(f"partitions without rooms: {found.keys()}")


def test_a_partition_that_cannot_be_read():
    """Its records cannot be unpacked, which real brokers notice themselves; all
    else in the topic continues."""
    prefix = unique("errors")
    with WeirNode(EMBEDDED.format(prefix=prefix)) as node, \
            RawClient(node.port) as client:
        rooms = rooms_by_partition(client)
        bad, good = sorted(rooms)[:2]
        for partition in (bad, good):
            client.join(rooms[partition][0])
        kafka_wire.produce(
            addresses(node.bootstrap)[0], f"{prefix}.chat", bad,
            kafka_wire.batch(b"rubbish", attributes=kafka_wire.GZIP))
        place = f"{prefix}.chat/{bad}"
        wait_until(lambda: f"partition {place}" in node.reasons(), "the reason")
        assert "Decompression" in node.reasons()
        assert node.get("/readyz")[0] == 503
        line = node.wait_for_log("Kafka reports an error.*_BAD_COMPRESSION.*")
        assert f"partition {place}" in line[0]
        assert " do=" in line[0]
        assert node.metric("weir_kafka_errors_total",
                           code="_BAD_COMPRESSION")
        wait_until(lambda: client.emit("join", rooms[bad][1])["status"]
                   == "error", "the answer of the partition's rooms")
        answer = client.emit("join", rooms[bad][1])
        assert answer["code"] == "unavailable"
        assert f"partition {place}: " in answer["message"]
        assert "Decompression" in answer["message"]
        client.join(rooms[good][1])
        event = {"room": rooms[good][0], "n": 1}
        assert client.emit("say", event)["status"] == "ok"
        while client.next_event()[1] != event:
            pass  # what was emitted before the joins may come behind them
