"""What conftest.py of tests/integration and tests/clients share."""

import os
import pathlib
import re
import uuid

import pytest

import kafka_cluster
import kafka_wire
from weir_node import WeirNode


def addresses(bootstrap):
    return [(host, int(port)) for host, port
            in (x.rsplit(":", 1) for x in bootstrap.split(","))]


@pytest.fixture(scope="session")
def kafka():
    """The bootstrap address of a real Kafka. Under ctest all files share one
    (shared_kafka.py); else it is started for this run."""
    file = os.environ.get("WEIR_TEST_KAFKA")
    if file and pathlib.Path(file).exists():
        bootstrap = pathlib.Path(file).read_text()
        kafka_wire.metadata(addresses(bootstrap)[0])  # it had better be there
        yield bootstrap
        return
    with kafka_cluster.KafkaCluster() as cluster:
        yield cluster.bootstrap


def node_of(config, *settings, **options):
    """The fixture `node`, as a WeirNode with these arguments, which the tests
    of a module share."""
    @pytest.fixture(scope="module")
    def node():
        with WeirNode(config, *settings, **options) as node:
            yield node
    return node


def create_topic(bootstrap, name, partitions=4, **configs):
    configs = {k.replace("_", "."): v for k, v in configs.items()}
    kafka_cluster.create_topic(addresses(bootstrap), name, partitions,
                               configs=configs)


def delete_topic(bootstrap, name):
    """Of a Kafka with one broker."""
    kafka_wire.delete_topic(addresses(bootstrap)[0], name)


def delete_records(bootstrap, topic, offsets):
    """Deletes what is before the offsets, {partition: offset}; of a Kafka with
    one broker."""
    kafka_wire.delete_records(addresses(bootstrap)[0], topic, offsets)


def unique(name):
    """Tests share a Kafka: each has its own topics and groups."""
    return f"{re.sub('[^a-zA-Z0-9]+', '-', name)}-{uuid.uuid4().hex[:8]}"
