"""Traces: from a client to the record and the delivery, and the spans of a node
at a collector ([tracing])."""

import secrets
import threading
import time

import pytest

import kcat
from otlp_collector import Collector
from raw_client import RawClient
from waiting import wait_until
from weir_node import WeirNode, check

CONFIG = """
[kafka]
embedded = true
[cluster]
name = "shop"
node = "a"
{tracing}
[[namespace]]
name = "/"
trace_from = "/trace"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  trace_from = "/0/trace"
"""

TRACING = """
[tracing]
url = "{url}"
delay = "50ms"
{more}
"""
PRODUCER, CONSUMER = 4, 5  # of OTLP's SpanKind


def config(collector, more=""):
    return CONFIG.format(tracing=TRACING.format(url=collector.url, more=more))


def new_trace(flags="01"):
    """(trace id, span id, traceparent)"""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, f"00-{trace}-{span}-{flags}"


def say(client, room, trace=None):
    event = {"room": room, "text": "hello"}
    if trace:
        event["trace"] = trace
    return client.emit("say", event)


def record_of(node, ack):
    assert ack["status"] == "ok", ack
    return next(x for x in kcat.consume(node.bootstrap, "chat")
                if (x.partition, x.offset) == (ack["partition"], ack["offset"]))


def spans(node, result):
    return node.metric("weir_trace_spans_total", result=result)


def batches(node, result):
    return node.metric("weir_trace_batches_total", result=result)


@pytest.fixture(scope="module")
def shared():
    with Collector() as collector, WeirNode(config(collector)) as node:
        yield node, collector


@pytest.fixture
def node(shared):
    return shared[0]


@pytest.fixture
def collector(shared):
    return shared[1]


# -- what is recorded ---------------------------------------------------------

def test_an_emit_and_its_delivery_are_spans_of_the_clients_trace(
        node, collector):
    trace, span, parent = new_trace()
    before = time.time_ns()
    with RawClient(node.port) as emitter, RawClient(node.port) as other:
        emitter.join("chat:1"), other.join("chat:1")
        ack = say(emitter, "chat:1", {"traceparent": parent,
                                      "tracestate": "shop=7"})
        for x in (emitter, other):
            assert x.next_event()[0] == "say"
    [emit] = collector.wait_for("emit", trace)
    [delivery] = collector.wait_for("deliver", trace)
    assert (emit.parent, emit.state, emit.kind) == (span, "shop=7", PRODUCER)
    assert emit.attributes == {
        "messaging.system": "kafka", "messaging.operation.type": "send",
        "messaging.destination.name": "chat",
        "messaging.destination.partition.id": str(ack["partition"]),
        "messaging.kafka.offset": ack["offset"], "weir.namespace": "/",
        "weir.room": "chat:1", "weir.event": "say",
        "weir.socket_id": emitter.socket_id}
    assert not emit.failed
    assert emit.resource["service.name"] == "shop"
    assert emit.resource["service.instance.id"] == "a"
    assert (delivery.parent, delivery.kind) == (emit.span_id, CONSUMER)
    assert delivery.attributes == {
        "messaging.system": "kafka", "messaging.operation.type": "process",
        "messaging.destination.name": "chat",
        "messaging.destination.partition.id": str(ack["partition"]),
        "messaging.kafka.offset": ack["offset"], "weir.namespace": "/",
        "weir.room": "chat:1", "weir.members": 2}
    for x in (emit, delivery):
        assert before <= x.start <= x.end <= time.time_ns()
    # A back end continues from the emit.
    record = record_of(node, ack)
    assert record.headers["traceparent"] == f"00-{trace}-{emit.span_id}-01"
    assert record.headers["tracestate"] == "shop=7"


def test_a_back_ends_record_is_a_span_of_its_trace_when_it_is_delivered(
        node, collector):
    trace, span, parent = new_trace()
    with RawClient(node.port) as client:
        client.join("chat:2")
        kcat.produce(node.bootstrap, "chat", "2", {"text": "hello"},
                     {"traceparent": parent})
        client.next_event()
    [delivery] = collector.wait_for("deliver", trace)
    assert delivery.parent == span
    assert delivery.attributes["weir.room"] == "chat:2"


