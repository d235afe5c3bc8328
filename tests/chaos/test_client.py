"""What a light client remembers over a reconnect, and what it asks again."""

import asyncio
import random

from client import LightClient
from journal import Journal

A, B = "room:1", "room:2"


class Wire:
    """Stands for a connection: keeps what is sent."""

    def __init__(self):
        self.sent = []

    def connect(self, auth):
        self.sent.append(auth)

    def emit(self, number, *args):
        self.sent.append([number, *args])


class Talk:
    """A client and what happens to it, in order."""

    def __init__(self, *rooms):
        self.journal = Journal()
        self.client = LightClient("c", rooms, {}, self.journal,
                                  random.Random(1), uses_since=True)

    def connect(self, sid="s", pid="p"):
        self.client.connection = wire = Wire()
        self.client.say_hello()
        self.auth = wire.sent.pop()
        self.client.on_connect({"sid": sid, "pid": pid})
        return self

    def lose(self):
        self.client.on_end("reset")
        return self

    def asked(self):
        """What was sent since the last look, without its numbers."""
        wire = self.client.connection
        sent, wire.sent = wire.sent, []
        self.numbers = {tuple(map(str, x[1:])): x[0] for x in sent}
        return [x[1:] for x in sent]

    def answer(self, *args, **answer):
        number = self.numbers[tuple(map(str, args))]
        self.client.on_ack(number, [{"status": "ok", **answer}])

    def event(self, room, id, offset):
        self.client.on_event(["event", {"room": room, "id": id}, offset])

    def told(self, what):
        return [x for x in self.journal.entries if x.what == what]


def in_room_a():
    talk = Talk(A).connect()
    talk.asked()
    talk.answer("join", A, offset="begin")
    return talk


class Always:
    """Stands for a random generator: always for joining since a bookmark."""

    @staticmethod
    def random():
        return 0.0

    uniform = staticmethod(min)


def test_it_joins_its_rooms_when_it_is_new():
    talk = Talk(A, B).connect()
    assert talk.auth == {}
    assert talk.asked() == [["join", A], ["join", B]]


def test_it_comes_back_with_the_last_string_it_saw_and_joins_nothing():
    talk = in_room_a()
    talk.event(A, "x/1", "offset 1")
    talk.client.on_event(["weir:position", "offset 2"])
    talk.lose().connect()
    assert talk.auth == {"pid": "p", "offset": "offset 2"}
    assert talk.asked() == []
    assert [x.more["recovered"] for x in talk.told("connected")] == [
        False, True]


def test_another_pid_is_a_new_session():
    talk = in_room_a()
    talk.client.uses_since = False
    talk.event(A, "x/1", "offset 1")
    talk.lose().connect(sid="s2", pid="p2")
    assert talk.asked() == [["join", A]]
    assert talk.told("connected")[1].more["recovered"] is False
    # As the official client: the old string, until there is a new one.
    talk.lose().connect(sid="s3", pid="p3")
    assert talk.auth == {"pid": "p2", "offset": "offset 1"}
    assert not talk.told("connecting")[2].more["fresh_offset"]


def test_without_recovery_there_is_nothing_to_come_back_with():
    talk = Talk(A)
    talk.connect(pid=None)
    talk.client.on_event(["event", {"room": A, "id": "x/1"}])
    talk.lose().connect(sid="s2", pid=None)
    assert talk.auth == {}
    assert talk.told("connected")[1].more["recovered"] is False


def test_a_join_that_was_not_answered_is_asked_again():
    talk = Talk(A, B).connect()
    talk.asked()
    talk.answer("join", A, offset="begin")
    talk.lose().connect()
    assert talk.asked() == [["join", B]]


def test_who_gets_events_of_a_room_is_in_it():
    talk = Talk(A).connect()
    talk.event(A, "x/1", "offset 1")
    talk.lose().connect()
    assert talk.asked() == []


def test_it_leaves_and_comes_back_since_where_it_left():
    async def test():
        talk = in_room_a()
        talk.client.random = Always
        talk.client.leave(A)
        assert talk.asked() == [["leave", A]]
        talk.lose().connect()
        assert talk.asked() == [["leave", A]]  # it was not answered
        talk.answer("leave", A, offset="here")
        talk.client.come_back(A)
        assert talk.asked() == [["join", A, {"since": "here"}]]
        assert talk.told("joining")[-1].more["since"] == "left"
    asyncio.run(test())


def test_a_new_session_may_join_since_the_last_ones_join():
    talk = in_room_a()
    talk.client.random = Always
    joined = talk.client.bookmarks[A][1]
    talk.lose().connect(sid="s2", pid="p2")
    assert talk.asked() == [["join", A, {"since": "begin"}]]
    assert talk.told("joining")[-1].more["since"] == joined


def test_events_before_the_answer_to_connect_belong_to_the_session():
    """Socket.IO's own server sends what was missed before it."""
    talk = in_room_a()
    talk.event(A, "x/1", "offset 1")
    talk.lose()
    talk.client.connection = Wire()
    talk.client.say_hello()
    talk.event(A, "x/2", "offset 2")
    talk.client.on_connect({"sid": "s", "pid": "p"})
    assert [x.what for x in talk.journal.entries[-2:]] == ["connected", "event"]
