"""What conftest.py of tests/integration and tests/clients share."""

import os
import pathlib
import re
import uuid

import pytest

import kafka_cluster
import kafka_wire
from waiting import wait_until
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


def mapping_of(name, event="say"):
    """Of a configuration that str.format is still to fill in: rooms NAME:ID in
    the topic {prefix}.NAME, into which clients emit. Further keys may follow."""
    return f"""\
  [[namespace.mapping]]
  room = "{name}:{{{{id}}}}"
  topic = "{{prefix}}.{name}"
  key = "{{{{id}}}}"
  events = ["{event}"]
  room_from = "/0/room"
"""


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


def create_topic_again(bootstrap, name, partitions):
    """After its deletion, of which brokers may have yet to hear."""
    def created():
        try:
            create_topic(bootstrap, name, partitions)
            return True
        except (RuntimeError, KeyError):
            return False  # the former one is there still
    wait_until(created, "the topic to be created")


def own_topics(bootstrap, name, *topics, **options):
    """Creates PREFIX.TOPIC for each topic, for one test alone: the prefix.
    `options` are those of create_topic."""
    prefix = unique(name)
    for topic in topics:
        create_topic(bootstrap, f"{prefix}.{topic}", **options)
    return prefix


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
