"""A client of each language, and three nodes that know each other."""

import contextlib

import pytest

from drivers import LANGUAGES, driver_of
from waiting import wait_until
from weir_fixtures import create_topic, unique
from weir_node import WeirNode

CONFIG = """
kafka.brokers = "{kafka}"
cluster.name = "{prefix}"
cluster.secret = "0123456789abcdef"
cluster.listen = "127.0.0.1:0"
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
def three_nodes(kafka):
    """Which know each other."""
    prefix = unique("nodes")
    create_topic(kafka, prefix)
    config = CONFIG.format(kafka=kafka, prefix=prefix)
    with contextlib.ExitStack() as stack:
        nodes = []
        for name in "abc":
            seeds = [f"cluster.seeds={address(x)}" for x in nodes[:1]]
            nodes.append(stack.enter_context(WeirNode(
                config, f"cluster.node={name}", *seeds)))
        for node in nodes:
            wait_until(lambda: ups(node) == 3, "the nodes to find each other")
        yield nodes


@pytest.fixture
def nodes(kafka):
    with three_nodes(kafka) as nodes:
        yield nodes


def address(node):
    return node.wait_for_log(r"cluster=(\S+)")[1]


def ups(node):
    return sum(x["state"] == "up" for x in node.get("/v1/nodes")[1]["nodes"])
