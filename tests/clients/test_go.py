"""Go's clients of Kafka, as back ends use them: what README.md says of them at
the embedded broker, and docs/back-ends.md of where they put a key. It takes a Go
that is no part of tools/setup, and two minutes to compile."""

import pathlib
import shutil
import subprocess

import pytest

import kcat
from waiting import PATIENCE
from weir_fixtures import create_topic, node_of, unique
from weir_node import CHAT

HERE = pathlib.Path(__file__).resolve().parent
KEYS = [f"key-{i}" for i in range(16)]

node = node_of("kafka.embedded = true\n" + CHAT)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    if not shutil.which("go"):
        pytest.skip("there is no Go to build its clients with")
    found = tmp_path_factory.mktemp("go") / "clients"
    subprocess.run(["go", "build", "-o", str(found), "."], cwd=HERE / "go",
                   check=True)
    return str(found)


def produce(program, client, bootstrap, topic):
    return subprocess.run([program, client, bootstrap, topic, *KEYS], text=True,
                          capture_output=True, timeout=PATIENCE)


def places(bootstrap, topic):
    """{who has produced: {key: partition}}"""
    found = {}
    for x in kcat.consume(bootstrap, topic):
        found.setdefault(x.json["from"], {})[x.key] = x.partition
    return found


def produced_by(program, client, bootstrap, topic):
    """Beside kcat, which puts keys where Weir does."""
    for key in KEYS:
        kcat.produce(bootstrap, topic, key, {"from": "kcat"})
    done = produce(program, client, bootstrap, topic)
    assert done.returncode == 0, done.stderr
    found = places(bootstrap, topic)
    assert set(found) == {"kcat", client}
    assert set(found[client]) == set(KEYS)
    return found


def test_kafka_go_can_produce_to_the_embedded_broker(program, node):
    found = produced_by(program, "kafka-go-murmur2", node.bootstrap,
                        unique("kafka-go"))
    assert found["kafka-go-murmur2"] == found["kcat"]


def test_the_default_of_kafka_go_knows_no_keys(program, node):
    found = produced_by(program, "kafka-go", node.bootstrap, unique("kafka-go"))
    assert found["kafka-go"] != found["kcat"]


def test_franz_go_cannot_produce_to_the_embedded_broker(program, node):
    topic = unique("franz-go")
    kcat.produce(node.bootstrap, topic, KEYS[0], {"from": "kcat"})
    done = produce(program, "franz-go", node.bootstrap, topic)
    assert done.returncode == 1 and done.stderr
    assert set(places(node.bootstrap, topic)) == {"kcat"}


@pytest.mark.parametrize("client", ["kafka-go-murmur2", "franz-go"])
def test_keys_are_where_weir_puts_them_in_a_real_kafka(program, kafka, client):
    topic = unique("go")
    create_topic(kafka, topic, partitions=4)
    found = produced_by(program, client, kafka, topic)
    assert found[client] == found["kcat"]
