"""Attacks on what packets ask for: rooms, events, namespaces, acks."""

import json

from speech import event, first, forever, junk, socketio, texts
from streams import Stream


def flood(*packets, before=(), streams=1, reads=True, times=500, weight=1):
    """The packets again and again over sockets of the namespace "/"; `before`
    asks for acks that are waited for. `weight`: how often each is delivered."""
    def attack(attacker):
        # What is paced comes evenly, and not in bursts of a whole chunk.
        repeats = min(times, 10) if attacker.pace.per_unit else times
        data = texts(*packets) * repeats

        def open_stream(_):
            return Stream(
                socketio(attacker, *before,
                         receive_buffer=None if reads else 4096),
                forever(data, repeats * len(packets) * weight), reads=reads)
        attacker.drive(open_stream, streams)
    return attack


def numbered(name, count=1000):
    return [event(name, f"room:flood-{i}") for i in range(count)]


JOINED = event("join", "room:flood", ack="1")
TYPING = event("typing", {"room": "room:flood", "text": "x" * 100})

join_flood = flood(event("join", "room:flood"))
join_flood_acked = flood(event("join", "room:flood", ack="7"))
join_many_flood = flood(*numbered("join"), times=1)
leave_flood = flood(event("leave", "room:flood"))
join_leave_flood = flood(event("join", "room:flood"),
                         event("leave", "room:flood"))
leave_many_flood = flood(*numbered("join", 60), *numbered("leave", 60), times=5)
local_flood = flood(TYPING, before=[JOINED])
local_flood_of_many = flood(TYPING, before=[JOINED], streams=20, weight=20)
mirror_flood = flood(event("mirror", "x" * 1000, ack="7"))
unknown_events = flood(event("e" * 1000, "x" * 1000, ack="7"))
unknown_acks = flood(b"43" + b"9" * 20 + b'["x"]', b"437[]", b"430[null]")
answers_unread = flood(event("mirror", "x" * 1000, ack="7"), JOINED,
                       event("nothing", ack="8"), streams=30, reads=False)
emit_flood = flood(event("say", {"room": "room:flood", "text": "x" * 1000},
                         ack="7"), streams=8, reads=False, times=50)
namespace_flood = flood(b"40/nowhere,", b"40/" + b"n" * 250 + b",")
namespace_churn = flood(b'40/live,{"token":"x"}', b"41/live,")
deep_json = flood(b'42["say",' + b"[" * 100 + b"]" * 100 + b"]")


def auth_payloads(attacker):
    payload = json.dumps({"token": junk(attacker.payload - 1000)})
    data = texts(f"40/live,{payload}", "41/live,")
    attacker.drive(lambda _: Stream(socketio(attacker), forever(data)), 8)


def forged_offsets(attacker):
    """Sockets that want to come back, with an offset as long as can be."""
    size = attacker.payload - 1000
    offsets = [junk(size), junk(1000), "A" * 1024, "." * size, ""]
    data = texts(*[x for offset in offsets for x in (
        "40/live," + json.dumps({"pid": junk(40), "offset": offset}),
        "41/live,")])
    attacker.drive(lambda _: Stream(socketio(attacker),
                                    forever(data, len(offsets))), 4)


def huge_ids(attacker):
    """Ids and names as long as a message can be."""
    size = attacker.payload - 1000
    data = texts(
        event("say", {"room": "room:1", "id": junk(size)}, ack="1"),
        event(junk(size), ack="2"), event("leave", junk(size), ack="3"),
        event("typing", {"room": junk(size)}, ack="4"),
        event("say", {"room": "room:" + junk(size)}, ack="5"),
        event("join", "room:1", {"since": junk(size)}, ack="6"))
    attacker.drive(lambda _: Stream(socketio(attacker), forever(data, 6)), 4)


def long_rooms(attacker):
    """Sixty rooms with long names each, and then messages of 10 kB."""
    size = attacker.payload - 1000
    say = texts(event("say", {"room": "room:1", "text": "x" * 10_000}))

    def open_stream(_):
        names = [f"room:{i}-{junk(size)}" for i in range(60)]
        joins = b"".join(texts(event("join", x)) for x in names)
        return Stream(socketio(attacker), first(joins, forever(say)))
    attacker.drive(open_stream, 20)


def many_rooms(attacker):
    """As many rooms as a socket may be in, of each namespace, and messages into
    them, joins and leaves."""
    names = [f"room:many-{i}" for i in range(attacker.target["rooms"])]

    def open_stream(_):
        joins = texts("40/live,", *[event("join", x, nsp=nsp) for x in names
                                    for nsp in ("", "/live,")])
        turn = texts(*[y for x in names[:8] for y in (
            event("say", {"room": x, "text": "x"}), event("leave", x),
            event("join", x))])
        return Stream(socketio(attacker), first(joins, forever(turn, 24)))
    attacker.drive(open_stream, 20)


def slow_members(attacker):
    """Members of a room that read nothing, while one emits into it."""
    big = texts(event("say", {"room": "room:slow", "text": "x" * 20_000},
                      ack="1"))
    join = event("join", "room:slow", ack="1")
    quiet = texts("3")

    def open_stream(n):
        if n == 0:
            return Stream(socketio(attacker), forever(big))
        return Stream(socketio(attacker, join, receive_buffer=4096),
                      forever(quiet, 0), reads=False, interval=1)
    attacker.drive(open_stream, 40)
