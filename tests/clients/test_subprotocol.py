"""A client that names subprotocols for its WebSocket: browsers, and ws, give the
connection up when the server answers with none of them."""

import pytest

from drivers import Client, driver_of
from weir_fixtures import node_of

CONFIG = """
kafka.embedded = true
[[namespace]]
name = "/"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""


node = node_of(CONFIG)


driver = driver_of("js")


@pytest.mark.parametrize("protocols", [["p"], ["p", "q"]])
def test_a_websocket_with_subprotocols_opens(driver, node, protocols):
    with Client(driver, node.url, "websocket", protocols=protocols) as client:
        client.wait_for("connect")
        assert client.emit("mirror", 1) == 1
