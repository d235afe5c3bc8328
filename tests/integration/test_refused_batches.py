"""A topic that takes less than a request holds: Kafka refuses the request, and
Weir sends its records again, one by one. Only what is itself too large is
refused; everything else is stored once, and in the order of each socket."""

import contextlib
import random
import threading

import pytest

import kafka_wire
import kcat
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import addresses, create_topic, unique
from weir_node import WeirNode

CONFIG = """
[engineio]
max_payload = "1MiB"
[kafka]
brokers = "{broker}"
  [kafka.producer]
  "batch.size" = 1000000
  "linger.ms" = 5
[cluster]
name = "{prefix}"
[limits]
unanswered_emits = 200
unanswered_bytes = "16MiB"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}"
  key = "{{id}}"
  events = ["chat message"]
  room_from = "/0/room"
"""
# What Kafka adds to a record that is alone in its request, at least and at
# most: only sizes outside of that are sure to pass, or to be refused.
UNSURE = 700


class Topic:
    def __init__(self, broker, name):
        self.broker, self.name = broker, name

    def limit(self, value, of="max.message.bytes"):
        kafka_wire.set_topic_config(addresses(self.broker)[0], self.name, of,
                                    None if value is None else str(value))

    def records(self):
        return kcat.consume(self.broker, self.name)


@pytest.fixture
def topic(kafka):
    name = unique("refused")
    create_topic(kafka, name, partitions=3)
    return Topic(kafka, name)


@pytest.fixture
def node(topic):
    with WeirNode(CONFIG.format(broker=topic.broker,
                                prefix=topic.name)) as node:
        yield node


def at_once(node, clients, sizes, first=0):
    """Each client emits events of these sizes into its room without waiting for
    acks; {(client, event): ack}. Events have numbers, from the first on."""
    answers = {}
    start = threading.Barrier(clients)

    def emit_all(number):
        with RawClient(node.port) as client:
            start.wait()
            acks = [client.start_emit("chat message", {
                "room": f"chat:{number}", "n": n, "text": "x" * size})
                for n, size in enumerate(sizes[number], first)]
            for n, ack in enumerate(acks, first):
                answers[number, n] = client.ack_of(ack, 120)

    threads = [threading.Thread(target=emit_all, args=[x])
               for x in range(clients)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    assert len(answers) == sum(map(len, sizes))
    return answers


def check(topic, answers, sizes, limit):
    """Refused if and only if it is itself too large."""
    for (client, n), answer in answers.items():
        size = sizes[client][n]
        if size > limit:
            assert answer["code"] == "too_large", (size, answer)
        elif size < limit - UNSURE:
            assert answer["status"] == "ok", (size, answer)
    check_stored(topic, answers)


def check_stored(topic, answers):
    """Once, where their acks say, and in order; and nothing else."""
    said = {(x["partition"], x["offset"]): event
            for event, x in answers.items() if x["status"] == "ok"}
    found = {(x.partition, x.offset): (int(x.key), x.json["n"])
             for x in topic.records()}
    assert found == said
    for client in {client for client, _ in answers}:
        mine = [event[1] for _, event in sorted(found.items())
                if event[0] == client]
        assert mine == sorted(mine)


def test_none_of_many_small_events_is_refused(topic, node):
    topic.limit(256 * 1024)
    sizes = [[1000] * 60] * 30
    answers = at_once(node, 30, sizes)
    check(topic, answers, sizes, 256 * 1024)
    assert all(x["status"] == "ok" for x in answers.values())
    refused = any("are sent one by one" in x for x in node.log())
    assert (resent(node) > 0) == refused


def resent(node):
    return node.metric("weir_records_resent_total")


@pytest.mark.parametrize("seed", [1, 2])
def test_only_what_is_itself_too_large_is_refused(topic, node, seed):
    pick = random.Random(seed)
    limit = 20_000
    topic.limit(limit)
    sizes = [[pick.choice([pick.randint(0, 3000), pick.randint(0, 2 * limit)])
              for _ in range(60)] for _ in range(20)]
    check(topic, at_once(node, 20, sizes), sizes, limit)


def test_the_limit_may_change_while_clients_emit(topic, node):
    """Lowered to what every event of these takes, and raised, all the time."""
    sizes = [[100, 1000, 3000] * 40] * 20
    with changing(topic, 5000, "max.message.bytes"):
        answers = at_once(node, 20, sizes)
    check(topic, answers, sizes, 1 << 20)


@contextlib.contextmanager
def changing(topic, value, of):
    """To that, and back to the default, all the time."""
    ended = threading.Event()

    def change():
        while not ended.wait(0.05):
            topic.limit(value, of)
            topic.limit(None, of)

    changes = threading.Thread(target=change)
    changes.start()
    try:
        yield
    finally:
        ended.set()
        changes.join()


def test_what_was_too_large_passes_once_the_limit_is_raised(topic, node):
    topic.limit(10_000)
    event = {"room": "chat:1", "n": 0, "text": "x" * 50_000}
    with RawClient(node.port) as client:
        assert client.emit("chat message", event)["code"] == "too_large"
        topic.limit(None)
        wait_until(lambda: client.emit("chat message", event)["status"] == "ok",
                   "the event to be stored")
        assert client.emit("chat message", {"room": "chat:1", "n": 1}
                           )["status"] == "ok"
    assert [x.json["n"] for x in topic.records()] == [0, 1]


# -- what is wrong with a request is not its size ------------------------------

def test_only_what_is_itself_too_old_is_refused(topic, node):
    """A topic that takes no record older than its broker's clock says: of those
    that wait for each other (linger.ms) some are, and have it refuse them all
    (INVALID_TIMESTAMP)."""
    with changing(topic, 0, "message.timestamp.before.max.ms"):
        answers = {}
        for _ in range(50):
            if resent(node) > 0:
                break
            answers |= at_once(node, 10, [[1000] * 60] * 10, len(answers))
    # Of those that are refused none is stored.
    codes = {x["code"] for x in answers.values() if x["status"] != "ok"}
    assert codes <= {"unavailable"}, codes
    check_stored(topic, answers)
    assert resent(node) > 0
    with RawClient(node.port) as client:
        wait_until(lambda: client.emit("chat message", {"room": "chat:0"}
                                       )["status"] == "ok",
                   "what is new to be taken again")
    log = "\n".join(node.log())
    assert "are sent one by one" in log and "timestamp" in log.lower(), log


def test_a_request_that_no_segment_holds_is_sent_in_parts(kafka):
    """RECORD_LIST_TOO_LARGE: the topic takes each record, and no request that
    is larger than one of its files."""
    name = unique("segments")
    create_topic(kafka, name, partitions=1, segment_bytes="1048576",
                 max_message_bytes="8000000")
    topic = Topic(kafka, name)
    with WeirNode(CONFIG.format(broker=kafka, prefix=name),
                  "kafka.producer.batch.size=4000000",
                  "kafka.producer.linger.ms=300",
                  "kafka.properties.message.max.bytes=8000000") as node:
        sizes = [[20_000] * 10] * 20
        answers = at_once(node, 20, sizes)
        check(topic, answers, sizes, 1 << 20)
        refused = any("are sent one by one" in x for x in node.log())
        assert (resent(node) > 0) == refused
        print(f"{resent(node):.0f} of {len(answers)} were sent again")
