"""What intake acks, delivery can carry, whatever the limits are."""

import json

import pytest

from raw_client import RawClient
from test_limits import PollingClient
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import WeirNode, check

CONFIG = """
{limits}
[kafka]
brokers = "{broker}"
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
[[namespace]]
name = "/"
recovery = "1m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}"
  key = "{{id}}"
  events = ["chat message"]
  room_from = "/0/room"
"""
KiB, MiB = 1024, 1024 * 1024

CASES = {
    "only the payload is raised": ('engineio.max_payload = "4MiB"', 4 * MiB),
    "the defaults": ("", 990_000),
    "a small outbox": ('limits.outbox = "64KiB"', 64 * KiB),
    "an outbox of hardly more than an offset":
        ('limits.outbox = "2KiB"\nlimits.recovery_offset = "1KiB"', KiB),
    "little credit": ('limits.credit = "1KiB"\nlimits.tail_cache = "1KiB"\n'
                      'limits.unanswered_bytes = "1KiB"', 990_000),
}


@pytest.mark.parametrize("limits,most", CASES.values(), ids=CASES.keys())
def test_what_is_acked_is_delivered(kafka, limits, most):
    prefix = unique("large")
    create_topic(kafka, prefix, max_message_bytes=str(16 * MiB))
    config = CONFIG.format(limits=limits, broker=kafka, prefix=prefix)
    with WeirNode(config) as node, RawClient(node.port) as sender, \
            RawClient(node.port) as member:
        member.join("chat:1")
        stored = []
        for size in [most - 200, most // 2, most + 10_000, most - 5000, 10]:
            if size < 0 or size > most and most > 900_000:
                continue  # the connection is closed
            event = {"room": "chat:1", "n": len(stored), "text": "x" * size}
            answer = sender.emit("chat message", event)
            if answer["status"] == "ok":
                stored.append(size)
            else:
                assert answer["code"] == "too_large"
        assert len(stored) >= 2
        found = []
        while len(found) < len(stored):
            name, event, *_ = member.next_event()
            if name == "chat message":
                found.append(len(event["text"]))
        assert found == stored


# -- the largest one, whoever gets it ------------------------------------------

def event_of(n, size):
    return {"room": "chat:1", "n": n, "text": "x" * size}


class Sender(RawClient):
    """Finds out what is the largest event."""

    def __init__(self, port, max_payload):
        super().__init__(port)
        self.next_id = 10  # of two digits, as all that follow
        packet = '4299' + json.dumps(["chat message", event_of(0, 0)])
        self.most = max_payload - len(packet)
        self.stored = []  # sizes

    def is_stored(self, size):
        answer = self.emit("chat message", event_of(0, size))
        if answer["status"] == "ok":
            self.stored.append(size)
        else:
            assert answer["code"] == "too_large", answer
        return answer["status"] == "ok"

    def store_the_largest(self):
        """What is around it in a record makes it less than a payload."""
        low, high = self.most - KiB, self.most
        assert self.is_stored(low)
        low = high if self.is_stored(high) else low
        while low < high:
            middle = (low + high + 1) // 2
            if self.is_stored(middle):
                low = middle
            else:
                high = middle - 1


def sizes(events, count):
    found = []
    while len(found) < count:
        name, event, *_ = next(events)
        if name == "chat message":
            found.append(len(event["text"]))
    return found


def events_of(client):
    while True:
        yield client.next_event()


def polled_events(client):
    while True:
        for packet in client.packets():
            if packet == "2":
                client.send("3")
            elif packet.startswith("42"):
                yield json.loads(packet[packet.index("["):])


@pytest.mark.parametrize("limits,max_payload", [
    ("", 1_000_000),
    ('engineio.max_payload = "4MiB"', 4 * MiB),
    ('limits.credit = "1KiB"\nlimits.tail_cache = "1KiB"', 1_000_000),
], ids=["the defaults", "a larger payload", "little credit"])
def test_the_largest_event_reaches_everybody(kafka, limits, max_payload):
    prefix = unique("largest")
    create_topic(kafka, prefix, max_message_bytes=str(16 * MiB))
    config = CONFIG.format(limits=limits, broker=kafka, prefix=prefix)
    with WeirCluster(config, "ab") as cluster:
        a, b = cluster["a"].port, cluster["b"].port
        with Sender(a, max_payload) as sender, RawClient(a) as near, \
                RawClient(b) as far, PollingClient(a) as near_polls, \
                PollingClient(b) as far_polls:
            start = near.join("chat:1")["offset"]
            far.join("chat:1")
            for client in near_polls, far_polls:
                assert client.emit("join", "chat:1")["status"] == "ok"
            sender.store_the_largest()
            n = len(sender.stored)
            for events in (events_of(near), events_of(far),
                           polled_events(near_polls), polled_events(far_polls)):
                assert sizes(events, n) == sender.stored
            for port in a, b:
                with RawClient(port) as late:
                    answer = late.emit("join", "chat:1", {"since": start})
                    assert answer["status"] == "ok", answer
                    assert sizes(events_of(late), n) == sender.stored
                with PollingClient(port) as late:
                    late.start_emit("join", "chat:1", {"since": start})
                    assert sizes(polled_events(late), n) == sender.stored


# -- what is refused ----------------------------------------------------------

def test_an_event_that_members_could_not_be_sent_is_refused(kafka):
    prefix = unique("large")
    create_topic(kafka, prefix)
    config = CONFIG.format(limits='limits.outbox = "64KiB"', broker=kafka,
                           prefix=prefix)
    with WeirNode(config) as node, RawClient(node.port) as client:
        event = {"room": "chat:1", "text": "x" * 64 * KiB}
        answer = client.emit("chat message", event)
        assert answer["code"] == "too_large"
        assert "limits.outbox" in answer["message"]


def test_limits_that_contradict_each_other_are_refused():
    status, said = check(CONFIG.format(
        limits='[engineio]\nmax_payload = "4MiB"\n[limits]\noutbox = "1MiB"',
        broker="127.0.0.1:1", prefix="large"))
    assert status == 1
    assert "weir.toml:5:" in said
    assert "engineio.max_payload (line 3: 4MiB)" in said
    assert "set at least" in said
