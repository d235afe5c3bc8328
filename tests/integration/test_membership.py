"""A node that loses its place in the consumer group, and takes it again."""

import pytest

import kafka_group
import kcat
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import mapping_of, own_topics
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{bootstrap}"
[kafka.properties]
"session.timeout.ms" = 6000
[cluster]
name = "{prefix}"
node = "a"
[[namespace]]
name = "/"
""" + mapping_of("chat", "chat message")


@pytest.fixture
def prefix(kafka):
    return own_topics(kafka, "membership", "chat")


def config(kafka, prefix):
    return CONFIG.format(bootstrap=kafka, prefix=prefix)


def produce(kafka, prefix, numbers):
    kcat.produce_json(kafka, f"{prefix}.chat", "1",
                      [{"room": "chat:1", "n": n} for n in numbers])


def numbers(client, count):
    return [client.next_event()[1]["n"] for _ in range(count)]


def test_a_pause_longer_than_the_session_costs_nothing_but_time(kafka, prefix):
    with WeirNode(config(kafka, prefix)) as node:
        with RawClient(node.port) as client:
            client.join("chat:1")
            produce(kafka, prefix, range(20))
            assert numbers(client, 20) == list(range(20))
            # Not yet committed: that is what it will begin with.
            node.freeze()
            wait_until(lambda: kafka_group.state(kafka, prefix) == "Empty",
                       "the group to miss the node")
            produce(kafka, prefix, range(20, 40))
            node.thaw()
            assert numbers(client, 20) == list(range(20, 40))
            node.wait_until_ready()
            produce(kafka, prefix, [40])
            assert numbers(client, 1) == [40]


def test_a_node_takes_its_place_again_from_one_of_the_same_name(kafka, prefix):
    with WeirNode(config(kafka, prefix)) as node:
        with RawClient(node.port) as client:
            client.join("chat:1")
            produce(kafka, prefix, range(20))
            assert numbers(client, 20) == list(range(20))
            with WeirNode(config(kafka, prefix), ready=False):
                node.wait_for_log("error Kafka consumer failed")
                produce(kafka, prefix, range(20, 40))
            assert numbers(client, 20) == list(range(20, 40))
            node.wait_until_ready()
            produce(kafka, prefix, [40])
            assert numbers(client, 1) == [40]
