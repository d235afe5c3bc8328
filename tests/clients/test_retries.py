"""A client that emits again because no ack came in time: its event is stored
once, where the mapping has an id_from."""

import pytest

import kcat
from drivers import Client, driver_of
from kafka_cluster import KafkaCluster
from waiting import wait_until
from weir_fixtures import unique
from weir_node import WeirNode

CONFIG = """
kafka.brokers = "{bootstrap}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{topic}"
  events = ["say"]
  room_from = "/0/room"
  id_from = "/0/id"
"""


@pytest.fixture(scope="module")
def cluster():
    """One of its own, because it is paused."""
    with KafkaCluster() as cluster:
        yield cluster


driver = driver_of("js")


def repeats(node):
    return node.metric("weir_emits_deduplicated_total")


def stored(cluster, topic):
    return [x.json for x in kcat.consume(cluster.bootstrap, topic)]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_an_event_is_stored_once_however_often_it_is_emitted(
        cluster, driver, transport):
    topic = unique("retries")
    cluster.create_topic(topic)
    with WeirNode(CONFIG.format(bootstrap=cluster.bootstrap,
                                topic=topic)) as node:
        with Client(driver, node.url, transport, retries=100,
                    ackTimeout=300) as client:
            client.wait_for("connect")
            event = {"room": "chat:1", "id": "first"}
            error, first = client.answer(client.start_emit("say", event))
            assert error is None and first["status"] == "ok"
            cluster.pause_broker(1)
            waiting = client.start_emit("say", {**event, "id": "second"})
            wait_until(lambda: repeats(node) >= 3, "the event to be repeated")
            cluster.continue_broker(1)
            error, second = client.answer(waiting)
            assert error is None and second["status"] == "ok", second
        # From another connection, as after the first was lost.
        with Client(driver, node.url, transport) as client:
            client.wait_for("connect")
            assert client.emit("say", {**event, "id": "second"}) == second
    assert [x["id"] for x in stored(cluster, topic)] == ["first", "second"]
