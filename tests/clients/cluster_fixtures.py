"""A client of each language, and three nodes that know each other."""

import contextlib

import pytest

from drivers import LANGUAGES, driver_of
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, unique

CONFIG = """
kafka.brokers = "{kafka}"
cluster.name = "{prefix}"
cluster.secret = "0123456789abcdef"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""


driver = driver_of(*LANGUAGES)


@contextlib.contextmanager
def three_nodes(kafka, *settings):
    """Which know each other, and read all of their topic between them."""
    prefix = unique("nodes")
    create_topic(kafka, prefix, PARTITIONS)
    with WeirCluster(CONFIG.format(kafka=kafka, prefix=prefix), "abc",
                     # Clients of other people take much of a machine.
                     "cluster.timeout=5s", *settings) as cluster:
        yield list(cluster.nodes.values())


@pytest.fixture
def nodes(kafka):
    with three_nodes(kafka) as nodes:
        yield nodes
