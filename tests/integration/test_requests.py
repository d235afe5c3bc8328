"""Requests for rooms, as clients make them: each has one answer, whatever comes
behind it, and who was told "ok" gets events."""

import itertools

import pytest

from engineio_client import websocket_session
from raw_client import RawClient
from raw_websocket import TEXT, frame
from weir_fixtures import node_of

CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "0123456789abcdef"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
[[namespace]]
name = "/other"
[[namespace]]
name = "/greeting"
on_connect = { event = "hello", args = "handshake" }
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
  [[namespace.mapping]]
  room = "lobby"
  topic = "lobby"
  events = ["note"]
  join = "auto"
  history = 10
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""
rooms = (f"chat:{i}" for i in itertools.count())


node = node_of(CONFIG)


def send_at_once(client, *packets):
    """In one segment."""
    client.websocket.send_bytes(
        b"".join(frame(TEXT, b"4" + x.encode()) for x in packets))


def ask_at_once(client, room, *requests):
    """Their acks, each of which comes once."""
    first = client.next_id + 1
    client.next_id += len(requests)
    send_at_once(client, *(f'2{first + i}["{x}","{room}"]'
                           for i, x in enumerate(requests)))
    return [client.ack_of(first + i) for i in range(len(requests))]


@pytest.fixture
def bystander(node):
    with RawClient(node.port) as client:
        yield client


def next_message(client):
    while (event := client.next_event())[0] != "chat message":
        pass
    return event


def is_member(client, bystander, room):
    """Whether it hears what somebody else does."""
    bystander.join(room)
    event = {"room": room, "n": 1}
    assert bystander.emit("chat message", event)["status"] == "ok"
    assert next_message(bystander)[:2] == ["chat message", event]
    client.emit("no such event")  # what was sent before has come
    heard = [x for x in client.events if x[0] == "chat message"]
    client.events.clear()
    return [x[:2] for x in heard] == [["chat message", event]]


@pytest.mark.parametrize("turn", range(20))
def test_join_and_leave_in_one_segment_are_both_answered(
        node, bystander, turn):
    with RawClient(node.port) as client:
        room = next(rooms)
        join, leave = ask_at_once(client, room, "join", "leave")
        assert (join["status"], leave["status"]) == ("ok", "ok")
        assert not is_member(client, bystander, room)


@pytest.mark.parametrize("turn", range(5))
def test_requests_take_effect_in_their_order(node, bystander, turn):
    with RawClient(node.port) as client:
        room = next(rooms)
        answers = ask_at_once(client, room, "join", "leave", "join", "join",
                              "leave", "leave", "join")
        assert [x["status"] for x in answers] == ["ok"] * 5 + ["error", "ok"]
        assert answers[5]["code"] == "not_a_member"
        assert is_member(client, bystander, room)


def test_who_leaves_the_namespace_is_answered_first(node):
    with RawClient(node.port) as client:
        room = next(rooms)
        event = '{"room":"%s"}' % room
        send_at_once(client, "0/other,", f'21["join","{room}"]',
                     f'22["chat message",{event}]', f'23["leave","{room}"]',
                     "1", '2/other,["no such event"]',
                     '2/other,9["no such event"]')
        answers = {}
        while 9 not in answers:
            packet = client.receive_packet(20)
            if packet.startswith("3/other,"):
                answers[9] = packet
            elif packet[0] == "3":
                number = int(packet[1])
                assert number not in answers
                answers[number] = packet
        assert set(answers) == {1, 2, 3, 9}


def test_names_that_are_too_long_are_refused(node):
    with RawClient(node.port) as client:
        long = "chat:" + "x" * 251
        for args in [("join", long), ("leave", long),
                     ("chat message", {"room": long}),
                     ("x" * 256, {"room": "chat:1"})]:
            answer = client.emit(*args)
            assert (answer["status"], answer["code"]) == ("error", "too_large")
        assert client.join(long[:-1])["status"] == "ok"


# -- the greeting -------------------------------------------------------------

# How the answers begin, and events.
COMING = {"43/greeting,1", "43/greeting,2", "43/greeting,3", "42/greeting,["}


@pytest.mark.parametrize("turn", range(20))
def test_the_greeting_is_first_whatever_was_asked_for_at_once(node, turn):
    """Behind the answer to CONNECT, and before the answers to what came in one
    segment with it, and what is already there."""
    with RawClient(node.port, "/greeting") as other:
        assert other.emit("note", {"turn": turn})["status"] == "ok"
    websocket, _ = websocket_session(node.port)
    room = next(rooms)
    with websocket:
        websocket.send_bytes(b"".join(
            frame(TEXT, b"4" + x.encode()) for x in (
                '0/greeting,{"turn":%d}' % turn, '2/greeting,["mirror",1]',
                '2/greeting,1["mirror",2]', f'2/greeting,2["join","{room}"]',
                '2/greeting,3["note",{"last":true}]')))
        got = []
        while not COMING <= {x[:len("43/greeting,1")] for x in got}:
            packet = websocket.receive()
            if packet == "2":
                websocket.send_text("3")
            else:
                got.append(packet)
    assert got[0].startswith('40/greeting,{"sid":"'), got
    assert got[1] == '42/greeting,["hello",{"turn":%d}]' % turn, got
