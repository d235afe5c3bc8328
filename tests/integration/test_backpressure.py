"""No queue without a limit: what a client sends too fast waits in its own
socket, and what it reads too slowly costs its outbox and no more."""

import json
import threading
from contextlib import ExitStack

import pytest

import kcat
from engineio_client import PollingSession
from promptness import Promptness
from raw_client import RawClient
from raw_websocket import PING, TEXT, Closed, frame
from waiting import PATIENCE, SANITIZED, wait_until
from weir_fixtures import mapping_of, node_of, own_topics, unique
from weir_node import WeirNode

CONFIG = """
[engineio]
{engineio}
[kafka]
{kafka}
[limits]
outbox = "256KiB"
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
""" + mapping_of("chat", "chat message") + """\
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
"""

MiB = 1024 * 1024


def config(kafka="embedded = true", prefix="backpressure", engineio=""):
    return CONFIG.format(kafka=kafka, prefix=prefix, engineio=engineio)


node = node_of(config())


@pytest.fixture(scope="module")
def prefix(kafka):
    return own_topics(kafka, "backpressure", "chat")


@pytest.fixture(scope="module")
def node_with_kafka(kafka, prefix):
    with WeirNode(config(f'brokers = "{kafka}"', prefix)) as node:
        yield node


def emit_frame(number, event):
    text = f'42{number}["chat message",{json.dumps(event)}]'
    return frame(TEXT, text.encode())


def send_until_it_blocks(websocket, data, limit, pause=1.0):
    """Sends `data` again and again: how many bytes were taken until for `pause`
    seconds there was no room, the server closed, or `limit` was reached."""
    websocket.socket.settimeout(pause)
    sent = 0
    try:
        while sent < limit:
            sent += websocket.socket.send(data[sent % len(data):])
    except (TimeoutError, OSError):
        pass
    return sent


def check_growth(node, before, limit):
    """What grows without a limit grows by hundreds of megabytes."""
    grown = node.memory() - before
    assert grown < limit or SANITIZED, f"{grown / MiB:.0f} MiB"


# -- clients that send too fast -----------------------------------------------

EMITS = 10_000


def test_a_client_that_waits_for_nothing_has_all_its_emits_acked_in_order(
        node_with_kafka, kafka, prefix):
    client = RawClient(node_with_kafka.port)
    room = unique("room")
    data = b"".join(emit_frame(i, {"room": f"chat:{room}", "n": i})
                    for i in range(EMITS))
    sender = threading.Thread(target=client.websocket.send_bytes, args=(data,))
    sender.start()
    acks = []
    while len(acks) < EMITS:
        packet = client.receive_packet(PATIENCE)
        begin = packet.index("[")
        acks.append((int(packet[1:begin]), json.loads(packet[begin:])[0]))
    sender.join()
    assert [number for number, _ in acks] == list(range(EMITS))
    assert {x["status"] for _, x in acks} == {"ok"}
    offsets = [x["offset"] for _, x in acks]
    assert offsets == sorted(set(offsets))
    stored = [x.json["n"] for x in kcat.consume(kafka, f"{prefix}.chat")
              if x.key == room]
    assert stored == list(range(EMITS))


def test_a_client_is_not_read_while_kafka_takes_nothing():
    # Nothing listens on port 9.
    with WeirNode(config('brokers = "127.0.0.1:9"\ndelivery_timeout = "60s"'),
                  ready=False) as node:
        before = node.memory()
        client = RawClient(node.port)
        data = emit_frame(1, {"room": "chat:1", "text": "x" * 1000})
        sent = send_until_it_blocks(client.websocket, data, 64 * MiB)
        # What the kernel keeps, and little more.
        assert sent < 32 * MiB
        check_growth(node, before, 16 * MiB)
        with RawClient(node.port) as other:  # which notices nothing
            assert other.emit("no such event")["code"] == "unknown_event"
        client.websocket.close()
        node.process.kill()  # its emits would hold up the stop
        node.wait_for_exit()


def test_a_client_that_is_not_read_is_not_taken_for_dead():
    """Its pongs wait behind its emits."""
    quick = 'ping_interval = "300ms"\nping_timeout = "200ms"'
    with WeirNode(config('brokers = "127.0.0.1:9"\ndelivery_timeout = "1s"',
                         engineio=quick), ready=False) as node:
        client = RawClient(node.port)
        for i in range(100):
            client.start_emit("chat message", {"room": "chat:1", "n": i})
        codes = {client.ack_of(i + 1)["code"] for i in range(100)}
        assert codes <= {"timeout", "unavailable"}
        assert client.emit("no such event")["code"] == "unknown_event"


