"""Connection state recovery: a client comes back as the socket that it was,
with what it has missed and nothing twice; or it is notified that it is a new
one."""

import time

import pytest

import kcat
from drivers import Client, Driver
from free_ports import free_ports
from raw_client import RawClient
from weir_fixtures import mapping_of, node_of, own_topics, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
{broker}

[engineio]
ping_interval = "{ping}"

[limits]
tail_cache = "{cache}"

[cluster]
name = "{prefix}"
secret = "a secret of the tests"

[[namespace]]
name = "/"
recovery = "{recovery}"

""" + mapping_of("chat") + """\

  [[namespace.local]]
  events = ["typing"]
  room_from = "/0/room"

[[namespace]]
name = "/other"
recovery = "{recovery}"

  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.other"
  key = "{{id}}"
"""


def config(prefix, broker="embedded = true", recovery="2m", ping="25s",
           cache="16MiB"):
    return CONFIG.format(prefix=prefix, broker=broker, recovery=recovery,
                         ping=ping, cache=cache)


node = node_of(config("recovery"))


@pytest.fixture(scope="module")
def js():
    driver = Driver("js")
    yield driver
    driver.stop()


class Recoverer(RawClient):
    """Keeps what the official client does: the last string of any event."""

    offset = None

    def next_event(self, *args, **options):
        event = super().next_event(*args, **options)
        if isinstance(event[-1], str):
            self.offset = event[-1]
        return event

    def next_said(self):
        """The number in the next message; other events only move the offset."""
        while (event := self.next_event())[0] != "say":
            pass
        return event[1]["n"]

    def read_position(self):
        while self.next_event()[0] != "weir:position":
            pass

    def enter(self, room):
        self.join(room)
        self.read_position()  # of the connect
        self.read_position()  # of the join
        return self

    def auth(self):
        return {"pid": self.pid, "offset": self.offset}


def say(client, room, *numbers):
    for n in numbers:
        answer = client.emit("say", {"room": room, "n": n})
        assert answer["status"] == "ok", answer


def is_recovered(before, after):
    return (after.socket_id, after.pid) == (before.socket_id, before.pid)


# -- coming back --------------------------------------------------------------

def test_a_client_gets_what_it_has_missed_and_nothing_twice(node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port) as other:
        with Recoverer(node.port) as client:
            client.enter(room)
            say(other, room, 1, 2, 3)
            assert [client.next_said() for _ in range(2)] == [1, 2]
        say(other, room, 4, 5)
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            assert [again.next_said() for _ in range(3)] == [3, 4, 5]
            say(other, room, 6)
            assert again.next_said() == 6


def test_a_client_that_has_got_nothing_comes_back_to_its_rooms(node):
    room = f"chat:{unique('room')}"
    with Recoverer(node.port) as client:
        client.enter(room)
    with RawClient(node.port) as other:
        say(other, room, 1)
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            assert again.next_said() == 1


def test_a_client_that_has_left_a_room_is_not_in_it_again(node):
    rooms = [f"chat:{unique('room')}" for _ in range(2)]
    with Recoverer(node.port) as client:
        client.enter(rooms[0])
        client.join(rooms[1])
        client.read_position()
        assert client.emit("leave", rooms[0])["status"] == "ok"
        client.read_position()
    with RawClient(node.port) as other:
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            say(other, rooms[0], 1)
            say(other, rooms[1], 2)
            assert again.next_said() == 2


def test_twenty_times_in_a_row(node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port) as other:
        client = Recoverer(node.port)
        client.enter(room)
        for i in range(20):
            say(other, room, 3 * i)
            assert client.next_said() == 3 * i
            say(other, room, 3 * i + 1)
            client.websocket.close()
            say(other, room, 3 * i + 2)
            before, client = client, Recoverer(node.port, auth=client.auth())
            assert is_recovered(before, client)
            assert [client.next_said() for _ in range(2)] \
                == [3 * i + 1, 3 * i + 2]
        client.websocket.close()


def test_rooms_in_many_partitions(node):
    rooms = [f"chat:{unique('room')}" for _ in range(20)]
    with RawClient(node.port) as other:
        with Recoverer(node.port) as client:
            client.enter(rooms[0])
            for room in rooms[1:]:
                client.join(room)
                client.read_position()
            for i, room in enumerate(rooms):
                say(other, room, i)
            assert sorted(client.next_said() for _ in rooms) == [*range(20)]
        for i, room in enumerate(rooms):
            say(other, room, 100 + i)
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            assert sorted(again.next_said() for _ in rooms) \
                == [*range(100, 120)]


def test_the_old_connection_is_taken_over(node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port) as other, Recoverer(node.port) as client:
        client.enter(room)
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            say(other, room, 1)
            assert again.next_said() == 1
            with pytest.raises(Exception):
                client.next_said()


def test_what_is_older_than_the_tail_cache_is_read_from_the_log():
    with WeirNode(config("far", cache="1KiB")) as node:
        room = f"chat:{unique('room')}"
        with RawClient(node.port) as other:
            with Recoverer(node.port) as client:
                client.enter(room)
                say(other, room, 0)
                assert client.next_said() == 0
            for n in range(1, 400):
                say(other, room, n)
            with Recoverer(node.port, auth=client.auth()) as again:
                assert is_recovered(client, again)
                assert [again.next_said() for _ in range(1, 400)] \
                    == [*range(1, 400)]


def test_a_quiet_client_stays_recoverable():
    """An offset is good for 3 s after the client has gone, but it has been
    there for longer than that without an event."""
    with WeirNode(config("quiet", recovery="3s", ping="200ms"),
                  "engineio.ping_timeout=2s") as node:
        room = f"chat:{unique('room')}"
        with Recoverer(node.port) as client:
            client.enter(room)
            first = client.offset
            until = time.monotonic() + 6
            while time.monotonic() < until:
                client.read_position()
            assert client.offset != first
        with RawClient(node.port) as other:
            say(other, room, 1)
            with Recoverer(node.port, auth=client.auth()) as again:
                assert is_recovered(client, again)
                assert again.next_said() == 1
        with Recoverer(node.port, auth={"pid": client.pid,
                                        "offset": first}) as again:
            assert not is_recovered(client, again)


def test_a_node_that_was_killed_brings_its_clients_back(kafka):
    prefix = own_topics(kafka, "killed", "chat", "other")
    text = config(prefix, f'brokers = "{kafka}"')
    room = f"chat:{unique('room')}"
    with WeirNode(text) as node, RawClient(node.port) as other:
        client = Recoverer(node.port)
        client.enter(room)
        say(other, room, 1, 2, 3)
        assert [client.next_said() for _ in range(2)] == [1, 2]
        node.process.kill()
        node.exit_seen = True
    kcat.produce_json(kafka, f"{prefix}.chat", room[5:], [{"n": 4}])
    with WeirNode(text) as node, RawClient(node.port) as other:
        with Recoverer(node.port, auth=client.auth()) as again:
            assert is_recovered(client, again)
            assert [again.next_said() for _ in range(2)] == [3, 4]
            say(other, room, 5)
            assert again.next_said() == 5


# -- what is refused ----------------------------------------------------------

def came_back(node, **auth):
    with Recoverer(node.port, auth=auth) as again:
        return again.pid == auth["pid"]


def test_a_tampered_offset_is_refused(node):
    with Recoverer(node.port) as client:
        client.enter(f"chat:{unique('room')}")
    for i in range(len(client.offset)):
        other = "A" if client.offset[i] != "A" else "B"
        tampered = client.offset[:i] + other + client.offset[i + 1:]
        assert not came_back(node, pid=client.pid, offset=tampered), i
    assert not came_back(node, pid=client.pid, offset="")
    assert not came_back(node, pid=client.pid, offset=client.offset[:-1])
    assert not came_back(node, pid=client.pid, offset=client.offset + "A")
    assert came_back(node, **client.auth())


def test_an_offset_of_somebody_else_is_refused(node):
    with Recoverer(node.port) as a, Recoverer(node.port) as b:
        for x in (a, b):
            x.enter(f"chat:{unique('room')}")
    assert not came_back(node, pid=a.pid, offset=b.offset)
    assert not came_back(node, pid="x" * len(a.pid), offset=a.offset)
    with Recoverer(node.port, nsp="/other", auth=a.auth()) as again:
        assert again.pid != a.pid


def test_an_offset_from_before_what_the_client_has_is_refused():
    with WeirNode(config("replayed", ping="300ms"),
                  "engineio.ping_timeout=1s") as node:
        with Recoverer(node.port) as client:
            client.enter(f"chat:{unique('room')}")
            old = client.offset
            # One of them is certainly younger, and the pongs that follow show
            # the node that the client has it.
            for _ in range(3):
                client.read_position()
        assert not came_back(node, pid=client.pid, offset=old)
        assert came_back(node, **client.auth())


def test_a_socket_that_was_disconnected_by_its_client_is_gone(node):
    with Recoverer(node.port) as client:
        client.enter(f"chat:{unique('room')}")
        client.send("1")
        client.send("0")
        client.take_packet(5)
    assert not came_back(node, **client.auth())


# -- the official client ------------------------------------------------------

def test_the_official_client_comes_back(js, node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port) as other, \
            Client(js, node.url, "websocket") as client:
        first = client.wait_for("connect")
        assert not first["recovered"]
        client.join(room)
        said = []

        def take(n):
            while len(said) < n:
                event = client.next_event()
                if event[0] == "say":
                    said.append(event[1]["n"])

        for i in range(20):
            say(other, room, 3 * i)
            take(3 * i + 1)
            client.cut()
            say(other, room, 3 * i + 1, 3 * i + 2)
            client.wait_for("disconnect")
            again = client.wait_for("connect")
            assert again["recovered"] and again["id"] == first["id"], i
            take(3 * i + 3)
        assert said == [*range(60)]


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
def test_the_official_client_survives_a_kill(js, kafka, transport):
    prefix = own_topics(kafka, "official", "chat", "other")
    text = config(prefix, f'brokers = "{kafka}"')
    room = f"chat:{unique('room')}"
    listen = "server.listen=127.0.0.1:%d" % free_ports(1)[0]
    with WeirNode(text, listen) as node:
        client = Client(js, node.url, transport)
        first = client.wait_for("connect")
        client.join(room)
        kcat.produce_json(kafka, f"{prefix}.chat", room[5:], [{"n": 1}])
        while (event := client.next_event())[0] != "say":
            pass
        assert event[1]["n"] == 1
        node.process.kill()
        node.exit_seen = True
    kcat.produce_json(kafka, f"{prefix}.chat", room[5:], [{"n": 2}])
    client.wait_for("disconnect")
    with WeirNode(text, listen):
        again = client.wait_for("connect")
        assert again["recovered"] and again["id"] == first["id"]
        while (event := client.next_event())[0] != "say":
            pass
        assert event[1]["n"] == 2
        client.__exit__()