def test_events_without_a_trace_are_of_the_one_that_their_socket_has_told(
        node, collector):
    trace, span, parent = new_trace()
    with RawClient(node.port, auth={"trace": parent}) as client:
        first = say(client, "chat:3")
        own = new_trace()
        say(client, "chat:3", own[2])
    [emit] = collector.wait_for("emit", trace)
    assert emit.parent == span
    assert record_of(node, first).headers["traceparent"] == (
        f"00-{trace}-{emit.span_id}-01")
    assert collector.wait_for("emit", own[0])[0].parent == own[1]


def test_what_its_client_does_not_record_is_passed_on_and_not_recorded(
        node, collector):
    trace, _, parent = new_trace("00")
    recorded, _, after = new_trace()
    with RawClient(node.port) as client:
        client.join("chat:4")
        ack = say(client, "chat:4", parent)
        nothing = say(client, "chat:4")
        say(client, "chat:4", after)
        for _ in range(3):
            client.next_event()
    # Spans leave in order: those before would have come, too.
    collector.wait_for("emit", recorded)
    collector.wait_for("deliver", recorded)
    assert not [x for x in collector.spans if x.trace_id == trace]
    assert record_of(node, ack).headers["traceparent"] == parent
    assert "traceparent" not in record_of(node, nothing).headers


def test_a_refused_emit_fails(node, collector):
    trace, _, parent = new_trace()
    with RawClient(node.port) as client:
        answer = client.emit("say", {"room": "chat:5", "trace": parent}, 2)
    assert answer["code"] == "invalid_payload"
    [emit] = collector.wait_for("emit", trace)
    assert emit.failed
    assert emit.attributes["error.type"] == "invalid_payload"


def test_what_a_collector_rejects_is_counted(node, collector):
    before = spans(node, "rejected")
    collector.rejects = 1
    with RawClient(node.port) as client:
        say(client, "chat:6", new_trace()[2])
    wait_until(lambda: spans(node, "rejected") == before + 1, "the rejection")
    assert batches(node, "failed") == 0


def test_traces_begin_here_where_that_is_wanted():
    with Collector() as collector, WeirNode(
            config(collector, "sample_one_in = 1")) as node:
        with RawClient(node.port) as client:
            client.join("chat:1")
            ack = say(client, "chat:1")
            client.next_event()
        [emit] = wait_until(lambda: collector.named("emit"), "a trace")
        assert emit.parent == ""
        [delivery] = collector.wait_for("deliver", emit.trace_id)
        assert delivery.parent == emit.span_id
        assert record_of(node, ack).headers["traceparent"][3:35] == emit.trace_id


# -- collectors that are slow, or away ----------------------------------------

def test_a_collector_is_left_alone_for_as_long_as_it_says():
    times = []

    def answer():
        times.append(time.monotonic())
        return (503, {"Retry-After": "2"}) if len(times) == 1 else (200, {})

    with Collector(answer) as collector, WeirNode(config(collector)) as node:
        trace, _, parent = new_trace()
        with RawClient(node.port) as client:
            say(client, "chat:1", parent)
            collector.wait_for("emit", trace)
        assert collector.statuses[:2] == [503, 200]
        assert times[1] - times[0] >= 2
        assert batches(node, "retried") == 1
        wait_until(lambda: spans(node, "exported") == 1, "the export")
        assert spans(node, "failed") == spans(node, "dropped") == 0


def test_what_a_collector_refuses_is_not_sent_again():
    with Collector(lambda: (400, {})) as collector, WeirNode(
            config(collector)) as node:
        with RawClient(node.port) as client:
            for n in (1, 2):
                say(client, "chat:1", new_trace()[2])
                wait_until(lambda: spans(node, "failed") == n, "a refusal")
        assert collector.statuses == [400, 400]
        assert batches(node, "failed") == 2
        assert batches(node, "retried") == 0


