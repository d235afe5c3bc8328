"""Clients whose requests come to a node that has not got their session."""

import pytest

from balancer import Balancer
from drivers import Client, Driver
from waiting import wait_until
from weir_node import WeirNode

CONFIG = """
kafka.embedded = true
[[namespace]]
name = "/"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""


@pytest.fixture(scope="module", params=["js", "python"])
def driver(request):
    driver = Driver(request.param)
    yield driver
    driver.stop()


def is_upgrade(head):
    return b"upgrade: websocket" in head.lower()


def test_a_client_goes_on_polling_when_another_node_refuses_its_websocket(
        driver):
    with (WeirNode(CONFIG, "cluster.node=a") as a,
          WeirNode(CONFIG, "cluster.node=b") as b,
          Balancer(lambda x: (b if is_upgrade(x) else a).port) as balancer,
          Client(driver, balancer.url, "upgrade") as client):
        assert client.wait_for("connect")["transport"] == "polling"
        refused = wait_until(lambda: balancer.upgrades, "the upgrade")[0]
        assert refused.startswith(b"HTTP/1.1 400 ")
        assert refused.endswith(b"\r\n\r\nSession ID unknown")
        for i in range(20):
            assert client.emit("mirror", i) == i
            assert client.next_event() == ["mirror", i]
        assert list(client.events) == []  # no disconnect, no upgrade
