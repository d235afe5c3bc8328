"""GET /metrics: Prometheus' text format, and numbers that follow what happens."""

import json
import re
import subprocess


from engineio_client import open_websocket, request, target
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import node_of
from weir_node import CHAT, ROOT, WeirNode

CONFIG = """
kafka.embedded = true
kafka.embedded_partitions = 1
limits.tail_cache = "1MiB"
limits.credit = "64KiB"
limits.outbox = "64KiB"
limits.rooms_per_socket = 2
limits.recovery_offset = "96B"
cluster.secret = "a secret of the tests"
limits.producer_queue = "3MiB"
limits.idempotency_ids = 17
[[namespace]]
name = "/returns"
recovery = "1m"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "returns"
""" + CHAT + """\
  id_from = "/0/id"
"""

NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
LABELS = rf'\{{{NAME}="[^"\n]*"(?:,{NAME}="[^"\n]*")*\}}'
SAMPLE = re.compile(rf"({NAME}(?:{LABELS})?) (\S+)")  # and no time
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


node = node_of(CONFIG)


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


def limits(x):
    found = {re.fullmatch(r'weir_limit\{key="(.*)"\}', name): value
             for name, value in x.items() if name.startswith("weir_limit{")}
    return {name[1]: value for name, value in found.items()}


def test_every_limit_is_shown_as_it_is_set(node):
    example = (ROOT / "config/weir.example.toml").read_text()
    section = example.split("[limits]")[1].split("\n[")[0]
    keys = {f"limits.{x}" for x in re.findall(r"^([\w.]+) =", section, re.M)}
    shown = limits(metrics(node))
    assert set(shown) == keys - {"limits.on_lag"} | {
        "server.max_connections", "server.max_header", "server.max_url",
        "server.max_file_bytes", "engineio.max_payload"}
    assert shown["limits.tail_cache"] == 1024 * 1024
    assert shown["limits.rooms_per_socket"] == 2
    assert shown["limits.max_lag"] == 64 * 1024 * 1024  # a default


def test_they_come_as_json_of_all_nodes_too(node):
    text = metrics(node)
    _, body = node.get("/v1/metrics")
    assert (body["partial"], body["silent_nodes"]) == (False, [])
    found = {}
    for x in body["metrics"]:
        labels = ",".join(f'{k}="{v}"' for k, v in sorted(x["labels"].items()))
        assert x["node"]
        found[x["name"] + (labels and f"{{{labels}}}")] = x["value"]
    # All that is no histogram; others may have come since.
    wanted = {k: v for k, v in text.items() if k.startswith("weir_")
              and not re.search(r"_(bucket|sum|count)(\{|$)", k)}
    assert set(wanted) <= set(found)
    assert {k: v for k, v in found.items() if k.startswith("weir_limit")} \
        == {k: v for k, v in wanted.items() if k.startswith("weir_limit")}


def test_some_of_them_are_named(node):
    _, body = node.get("/v1/metrics?names=weir_connections,weir_emits_total,no")
    assert {x["name"] for x in body["metrics"]} \
        == {"weir_connections", "weir_emits_total"}
    with RawClient(node.port):
        def connections():
            _, body = node.get("/v1/metrics?names=weir_connections")
            return [x["value"] for x in body["metrics"]]
        wait_until(lambda: connections() == [1], "the client to be counted")


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
    assert (after["weir_emits_deduplicated_total"]
            == before["weir_emits_deduplicated_total"] + 1)


def test_connections_are_counted(node):
    wait_until(lambda: metrics(node)["weir_connections"] == 0,
               "the connections to end")
    with RawClient(node.port), RawClient(node.port):
        assert metrics(node)["weir_connections"] == 2
    wait_until(lambda: metrics(node)["weir_connections"] == 0,
               "the connections to end")


def total(x, name):
    """Of all labels."""
    return sum(value for key, value in x.items()
               if re.fullmatch(rf"{name}(\{{.*\}})?", key))


