"""What Kafka may hold: records that no client could read are skipped, logged
with their offset, and followed by the next one."""


import pytest

import kcat
from raw_client import RawClient
from weir_fixtures import create_topic, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
{broker}
[cluster]
name = "{prefix}"
[limits]
outbox = "64KiB"
[log]
limit_interval = "10ms"  # each test looks for a line of its own
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "json:{{id}}"
  topic = "{prefix}.json"
  event = "item"
  key = "{{id}}"
  [[namespace.mapping]]
  room = "args:{{id}}"
  topic = "{prefix}.args"
  event = "item"
  key = "{{id}}"
  format = "args"
  [[namespace.mapping]]
  room = "envelope:{{id}}"
  topic = "{prefix}.envelope"
  event = "item"
  key = "{{id}}"
  format = "envelope"
  [[namespace.mapping]]
  room = "raw:{{id}}"
  topic = "{prefix}.raw"
  event = "item"
  key = "{{id}}"
  format = "raw"
  [[namespace.mapping]]
  room = "quiet:{{id}}"
  topic = "{prefix}.quiet"
  event = "item"
  key = "{{id}}"
  tombstones = "skip"
"""
TOPICS = ["json", "args", "envelope", "raw", "quiet"]


class Topics:
    def __init__(self, node, bootstrap, prefix):
        self.node, self.bootstrap, self.prefix = node, bootstrap, prefix

    def produce(self, name, key, value, headers=None):
        kcat.produce(self.bootstrap, f"{self.prefix}.{name}", key, value,
                     headers)

    def produce_tombstone(self, name, key):
        # kcat -Z makes an empty value a null.
        kcat.run_kcat(["kcat", "-P", "-b", self.bootstrap, "-t",
                       f"{self.prefix}.{name}", "-Z", "-K:", "-q", "-X",
                       "partitioner=murmur2_random"], f"{key}:\n".encode())

    def skipped(self):
        return self.node.metric("weir_records_skipped_total")


@pytest.fixture(scope="module", params=["embedded", "kafka"])
def topics(request):
    prefix = unique("records")
    broker = "embedded = true"
    if request.param == "kafka":
        bootstrap = request.getfixturevalue("kafka")
        broker = f'brokers = "{bootstrap}"'
        for name in TOPICS:
            create_topic(bootstrap, f"{prefix}.{name}")
    with WeirNode(CONFIG.format(broker=broker, prefix=prefix)) as node:
        if request.param == "embedded":
            bootstrap = node.bootstrap
        yield Topics(node, bootstrap, prefix)


@pytest.fixture
def client(topics):
    with RawClient(topics.node.port) as client:
        yield client


def field(number, data):
    """A Protobuf field of bytes (shorter than 128)."""
    return bytes([number << 3 | 2, len(data)]) + data


HOLE = b'{"_placeholder":true,"num":0}'

POISON = {
    "bad JSON": ("json", b'{"open": ', {}),
    "blanks": ("json", b"  ", {}),
    "two values": ("json", b"1,2", {}),
    "text after the value": ("json", b"{} []", {}),
    "the separator of payloads": ("json", b'"\x1e"', {}),
    "an injected packet": ("json", b'1]\x1e40/admin', {}),
    "invalid UTF-8": ("json", b'"\xff"', {}),
    "nesting too deep": ("json", b"[" * 200 + b"]" * 200, {}),
    "a reserved name": ("json", b"{}", {"ce_type": "connect"}),
    "another reserved name": ("json", b"{}", {"ce_type": "disconnect"}),
    "a name of Weir's own": ("json", b'{"from":1,"to":2}',
                             {"ce_type": "weir:gap"}),
    "another name of Weir's own": ("json", b'"0:1"',
                                   {"ce_type": "weir:position"}),
    "a name like Weir's own": ("args", b"[]", {"ce_type": "weir:"}),
    "a name of Weir's own in an envelope": (
        "envelope", field(2, b"weir:left") + field(8, b"[]"), {}),
    "a name of Weir's own for an envelope": (
        "envelope", field(8, b"[]"), {"ce_type": "weir:token_expiring"}),
    "a name of more than an outbox": ("json", 1, {"ce_type": "x" * 100_000}),
    "more than an outbox": ("json", b'"' + b"x" * 70_000 + b'"', {}),
    "no array where one is due": ("args", b'{"x":1}', {}),
    "bad JSON in an array": ("args", b"[1,]", {}),
    "no envelope": ("envelope", b"\xff\xff\xff", {}),
    "an envelope that is cut": ("envelope", field(8, b"[1]")[:-1], {}),
    "bad JSON in an envelope": ("envelope", field(8, b"[1"), {}),
    "an attachment without its place": (
        "envelope", field(8, b"[1]") + field(9, b"\x01"), {}),
    "a place without its attachment": (
        "envelope", field(8, b"[" + HOLE + b"," + HOLE.replace(b"0", b"1")
                          + b"]") + field(9, b"\x01"), {}),
    "more attachments than clients take": (
        "envelope", field(8, b"[" + HOLE + b"]") + field(9, b"\x01") * 11, {}),
    "a reserved name in an envelope": (
        "envelope", field(2, b"connect_error") + field(8, b"[]"), {}),
}

GOOD = {"json": b'{"good":1}', "args": b'[{"good":1}]',
        "envelope": field(8, b'[{"good":1}]')}


@pytest.mark.parametrize("what", POISON)
def test_poison_is_skipped_and_named(topics, client, what):
    name, value, headers = POISON[what]
    key = unique("key")
    client.join(f"{name}:{key}")
    before = topics.skipped()
    topics.produce(name, key, value, headers)
    topics.produce(name, key, GOOD[name])
    assert client.next_event() == ["item", {"good": 1}]
    assert topics.skipped() == before + 1
    bad, good = [x for x in kcat.consume(topics.bootstrap,
                                         f"{topics.prefix}.{name}")
                 if x.key == key]
    line = topics.node.wait_for_log(f"record skipped.*{key}.*")[0]
    assert f"topic={bad.topic} partition={bad.partition} " in line
    assert f"offset={bad.offset} " in line


# -- records that are odd, but fine -------------------------------------------

def test_a_tombstone_is_null(topics, client):
    key = unique("key")
    client.join(f"json:{key}")
    topics.produce_tombstone("json", key)
    assert client.next_event() == ["item", None]


def test_a_tombstone_is_no_event_where_they_are_to_be_skipped(topics, client):
    key = unique("key")
    client.join(f"quiet:{key}")
    before = topics.skipped()
    topics.produce("quiet", key, {"n": 1})
    topics.produce_tombstone("quiet", key)
    topics.produce("quiet", key, {"n": 2})
    assert [client.next_event() for _ in range(2)] == [
        ["item", {"n": 1}], ["item", {"n": 2}]]
    found = kcat.consume(topics.bootstrap, f"{topics.prefix}.quiet")
    assert len([x for x in found if x.key == key]) == 3
    assert topics.skipped() == before  # nothing is wrong with it


def test_any_json_value_is_an_argument(topics, client):
    key = unique("key")
    client.join(f"json:{key}")
    values = [1, -1.5e300, "text \u2028 \U0001f30a", [], {}, True, None,
              {"_placeholder": True, "num": 0}]
    for value in values:
        topics.produce("json", key, value)
    assert [client.next_event() for _ in values] == [["item", x] for x in values]


def test_numbers_pass_unrounded(topics, client):
    key = unique("key")
    client.join(f"json:{key}")
    topics.produce("json", key, b"[9007199254740993, 0.10000000000000000001]")
    # The packet as text: Python's floats would round as well.
    assert "[9007199254740993, 0.10000000000000000001]" \
        in client.receive_packet(20)


def test_args_may_be_none(topics, client):
    key = unique("key")
    client.join(f"args:{key}")
    topics.produce("args", key, b" [ ] ")
    assert client.next_event() == ["item"]


def test_other_keys_and_none_are_nobodys(topics, client):
    key = unique("key")
    client.join(f"json:{key}")
    topics.produce("json", None, {"for": "nobody"})
    topics.produce("json", unique("other"), {"for": "others"})
    topics.produce("json", key, {"for": "me"})
    assert client.next_event() == ["item", {"for": "me"}]


def test_a_key_in_another_partition_than_its_own_is_found(topics, client):
    """Written with librdkafka's default partitioner, or by hand."""
    key = unique("key")
    client.join(f"json:{key}")
    for partition in range(4):
        kcat.produce(topics.bootstrap, f"{topics.prefix}.json", key,
                     {"partition": partition}, None, "-p", str(partition))
    found = [client.next_event()[1]["partition"] for _ in range(4)]
    assert sorted(found) == [0, 1, 2, 3]
