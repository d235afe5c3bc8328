"""What is said of the embedded broker (README, the log, `weir check`): which
clients of Kafka can use it and which cannot. test_readme.py has kafkajs."""

import subprocess

import pytest
from confluent_kafka import Consumer, Producer

from kafka_cluster import java_command
from raw_client import RawClient
from waiting import PATIENCE
from weir_fixtures import node_of
from weir_node import CHAT

node = node_of("kafka.embedded = true\n" + CHAT)


@pytest.fixture
def member(node):
    with RawClient(node.port) as client:
        client.join("chat:1")
        yield client


def said_by(member):
    name, argument = member.next_event()
    assert name == "say", name
    return argument


def written(node, **settings):
    return Producer({"bootstrap.servers": node.bootstrap,
                     "partitioner": "murmur2_random", **settings})


def test_clients_on_librdkafka_produce_and_consume(node, member):
    producer = written(node)
    producer.produce("chat", key="chat:1", value='{"n":1}')
    assert producer.flush(PATIENCE) == 0
    assert said_by(member) == {"n": 1}
    consumer = Consumer({"bootstrap.servers": node.bootstrap,
                         "group.id": "a back end",
                         "auto.offset.reset": "earliest"})
    consumer.subscribe(["chat"])
    record = consumer.poll(PATIENCE)
    assert record and not record.error(), record and record.error()
    assert record.key() == b"chat:1"
    consumer.close()


@pytest.mark.parametrize("end", ["commit_transaction", "abort_transaction"])
def test_it_knows_no_transactions(node, member, end):
    """What was produced in one that is aborted is delivered, too."""
    producer = written(node, **{"transactional.id": end})
    producer.init_transactions(PATIENCE)
    producer.begin_transaction()
    producer.produce("chat", key="chat:1", value=f'{{"in":"{end}"}}')
    assert producer.flush(PATIENCE) == 0
    assert said_by(member) == {"in": end}  # it is not over yet
    getattr(producer, end)(PATIENCE)
    assert member.is_quiet()


def test_java_clients_cannot_produce(node, member):
    run = subprocess.run(
        java_command("org.apache.kafka.tools.ConsoleProducer",
                     "--bootstrap-server", node.bootstrap, "--topic", "chat",
                     "--producer-property", "max.block.ms=10000",
                     "--producer-property", "delivery.timeout.ms=10000",
                     "--producer-property", "request.timeout.ms=9000"),
        input='{"from":"Java"}\n', text=True, capture_output=True,
        timeout=PATIENCE)
    # It asks for the topic until its time is over, whatever it is told.
    assert "Error when sending message to topic chat" in run.stdout, run
    assert member.is_quiet()