def test_without_a_collector_clients_lose_nothing_and_spans_are_counted():
    with Collector() as collector:
        pass  # its port is free now
    emits = 300
    with WeirNode(config(collector, "queue = 20\nbatch = 10")) as node:
        with RawClient(node.port) as client:
            client.join("chat:1")
            for n in range(emits):
                assert say(client, "chat:1", new_trace()[2])["status"] == "ok"
                assert client.next_event()[0] == "say"
            # An emit and a delivery each, but for those that wait: the queue,
            # and the batch that is tried again.
            wait_until(lambda: spans(node, "dropped") + spans(node, "failed")
                       >= 2 * emits - 30, "spans to be dropped")
        assert spans(node, "exported") == 0
        assert batches(node, "retried") >= 1
        node.wait_for_log("the collector does not take spans now")
        # It comes back, and is found.
        with Collector(port=collector.port) as late:
            trace, _, parent = new_trace()
            with RawClient(node.port) as client:
                def is_exported():
                    say(client, "chat:2", parent)
                    return late.named("emit", trace)
                wait_until(is_exported, "a span of after the outage", step=0.2)
            node.stop()


def test_what_waits_is_sent_before_the_node_ends():
    with Collector() as collector, WeirNode(
            config(collector).replace('"50ms"', '"1m"')) as node:
        trace, _, parent = new_trace()
        with RawClient(node.port) as client:
            say(client, "chat:1", parent)
        assert not collector.spans
        node.stop()
        assert collector.named("emit", trace)


def test_a_collector_that_hangs_keeps_no_node_from_ending():
    with Collector() as collector, WeirNode(
            config(collector), "server.drain_time=200ms") as node:
        released = threading.Event()
        collector.answer = lambda: (released.wait(), (200, {}))[1]
        with RawClient(node.port) as client:
            say(client, "chat:1", new_trace()[2])
            wait_until(lambda: collector.connections, "the export to begin")
        node.terminate()
        assert node.wait_for_exit() == 0
        node.wait_for_log("spans are lost")
        released.set()


# -- the log ------------------------------------------------------------------

def test_the_log_names_an_event_as_its_spans_do(node, collector):
    trace, _, parent = new_trace()
    assert node.ask("POST", "/v1/log-level?level=debug")[0] == 200
    with RawClient(node.port) as client:
        client.join("chat:7")
        ack = say(client, "chat:7", parent)
        client.next_event()
    [emit] = collector.wait_for("emit", trace)
    partition, offset = ack["partition"], ack["offset"]
    assert emit.attributes["messaging.kafka.offset"] == offset
    socket = f"socket_id=\"?{client.socket_id}\"?"
    where = rf"{socket} room=\"?chat:7\"? topic=chat partition={partition}"
    node.wait_for_log(rf"event stored\"? sid=\S+ {where} offset={offset}")
    node.wait_for_log(rf"events sent\"? sid=\S+ {where} "
                      rf"from=\d+ to={offset + 1}")
    node.ask("POST", "/v1/log-level?level=info")


# -- off ----------------------------------------------------------------------

def test_without_a_url_traces_are_passed_on_and_nobody_is_connected_to():
    with Collector() as collector, WeirNode(CONFIG.format(tracing="")) as node:
        trace, _, parent = new_trace()
        with RawClient(node.port, auth={"trace": parent}) as client:
            client.join("chat:1")
            ack = say(client, "chat:1")
            client.next_event()
        assert record_of(node, ack).headers["traceparent"] == parent
        assert "trace_spans" not in node.get("/metrics")[1]
        node.stop()
        assert collector.connections == 0


@pytest.mark.parametrize("tracing, problem", [
    ('[tracing]\nurl = "localhost:4318"',
     "tracing.url: \"localhost:4318\" is no URL of a collector; write it with "
     "its path, like \"http://localhost:4318/v1/traces\""),
    ('[tracing]\nbatch = 7', "[tracing] needs url, the collector that takes "
     "spans; set it, or leave [tracing] out"),
    ('[tracing]\nurl = "http://a/v1/traces"\nqueue = 7',
     "queue: no batch would ever be full: batch is 512, and queue 7; make "
     "queue at least as large"),
])
def test_a_wrong_section_is_an_error_with_its_line(tracing, problem):
    status, said = check(CONFIG.format(tracing=tracing))
    assert status == 1
    assert problem in said
    assert ".toml:" in said
