"""GET /metrics: Prometheus' text format, and numbers that follow what happens."""

import re

import pytest

from raw_client import RawClient
from waiting import wait_until
from weir_node import WeirNode

CONFIG = """
kafka.embedded = true
limits.producer_queue = "3MiB"
limits.idempotency_ids = 17
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
  id_from = "/0/id"
"""

NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = rf'\{{{NAME}="[^"\n]*"(?:,{NAME}="[^"\n]*")*\}}'
SAMPLE = re.compile(rf"({NAME}(?:{LABELS})?) (\S+)(?: [0-9]+)?")
COMMENT = re.compile(rf"# (HELP {NAME} .+|TYPE {NAME} "
                     r"(counter|gauge|histogram|summary|untyped))")


def parse(text):
    """{name{labels}: number}; every line must be what the format allows."""
    assert text.endswith("\n")
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert COMMENT.fullmatch(line), line
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample[1] not in found, line
            found[sample[1]] = float(sample[2])
    return found


@pytest.fixture(scope="module")
def node():
    with WeirNode(CONFIG) as node:
        yield node


def metrics(node):
    status, text = node.get("/metrics")
    assert status == 200
    return parse(text)


def emits(x, code):
    return x[f'weir_emits_total{{code="{code}"}}']


def test_every_metric_is_there_from_the_start(node):
    x = metrics(node)
    assert x["weir_producer_queue_limit_bytes"] == 3 * 1024 * 1024
    assert x["weir_idempotency_ids_limit"] == 17
    assert x["weir_producer_queue_bytes"] == 0
    assert x["weir_producer_failures_total"] == 0
    assert any(name.startswith("caf_system_processed_messages")
               for name in x)


def test_emits_are_counted_by_their_result(node):
    before = metrics(node)
    with RawClient(node.port) as client:
        say = {"room": "chat:1", "id": "a"}
        assert client.emit("say", say)["status"] == "ok"
        assert client.emit("say", say)["status"] == "ok"
        assert client.emit("say", {**say, "text": "else"})["status"] == "error"
        assert client.emit("say", {"room": "none"})["status"] == "error"
        after = metrics(node)
    assert emits(after, "ok") == emits(before, "ok") + 2
    assert (emits(after, "invalid_payload")
            == emits(before, "invalid_payload") + 1)
    assert emits(after, "unknown_room") == emits(before, "unknown_room") + 1
    assert (after["weir_emit_repeats_total"]
            == before["weir_emit_repeats_total"] + 1)


def test_connections_are_counted(node):
    wait_until(lambda: metrics(node)["weir_connections"] == 0,
               "the connections to end")
    with RawClient(node.port), RawClient(node.port):
        assert metrics(node)["weir_connections"] == 2
    wait_until(lambda: metrics(node)["weir_connections"] == 0,
               "the connections to end")


def test_what_waits_is_shown_and_then_gone(node):
    with RawClient(node.port) as client:
        started = [client.start_emit("say", {"room": "chat:1", "id": i})
                   for i in range(50)]
        assert all(client.ack_of(x)["status"] == "ok" for x in started)
    x = metrics(node)
    assert x["weir_producer_unanswered"] == 0
    assert x["weir_idempotency_ids"] == 17