FLOODS = {
    "emits that are refused": frame(TEXT, b'427["no such event"]'),
    "connects that are refused": frame(TEXT, b"40/nowhere,"),
    "joins that are refused": frame(TEXT, b'427["join","cellar"]'),
    "emits that are acked": emit_frame(7, {"room": "chat:flood"}),
    "local events": frame(TEXT, b'42["mirror","' + b"x" * 100 + b'"]'),
    "pings of the WebSocket": frame(PING, b"x" * 100),
}


@pytest.mark.parametrize("what", FLOODS)
def test_answers_that_nobody_reads_do_not_pile_up(node_with_kafka, what):
    client = RawClient(node_with_kafka.port, receive_buffer=4096)
    data = FLOODS[what] * 1000
    before = node_with_kafka.memory()
    limit = 300 * len(data)
    with Promptness(node_with_kafka), RawClient(node_with_kafka.port) as other:
        sent = send_until_it_blocks(client.websocket, data, limit, pause=0.5)
        other.emit("no such event")  # which notices nothing
        check_growth(node_with_kafka, before, 16 * MiB)
    # A ping that finds the outbox full is dropped, and not held back.
    assert sent < limit or "pings" in what
    client.websocket.close()


def test_a_client_that_polls_late_finds_all_answers(node):
    """And its POSTs wait for it to do so."""
    session = PollingSession(node.port)
    session.send("40")
    session.packets()
    count = 20_000
    before = node.memory()
    poster = threading.Thread(target=session.send, args=[
        f'42{i}["no such event"]' for i in range(count)])
    poster.start()
    poster.join(1)
    assert poster.is_alive()
    check_growth(node, before, 16 * MiB)
    answered = []
    while len(answered) < count:
        answered += [int(x[2:x.index("[")]) for x in session.packets()
                     if x.startswith("43")]
    poster.join(PATIENCE)
    assert answered == list(range(count))


# -- clients that read too slowly ---------------------------------------------

def fill(node, room, count, size=60_000):
    """Emits into a room and waits for the acks."""
    with RawClient(node.port) as client:
        for i in range(count):
            client.emit("chat message",
                        {"room": room, "n": i, "text": "x" * size})


def join_by_polling(node, room):
    session = PollingSession(node.port)
    session.send("40")
    session.packets()
    session.send(f'421["join","{room}"]')
    assert any('"status":"ok"' in x for x in session.packets())
    return session


def events_of(packets):
    return [json.loads(x[2:]) for x in packets if x.startswith("42")]


def test_a_client_that_does_not_read_catches_up_and_others_get_everything(node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port, receive_buffer=4096) as slow:
        slow.join(room)
        before = node.memory()
        with RawClient(node.port) as other:
            other.join(room)
            for i in range(200):
                event = {"room": room, "n": i, "text": "x" * 60_000}
                assert other.emit("chat message", event)["status"] == "ok"
                assert other.next_event() == ["chat message", event]
        # The embedded broker keeps the records in this process too.
        check_growth(node, before, 64 * MiB)
        assert [slow.next_event()[1]["n"] for _ in range(200)] \
            == list(range(200))
        fill(node, room, 1)
        assert slow.next_event()[1]["n"] == 0
        assert slow.is_quiet()


def test_clients_that_do_not_read_share_the_nodes_outboxes(kafka, prefix):
    """Each could have 256 KiB. They lose nothing, and the others notice
    nothing."""
    room = f"chat:{unique('room')}"
    with ExitStack() as clients, \
            WeirNode(config(f'brokers = "{kafka}"', prefix),
                     "limits.outboxes=1MiB",
                     "engineio.ping_timeout=1h") as node:  # they are silent
        def come(**options):
            client = clients.enter_context(RawClient(node.port, **options))
            client.join(room)
            return client

        silent = [come(receive_buffer=4096) for _ in range(10)]
        other = come()
        for i in range(200):
            event = {"room": room, "n": i, "text": "x" * 60_000}
            assert other.emit("chat message", event)["status"] == "ok"
            assert other.next_event() == ["chat message", event]
        waiting = wait_until(lambda: outbox_bytes(node), "a full outbox")
        assert waiting <= MiB + 10 * (16 * 1024 + 61_000)
        for x in silent:
            assert [x.next_event()[1]["n"] for _ in range(200)] \
                == list(range(200))
        wait_until(lambda: outbox_bytes(node) == 0, "all to be read")


def outbox_bytes(node):
    return node.metric("weir_outbox_bytes")