def test_connections_are_told_apart_by_their_transport(node):
    def of(transport):
        return metrics(node)["weir_connections_by_transport{"
                             f'protocol="4",transport="{transport}"}}']
    wait_until(lambda: (of("polling"), of("websocket")) == (0, 0),
               "the connections to end")
    with RawClient(node.port):
        assert (of("polling"), of("websocket")) == (0, 1)
        answer = request(node.port, "GET", target("polling"))
        assert answer.status == 200
        assert (of("polling"), of("websocket")) == (1, 1)
        sid = json.loads(answer.body[1:])["sid"]
        assert request(node.port, "POST", target("polling", sid=sid),
                       b"1").status == 200
        wait_until(lambda: of("polling") == 0, "the session to end")
    wait_until(lambda: of("websocket") == 0, "the connection to end")


def test_events_and_bytes_are_counted_both_ways(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        for client in one, two:
            client.join("chat:both")
        before = metrics(node)
        text = "x" * 1000
        assert one.emit("say", {"room": "chat:both",
                                "text": text})["status"] == "ok"
        for client in one, two:
            assert client.next_event()[0] == "say"
        after = metrics(node)

    def grown(name):
        return after[f"weir_{name}_total"] - before[f"weir_{name}_total"]
    assert (grown("events_received"), grown("events_sent")) == (1, 2)
    assert 1000 < grown("received_bytes") < 1200
    assert 2000 < grown("sent_bytes") < 2600  # and an ack


def test_acks_and_deliveries_are_timed(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        for client in one, two:
            client.join("chat:timed")
        before = metrics(node)
        for _ in range(5):
            assert one.emit("say", {"room": "chat:timed"})["status"] == "ok"
            for client in one, two:
                assert client.next_event()[0] == "say"
    for name, n in (("emit_ack", 5), ("record_delivery", 10)):
        name = f"weir_{name}_seconds"
        wait_until(lambda: metrics(node)[f"{name}_count"]
                   - before[f"{name}_count"] == n, "all to be counted")
        after = metrics(node)
        assert after[f"{name}_sum"] - before[f"{name}_sum"] < 5 * n
        bounds = [(float(x.split('"')[1]), value) for x, value in after.items()
                  if x.startswith(f"{name}_bucket")]
        assert bounds == sorted(bounds)
        assert bounds[-1] == (float("inf"), after[f"{name}_count"])


def test_what_a_member_catches_up_with_is_not_late(node):
    with RawClient(node.port) as client, RawClient(node.port) as other:
        other.join("chat:late")
        since = client.join("chat:late")["offset"]
        assert client.emit("leave", "chat:late")["status"] == "ok"
        fill(client, 3, 10, "chat:late")
        for _ in range(3):  # now they have been read
            assert other.next_event()[0] == "say"
        before = metrics(node)
        client.emit("join", "chat:late", {"since": since})
        for _ in range(3):
            assert client.next_event()[0] == "say"
        after = metrics(node)
    assert after["weir_events_sent_total"] >= (
        before["weir_events_sent_total"] + 3)
    name = "weir_record_delivery_seconds_count"
    assert after[name] == before[name]


def test_loops_are_looked_at(node):
    def looks():
        return metrics(node)["weir_loop_delay_seconds_count"]
    before = looks()
    wait_until(lambda: looks() > before + 2, "the loops to be looked at")


def test_what_librdkafka_tells_is_shown(node):
    with RawClient(node.port) as client, RawClient(node.port) as member:
        member.join("chat:figures")
        fill(client, 5, 1000, "chat:figures")

        def shown(name, client):
            return metrics(node)[f'weir_kafka_{name}{{client="{client}"}}']
        wait_until(lambda: shown("sent_records_total", "producer") >= 5
                   and shown("received_records_total", "consumer") >= 5,
                   "librdkafka's figures")
        assert shown("sent_bytes_total", "producer") > 5_000
        for who in "producer", "consumer":
            assert shown("round_trips_total", who) > 0
            assert 0 < shown("round_trip_seconds_total", who)
            assert shown("requests_total", who) > 0
        wait_until(lambda: shown("queued_records", "producer") == 0,
                   "all to be stored")
        broker = f'broker="{node.bootstrap}",client="producer"'
        x = metrics(node)
        assert x[f"weir_kafka_broker_answers_total{{{broker}}}"] > 0
        for name in "unreachable", "throttled_seconds_total":
            assert x[f"weir_kafka_broker_{name}{{{broker}}}"] == 0


def test_partitions_and_their_caches_are_counted():
    with WeirNode(CONFIG) as node:
        x = metrics(node)
        assert x['weir_rebalances_total{kind="assigned"}'] >= 1
        assert x['weir_rebalances_total{kind="lost"}'] == 0
        assert x["weir_links"] == 0
        assert total(x, "weir_credit_stalls_total") == 0


def test_polls_for_other_nodes_are_counted(node):
    """Here there are none, so they are answered for."""
    x = metrics(node)
    assert x["weir_forwarded_requests_in_flight"] == 0
    assert x["weir_forwarded_requests_in_flight_bytes"] == 0
    assert x['weir_forwarded_polls_total{result="refused"}'] == 0
    where = target("polling", sid="zzzz" + 16 * "A")
    for method in ("GET", "POST"):
        answer = request(node.port, method, where)
        assert (answer.status, json.loads(answer.body)["code"]) == (400, 1)
    name = 'weir_forwarded_polls_total{result="unreachable"}'
    assert metrics(node)[name] == x[name] + 2
    assert metrics(node)["weir_forwarded_requests_in_flight"] == 0


def test_messages_of_actors_are_counted_and_some_are_timed(node):
    def handled():
        return metrics(node)['weir_actor_messages_total{name="weir.producer"}']
    with RawClient(node.port) as client:
        before = handled()
        for _ in range(20):  # one after the other: a message each
            assert client.emit("say", {"room": "chat:1"})["status"] == "ok"
        assert handled() >= before + 20
    x = metrics(node)
    for name in "mailbox", "processing":
        times = f'weir_actor_{name}_time_seconds_count{{name="weir.producer"}}'
        assert x[times] < x['weir_actor_messages_total{name="weir.producer"}']
    shown = {x["type"]: x for x in node.get("/v1/actors")[1]["actors"]}
    assert int(shown["producer"]["count"]) >= 1
    assert int(shown["producer"]["processed"]) >= before + 20


def test_what_waits_is_shown_and_then_gone(node):
    with RawClient(node.port) as client:
        started = [client.start_emit("say", {"room": "chat:1", "id": i})
                   for i in range(50)]
        assert all(client.ack_of(x)["status"] == "ok" for x in started)
    x = metrics(node)
    assert x["weir_producer_unanswered"] == 0
    assert x["weir_idempotency_ids"] == 17


def fill(client, n, size=10_000, room="chat:1"):
    """Emits n events of so many bytes, not more at once than a client may."""
    for _ in range(n):
        answer = client.emit("say", {"room": room, "text": "x" * size})
        assert answer["status"] == "ok", answer


def test_tail_caches_are_shown_and_stay_within_their_limit(node):
    with RawClient(node.port) as client:
        before = metrics(node)["weir_tail_cache_bytes"]
        fill(client, 5)
        wait_until(lambda: metrics(node)["weir_tail_cache_bytes"]
                   >= before + 50_000, "the records to be cached")
        fill(client, 150)

        def is_full():
            return metrics(node)["weir_tail_cache_bytes"] > 900_000
        wait_until(is_full, "the cache to be full")
        # Two partitions (of two topics); a chunk more than the limit.
        assert metrics(node)["weir_tail_cache_bytes"] < 1.3 * 1024 * 1024


def test_credit_is_granted_again_for_what_was_handled(node):
    with RawClient(node.port) as client, RawClient(node.port) as member:
        member.join("chat:credit")
        before = metrics(node)["weir_credit_granted_bytes_total"]
        fill(client, 30, room="chat:credit")
        for _ in range(30):
            assert member.next_event()[0] == "say"
        wait_until(lambda: metrics(node)["weir_credit_granted_bytes_total"]
                   >= before + 250_000, "the credit to be granted again")
        wait_until(lambda: metrics(node)["weir_credit_used_bytes"] == 0,
                   "all to be handled")


def test_json_has_what_clients_are_counted_by_without_prometheus():
    def received(node):
        body = node.get("/v1/metrics?names=weir_events_received_total")[1]
        return [x["value"] for x in body["metrics"]]
    with WeirNode(CONFIG) as node, RawClient(node.port) as client:
        client.join("chat:1")
        wait_until(lambda: received(node) == [1], "the join to be counted")
        client.emit("say", {"room": "chat:1"})
        wait_until(lambda: received(node) == [2], "the emit, too")


def test_a_client_that_does_not_read_fills_its_outbox(node):
    with RawClient(node.port) as client, \
            RawClient(node.port, receive_buffer=4096) as slow:
        slow.join("chat:slow")
        before = metrics(node)["weir_outbox_full_total"]
        sent = 0
        while metrics(node)["weir_members_lagging"] == 0:
            fill(client, 20, 50_000, "chat:slow")
            sent += 20
            assert sent < 1_000
        # As operators see it of the room.
        wait_until(lambda: node.get("/v1/rooms/chat:slow")[1]["rooms"][0][
            "members_lagging"] == 1, "the room to know that it is behind")
        assert metrics(node)["weir_outbox_full_total"] > before
        for _ in range(sent):
            slow.next_event()
        wait_until(lambda: metrics(node)["weir_members_lagging"] == 0,
                   "the client to be up to date")


def test_what_a_connection_refuses_is_counted_by_its_code(node):
    def refused():
        return metrics(node).get(
            'weir_requests_refused_total{code="not_allowed"}', 0)
    before = refused()
    with RawClient(node.port) as client:
        for room in ("chat:1", "chat:2"):
            client.join(room)
        assert client.emit("join", "chat:3")["code"] == "not_allowed"
    assert refused() == before + 1


def test_sockets_in_too_many_rooms_to_recover_are_counted(node):
    with RawClient(node.port, "/returns") as client:
        client.join("chat:1")
        before = metrics(node)["weir_sockets_unrecoverable_total"]
        client.join("chat:" + "x" * 100)
        client.next_event()
    assert metrics(node)["weir_sockets_unrecoverable_total"] == before + 1


def test_ends_of_connections_are_counted_by_their_reason(node):
    def closed(reason):
        return metrics(node).get(
            f'weir_connections_closed_total{{reason="{reason}"}}', 0)
    before = closed("transport close"), closed("parse error")
    with RawClient(node.port):
        pass
    with RawClient(node.port) as client:
        client.send("nonsense")
        client.websocket.code_of_close()
    wait_until(lambda: closed("transport close") > before[0],
               "the client's own end to be counted")
    assert closed("parse error") == before[1] + 1


def test_connections_that_are_too_many_are_counted():
    with WeirNode(CONFIG, "server.max_connections=1") as node:
        with RawClient(node.port):
            with open_websocket(node.port) as refused:
                assert (refused.status, bool(refused.body)) == (503, True)
            wait_until(lambda: metrics(node)["weir_connections_refused_total"]
                       == 1, "the second connection to be counted")


NO_BROKER = CONFIG.replace("kafka.embedded_partitions = 1\n", "").replace(
    "kafka.embedded = true", 'kafka.brokers = "127.0.0.1:1"')


def test_emits_without_an_answer_hold_their_connection():
    with WeirNode(NO_BROKER, "limits.unanswered_emits=2", ready=False) as node:
        with RawClient(node.port) as client:
            for _ in range(3):
                client.start_emit("say", {"room": "chat:1", "text": "x" * 1000})
            wait_until(lambda: metrics(node)["weir_connections_paused"] == 1,
                       "the connection to be held")
            assert metrics(node)[
                'weir_credit_stalls_total{stage="client"}'] == 1
            wait_until(lambda: metrics(node)["weir_producer_unanswered"] == 2,
                       "both emits to be shown")
            x = metrics(node)
            assert 2_000 < x["weir_producer_unanswered_bytes"] < 2_200
            assert x["weir_producer_queue_bytes"] > 2_000
        node.exit_seen = True  # an orderly end would wait for the broker


def test_they_are_as_prometheus_wants_them(node):
    """All of them, CAF's own among them."""
    _, text = node.get("/metrics")
    for name in "weir_emits_total", "caf_system_queued_messages":
        assert re.search(rf"^{name}\b", text, re.M), name
    run = subprocess.run([ROOT / "tools/observe/run", "promtool", "check",
                          "metrics"], input=text, text=True,
                         capture_output=True)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")
