"""Clients that cannot recover come back as new sockets, and catch up from the
offset of their last join, as docs/clients.md says."""

import pytest

from cable import Cable
from drivers import LANGUAGES, TRANSPORTS, Client, driver_of
from weir_fixtures import node_of

CONFIG = """
kafka.embedded = true
cluster.secret = "0123456789abcdef"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  key = "{id}"
  events = ["say"]
  room_from = "/0/room"
"""


node = node_of(CONFIG)


driver = driver_of(*(x for x in LANGUAGES if x != "js"))


def next_said(client):
    """Recovery has each event followed by an offset, and sends others."""
    while (event := client.next_event())[0] != "say":
        pass
    return event[1]["n"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_nothing_is_missed_between_two_joins(node, driver, transport):
    room = f"chat:{driver.language}-{transport}"

    def say(sender, n):
        assert sender.emit("say", {"room": room, "n": n})["status"] == "ok"

    with (Cable(node.port) as cable,
          Client(driver, f"http://{cable.address}", transport) as client,
          Client(driver, node.url, "websocket") as other):
        first = client.wait_for("connect")
        other.wait_for("connect")
        since = client.join(room)["offset"]
        say(client, 1)
        assert next_said(client) == 1
        cable.cut()
        client.wait_for("disconnect")
        say(other, 2)
        cable.join()
        assert client.wait_for("connect")["id"] != first["id"]
        say(other, 3)
        answer = client.emit("join", room, {"since": since})
        assert answer["status"] == "ok", answer
        say(other, 4)
        assert [next_said(client) for _ in range(4)] == [1, 2, 3, 4]