def test_a_client_that_does_not_poll_catches_up_when_it_does(node):
    room = f"chat:{unique('room')}"
    session = join_by_polling(node, room)
    fill(node, room, 100)
    seen = []
    while len(seen) < 100:
        seen += events_of(session.packets())
    assert [x[1]["n"] for x in seen] == list(range(100))


def test_a_client_that_reads_gets_a_burst_that_is_more_than_its_outbox(
        node_with_kafka, kafka, prefix):
    """The records come at once; the client reads as fast as it can."""
    room = unique("room")
    with RawClient(node_with_kafka.port) as client:
        client.join(f"chat:{room}")
        values = [{"n": i, "text": "x" * 10_000} for i in range(2000)]
        writer = threading.Thread(target=kcat.produce_json, args=(
            kafka, f"{prefix}.chat", room, values))
        writer.start()
        assert [client.next_event()[1]["n"] for _ in values] == list(range(2000))
        writer.join()


def test_a_client_that_reads_late_misses_nothing_below_its_limit(node):
    room = f"chat:{unique('room')}"
    with RawClient(node.port) as late:
        late.join(room)
        fill(node, room, 4)
        assert [late.next_event()[1]["n"] for _ in range(4)] == [0, 1, 2, 3]


def test_a_client_cannot_be_in_more_rooms_than_it_may(node):
    with RawClient(node.port) as client:
        answers = [client.emit("join", f"chat:many-{i}") for i in range(257)]
        assert [x["status"] for x in answers] == ["ok"] * 256 + ["error"]
        assert answers[-1]["code"] == "not_allowed"


# -- clients that are further behind than limits.max_lag -------------------------

def impatient_node(on_lag):
    return WeirNode(config(prefix=f"lag-{on_lag}"), "limits.max_lag=1MiB",
                    f"limits.on_lag={on_lag}")


@pytest.fixture(scope="module")
def strict_node():
    with impatient_node("disconnect") as node:
        yield node


@pytest.fixture(scope="module")
def skipping_node():
    with impatient_node("skip") as node:
        yield node


def test_a_client_that_lags_too_far_is_closed(strict_node):
    room = f"chat:{unique('room')}"
    slow = RawClient(strict_node.port, receive_buffer=4096)
    slow.join(room)
    fill(strict_node, room, 100)
    strict_node.wait_for_log("limits.max_lag.*" + slow.handshake["sid"])
    with pytest.raises(Closed):
        while True:
            slow.next_event()


def test_a_client_that_polls_too_late_is_closed(strict_node):
    room = f"chat:{unique('room')}"
    session = join_by_polling(strict_node, room)
    fill(strict_node, room, 100)
    strict_node.wait_for_log("limits.max_lag.*" + session.sid)
    wait_until(lambda: "1" in session.get().body.decode().split("\x1e")
               or session.get().status == 400, "the end of the session")


def emit_and_note(node, room, numbers):
    """{number: (partition, offset)}; nobody else writes into the partition."""
    places = {}
    with RawClient(node.port) as client:
        for n in numbers:
            ack = client.emit("chat message",
                              {"room": room, "n": n, "text": "x" * 60_000})
            places[n] = ack["partition"], ack["offset"]
    return places


def places_of(event, places):
    """Where an event was stored; those that a gap names."""
    name, argument = event
    if name == "weir:gap":
        return [(argument["partition"], x)
                for x in range(argument["from"], argument["to"])]
    return [places[argument["n"]]]


def check_skipped(take, room, places):
    """Each event comes, or is in a gap that the client is notified of; none is
    both, and all is in order."""
    seen, gaps = [], 0
    while len(seen) < len(places):
        for event in take():
            seen += places_of(event, places)
            if event[0] == "weir:gap":
                assert event[1]["room"] == room
                gaps += 1
    assert seen == list(places.values())
    return gaps


def test_a_client_that_lags_too_far_skips_with_a_gap(skipping_node):
    room = f"chat:{unique('room')}"
    with RawClient(skipping_node.port, receive_buffer=4096) as slow:
        slow.join(room)
        places = emit_and_note(skipping_node, room, range(100))

        def take():
            return [slow.next_event()]
        assert check_skipped(take, room, places) > 0
        places = emit_and_note(skipping_node, room, range(2))
        assert check_skipped(take, room, places) == 0
        assert slow.is_quiet()


def test_a_client_that_polls_too_late_skips_with_a_gap(skipping_node):
    room = f"chat:{unique('room')}"
    session = join_by_polling(skipping_node, room)
    places = emit_and_note(skipping_node, room, range(100))
    assert check_skipped(lambda: events_of(session.packets()), room, places) > 0
