"""What intake acks, delivery can carry, whatever the limits are."""

import pytest

from raw_client import RawClient
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
