"""Joining and leaving as a React effect does it: entered, cleaned up and
entered again before anything is answered."""

import itertools

import pytest

from drivers import LANGUAGES, Client, driver_of
from weir_fixtures import node_of
from weir_node import CHAT

CONFIG = f"""
kafka.embedded = true
{CHAT}"""
rooms = (f"chat:{i}" for i in itertools.count())


node = node_of(CONFIG)


driver = driver_of(*LANGUAGES)


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_each_join_and_leave_is_answered(node, driver, transport):
    with Client(driver, node.url, transport) as client:
        client.wait_for("connect")
        for _ in range(12):
            room = next(rooms)
            numbers = [client.start_emit(x, room)
                       for x in ("join", "leave", "join")]
            answers = [client.answer(x) for x in numbers]
            assert [x["status"] for x, in answers] == ["ok"] * 3
            event = {"room": room, "text": "hello"}
            assert client.emit("say", event)["status"] == "ok"
            assert client.next_event() == ["say", event]
