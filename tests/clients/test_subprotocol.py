"""A client that names subprotocols for its WebSocket: browsers, and ws, give the
connection up when the server answers with none of them."""

import pytest

from drivers import Client, Driver
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


@pytest.fixture(scope="module")
def node():
    with WeirNode(CONFIG) as node:
        yield node


@pytest.fixture(scope="module")
def driver():
    driver = Driver("js")
    yield driver
    driver.stop()


@pytest.mark.parametrize("protocols", [["p"], ["p", "q"]])
def test_a_websocket_with_subprotocols_opens(driver, node, protocols):
    with Client(driver, node.url, "websocket", protocols=protocols) as client:
        client.wait_for("connect")
        assert client.emit("mirror", 1) == 1
