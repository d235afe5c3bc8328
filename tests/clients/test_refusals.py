"""A client that emits again what is not acked (`retries`), and emits what a node
refuses: the refusal is an answer, so that nothing is repeated, the connection
stays, and what is emitted next passes."""

import pytest

from drivers import Client, driver_of
from waiting import PATIENCE
from weir_fixtures import node_of

CONFIG = """
kafka.embedded = true
[limits]
room_name = "40B"
[[limits.event]]
name = "seldom"
events = { rate = 1, burst = 1 }
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["say", "seldom"]
  room_from = "/0/room"
  [[namespace.mapping]]
  room = "members:{id}"
  topic = "members"
  events = ["tell"]
  room_from = "/0/room"
  members_only = true
  [[namespace.local]]
  events = ["typing"]
  room_from = "/0/room"
"""

# What is emitted, and the code that it is refused with.
REFUSED = {
    "a name that nobody knows": (["no such event", 1], "unknown_event"),
    "a number for a name": ([5, {"room": "chat:1"}], "unknown_event"),
    "a name with half a character": (["\ud800", 1], "unknown_event"),
    "a name that is too long": (["e" * 300, 1], "too_large"),
    "nothing at all": (["say"], None),
    "no room": (["say", {"text": "x"}], None),
    "a room that is none": (["say", {"room": "cellar"}], None),
    "a room that is not a text": (["say", {"room": 1}], None),
    "more arguments than fit": (["say", {"room": "chat:1"}, 2], None),
    "an event for members": (["tell", {"room": "members:1"}],
                             "not_a_member"),
    "a local event for members": (["typing", {"room": "chat:9"}],
                                  "not_a_member"),
    "a join of no room": (["join"], "invalid_payload"),
    "a join of a room that is none": (["join", "cellar"], "unknown_room"),
    "a join of a room that is too long": (["join", "chat:" + "x" * 99],
                                          "too_large"),
    "a join since never": (["join", "chat:1", {"since": "never"}],
                           "invalid_payload"),
    "a leave of a room that it is not in": (["leave", "chat:1"],
                                            "not_a_member"),
}


node = node_of(CONFIG)
driver = driver_of("js")


@pytest.fixture(params=["polling", "websocket"])
def client(driver, node, request):
    with Client(driver, node.url, request.param, retries=3,
                ackTimeout=int(PATIENCE * 1000)) as client:
        client.wait_for("connect")
        yield client
        assert "disconnect" not in [x["what"] for x in client.events]


def received(node):
    return node.metric("weir_events_received_total")


def rate_limited(node):
    return node.metric("weir_rate_limited_total", limit="event.events")


def is_refused(client, args, code):
    error, answer = client.answer(client.start_emit(*args))
    assert error is None and answer["status"] == "error", (error, answer)
    assert answer["code"] == code or code is None, answer
    return True


def is_taken(client):
    error, answer = client.answer(client.start_emit("say", {"room": "chat:1"}))
    return error is None and answer["status"] == "ok"


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_emitted_once_and_the_next_passes(node, client,
                                                             what):
    args, code = REFUSED[what]
    before = received(node)
    assert is_refused(client, args, code)
    assert is_taken(client)
    assert received(node) == before + 2


def test_what_comes_too_often_is_not_emitted_again(node, client):
    """Also where trying later would do: that is for the program to say."""
    before, limited = received(node), rate_limited(node)
    seldom = "seldom", {"room": "chat:1"}
    for n in range(1, 100):  # the machine may be slow
        error, answer = client.answer(client.start_emit(*seldom))
        if answer["status"] == "error":
            break
    assert error is None and answer["code"] == "rate_limited"
    assert is_taken(client)
    assert received(node) == before + n  # without what came too often
    assert rate_limited(node) == limited + 1


def test_all_refusals_at_once_are_answered_in_their_order(node, client):
    """The client emits one after the other: what is first in its queue holds
    up the rest."""
    before = received(node)
    emitted = [(client.start_emit(*args), code)
               for args, code in REFUSED.values()]
    last = client.start_emit("say", {"room": "chat:1"})
    for number, code in emitted:
        error, answer = client.answer(number)
        assert error is None and answer["status"] == "error"
        assert answer["code"] == code or code is None, answer
    assert client.answer(last)[1]["status"] == "ok"
    assert received(node) == before + len(REFUSED) + 1
