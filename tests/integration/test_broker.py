"""Brokers that are not there, or not yet, or not any more; topics likewise."""

import pytest

import kafka_group
import kafka_wire
import kcat
from kafka_cluster import KafkaCluster
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import addresses, create_topic, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{bootstrap}"
delivery_timeout = "{timeout}"
[kafka.properties]
"reconnect.backoff.max.ms" = 200
"topic.metadata.refresh.interval.ms" = 500
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.chat"
  events = ["chat message"]
  room_from = "/0/room"
"""


def config(bootstrap, prefix, timeout="30s"):
    return CONFIG.format(bootstrap=bootstrap, prefix=prefix, timeout=timeout)


@pytest.fixture
def prefix():
    return unique("broker")


@pytest.fixture(scope="module")
def cluster():
    """One of its own, which is not yet started and creates no topics."""
    cluster = KafkaCluster(properties={"auto.create.topics.enable": "false"})
    yield cluster
    cluster.stop()


def emit(client, text):
    return client.emit("chat message", {"room": "chat:1", "text": text})


def is_before(ack, joined):
    """Whether a record was read before the member joined: a room begins where
    its node has got to, which may be short of what is stored by then."""
    begin = dict(x.split("@")[0].split(":")
                 for x in joined["offset"].split(","))
    return ack["offset"] < int(begin[str(ack["partition"])])


def test_a_node_starts_without_its_broker_and_works_once_it_is_there(
        cluster, prefix):
    assert not cluster.is_running(1)
    with WeirNode(config(cluster.bootstrap, prefix, "60s"),
                  ready=False) as node:
        assert node.get("/livez")[0] == 200
        status, body = node.get("/readyz")
        assert (status, body["ready"]) == (503, False)
        assert any("no Kafka broker answers" in x for x in body["reasons"])
        with RawClient(node.port) as client:
            waiting = client.start_emit(
                "chat message", {"room": "chat:1", "text": "early"})
            cluster.start()
            cluster.create_topic(f"{prefix}.chat")
            node.wait_until_ready()
            early = client.ack_of(waiting)
            assert early["status"] == "ok"
            joined = client.join("chat:1")
            emit(client, "hello")
            if not is_before(early, joined):
                assert client.next_event()[1]["text"] == "early"
            assert client.next_event()[1]["text"] == "hello"


def test_an_outage_costs_nothing_but_time(cluster, prefix):
    if not cluster.is_running(1):
        cluster.start()
    cluster.create_topic(f"{prefix}.chat")
    with WeirNode(config(cluster.bootstrap, prefix, "60s")) as node:
        with RawClient(node.port) as client:
            client.join("chat:1")
            emit(client, "before")
            assert client.next_event()[1]["text"] == "before"
            cluster.kill_broker(1)
            wait_until(lambda: node.get("/readyz")[0] == 503, "/readyz to tell")
            waiting = [client.start_emit(
                "chat message", {"room": "chat:1", "text": f"during {i}"})
                for i in range(5)]
            cluster.start_broker(1)
            acks = [client.ack_of(x) for x in waiting]
            assert [x["status"] for x in acks] == ["ok"] * 5
            emit(client, "after")
            assert [client.next_event()[1]["text"] for _ in range(6)] == [
                *(f"during {i}" for i in range(5)), "after"]
            node.wait_until_ready()
        records = kcat.consume(cluster.bootstrap, f"{prefix}.chat")
        assert [x.json["text"] for x in records] == [
            "before", *(f"during {i}" for i in range(5)), "after"]


def test_an_outage_that_outlasts_a_question_about_the_group(cluster, prefix):
    if not cluster.is_running(1):
        cluster.start()
    cluster.create_topic(f"{prefix}.chat")
    with WeirNode(config(cluster.bootstrap, prefix, "60s")) as node:
        cluster.kill_broker(1)
        node.wait_for_log("the consumer group is not described.*Timed out")
        cluster.start_broker(1)
        node.wait_until_ready()
        with RawClient(node.port) as client:
            client.join("chat:1")
            emit(client, "after")
            assert client.next_event()[1]["text"] == "after"


def test_an_emit_that_no_broker_takes_is_answered_with_an_error(cluster,
                                                                prefix):
    with WeirNode(config("127.0.0.1:9", prefix, "1s"), ready=False) as node:
        with RawClient(node.port) as client:
            answer = emit(client, "lost")
            assert answer["status"] == "error"
            assert answer["code"] in ("unavailable", "timeout")
            assert answer["message"]
            # The socket stays, and so does everything that needs no Kafka.
            assert client.emit("no such event")["code"] == "unknown_event"
            assert client.emit("join", "chat:1")["code"] == "unavailable"


# -- topics -------------------------------------------------------------------

def test_a_topic_that_does_not_exist_is_created_where_brokers_do_that(kafka,
                                                                      prefix):
    with WeirNode(config(kafka, prefix), ready=False) as node:
        with RawClient(node.port) as client:
            first = emit(client, "first")
            assert first["status"] == "ok"
            node.wait_until_ready()
            joined = client.join("chat:1")
            emit(client, "second")
            if not is_before(first, joined):
                assert client.next_event()[1]["text"] == "first"
            assert client.next_event()[1]["text"] == "second"


def test_a_topic_that_nobody_creates_is_an_error_until_it_is_there(cluster,
                                                                   prefix):
    if not cluster.is_running(1):
        cluster.start()
    # Longer than librdkafka takes to call a topic unknown: 3 s.
    with WeirNode(config(cluster.bootstrap, prefix, "30s"),
                  ready=False) as node:
        with RawClient(node.port) as client:
            answer = emit(client, "lost")
            assert (answer["status"], answer["code"]) == ("error",
                                                          "unavailable")
            node.wait_for_log(rf"(?i){prefix}.chat.*unknown topic"
                              rf"|unknown topic.*{prefix}.chat")
            cluster.create_topic(f"{prefix}.chat")
            wait_until(lambda: emit(client, "x")["status"] == "ok",
                       "an emit to be stored")
            wait_until(lambda: client.emit("join", "chat:1")["status"] == "ok",
                       "the room to be there")
            emit(client, "second")
            while client.next_event()[1]["text"] != "second":
                pass


def test_a_new_partition_is_read_from_its_beginning(kafka, prefix):
    """What was stored there before the node has noticed it included."""
    topic, address = f"{prefix}.chat", addresses(kafka)[0]
    create_topic(kafka, topic, partitions=1)
    with WeirNode(config(kafka, prefix).replace(
            '"topic.metadata.refresh.interval.ms" = 500',
            '"topic.metadata.refresh.interval.ms" = 3000')) as node:
        node.wait_for_log("topic known .*partitions=1")
        wait_until(lambda: kafka_group.committed(kafka, prefix, topic, [0])
                   == {0: 0}, "the first partition's start to be committed")
        kafka_wire.set_partitions(address, topic, 2)
        wait_until(lambda: kafka_wire.metadata(address, [topic])[1][topic]
                   .get(1, -1) != -1, "the new partition's leader")
        kcat.produce(kafka, topic, "1", {"room": "chat:1"}, {}, "-p", "1")
        node.wait_for_log("topic known .*partitions=2")
        wait_until(lambda: node.partitions().get((topic, 1), {})
                   .get("cached_bytes", 0) > 0, "its record to be read")
