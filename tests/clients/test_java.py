"""What docs/clients.md says of Java's client, besides what all clients do."""

import pytest

from drivers import Client, driver_of
from tokens import SECRET, make_token
from weir_fixtures import node_of

CONFIG = f"""
kafka.embedded = true
[auth.jwt]
algorithms = ["HS256"]
secret = "{SECRET}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["/rooms = {{id}}"], emit = ["/rooms = {{id}}"] }}
"""

TRANSPORTS = pytest.mark.parametrize("transport", ["polling", "websocket"])


node = node_of(CONFIG)


driver = driver_of("java")


def auth(*rooms, **claims):
    return {"token": make_token("ada", rooms=list(rooms), **claims)}


@TRANSPORTS
def test_what_is_put_into_its_map_counts_when_it_comes_back(node, driver,
                                                            transport):
    """Its `auth` is no function that it would ask each time."""
    with Client(driver, node.url, transport, auth=auth("1")) as client:
        client.wait_for("connect")
        client.join("chat:1")
        assert client.emit("join", "chat:2")["code"] == "not_allowed"
        client.renew(auth("2"))
        client.cut()
        client.wait_for("connect")
        client.join("chat:2")
        assert client.emit("join", "chat:1")["code"] == "not_allowed"


@TRANSPORTS
def test_a_token_that_has_ended_keeps_it_out(node, driver, transport):
    ended = auth("1", lasts=-60)
    with Client(driver, node.url, transport, auth=ended) as client:
        assert client.wait_for("connect_error")["why"] == "unauthorized"
