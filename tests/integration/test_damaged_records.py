"""Records that are damaged, on their way from Kafka or in its log, are neither
delivered as they are nor left out: they are fetched again until they are right,
and the operator is told why what is behind them does not come. Those that are
damaged on their way to Kafka are sent again, and stored in order."""

import contextlib
import socket
import struct
import time

import pytest

import kcat
from cable import Cable
from kafka_cluster import KafkaCluster
from kafka_wire import PRODUCE, crc32c
from raw_client import RawClient
from tokens import SECRET
from waiting import wait_until
from weir_fixtures import mapping_of, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{bootstrap}"
[cluster]
name = "{prefix}"
[limits]
tail_cache = "4KiB"
[[namespace]]
name = "/"
""" + mapping_of("chat") + mapping_of("news", "news")


# -- batches of records -------------------------------------------------------

# i64 base offset, i32 length, i32 leader epoch, i8 magic, u32 checksum, of what
# follows: i16 attributes, i32 last offset delta, i64 first and last timestamp,
# i64 producer, i16 epoch, i32 sequence, i32 count, records
LENGTH, MAGIC, CHECKSUM, CHECKED = 8, 16, 17, 21
LAST_OFFSET, COUNT, RECORDS = 23, 57, 61
GZIP = 1


def batches(frame):
    """(begin, end) of each batch in an answer: what has the right checksum."""
    begin = 0
    while (begin := frame.find(b"\x02", begin + MAGIC) - MAGIC) >= 0:
        length, = struct.unpack_from(">i", frame, begin + LENGTH)
        end = begin + LENGTH + 4 + length
        is_batch = (RECORDS - MAGIC < length and end <= len(frame)
                    and checksum_of(frame[begin:end])
                    == crc32c(frame[begin + CHECKED:end]))
        if is_batch:
            yield begin, end
        begin = end if is_batch else begin + 1


def checksum_of(batch):
    return struct.unpack_from(">I", batch, CHECKSUM)[0]


def flip(position, bits=0x55):
    def damage(batch):
        batch[position] ^= bits
    return damage


def spoil_compression(batch):
    """As a producer would store it: the checksum is right."""
    assert batch[CHECKED + 1] & 7 == GZIP
    batch[RECORDS:] = bytes(len(batch) - RECORDS)
    struct.pack_into(">I", batch, CHECKSUM, crc32c(batch[CHECKED:]))


class Wire(Cable):
    """The way to a broker, on which batches are damaged."""

    def __init__(self, port):
        self.damages = {}  # first offset: (how, how often)
        self.damaged = []  # offsets
        self.spoils = 0  # batches on their way to the broker, the next ones
        self.delay = 0  # of what goes to the broker, in seconds
        super().__init__(port)

    def damage(self, offset, how, times=1 << 30):
        self.damages[offset] = how, times

    def repair(self):
        self.damages, self.spoils, self.delay = {}, 0, 0

    def take(self, source):
        head = source.recv(4, socket.MSG_WAITALL)
        if len(head) < 4:
            return b""
        size, = struct.unpack(">i", head)
        frame = bytearray(source.recv(size, socket.MSG_WAITALL))
        if self.is_far_end(source):
            for begin, end in list(batches(frame)) if self.damages else ():
                self.damage_batch(frame, begin, end)
        else:
            self.spoil(frame)
            time.sleep(self.delay)
        return head + frame

    def damage_batch(self, frame, begin, end):
        offset, = struct.unpack_from(">q", frame, begin)
        how, times = self.damages.get(offset, (None, 0))
        if times == 0:
            return
        batch = frame[begin:end]
        how(batch)
        frame[begin:end] = batch
        self.damages[offset] = how, times - 1
        self.damaged.append(offset)

    def spoil(self, frame):
        api, = struct.unpack_from(">h", frame)
        if api == PRODUCE and self.spoils > 0:
            for _, end in batches(frame):
                frame[end - 1] ^= 0x55
                self.spoils -= 1


class WiredCluster(KafkaCluster):
    """Clients find its broker by the wire."""

    def __init__(self):
        super().__init__()
        self.wire = Wire(self.ports[1][0])
        self.properties["advertised.listeners"] \
            = f"CLIENT://{self.wire.address}"


@pytest.fixture(scope="module")
def cluster():
    with WiredCluster() as x, x.wire:
        yield x


@pytest.fixture
def wire(cluster):
    cluster.wire.damaged = []
    yield cluster.wire
    cluster.wire.repair()


class Setting:
    def __init__(self, cluster, partitions=1):
        self.bootstrap = cluster.bootstrap
        self.prefix = unique("damaged")
        self.topic = f"{self.prefix}.chat"
        for name in ("chat", "news"):
            cluster.create_topic(f"{self.prefix}.{name}", partitions)
        self.config = CONFIG.format(bootstrap=self.bootstrap,
                                    prefix=self.prefix)


@pytest.fixture
def setting(cluster):
    return Setting(cluster)


def say(client, n):
    answer = client.emit("say", {"room": "chat:1", "n": n, "text": "x" * 1000})
    assert answer["status"] == "ok", answer
    assert answer["offset"] == n, answer


def numbers(client, count):
    events = [client.next_event() for _ in range(count)]
    assert {x[0] for x in events} <= {"say"}, events
    assert all(x[1]["text"] == "x" * 1000 for x in events)
    return [x[1]["n"] for x in events]


# -- for a moment -------------------------------------------------------------

# Nothing protects the first offset and the leader's epoch.
ANYWHERE = [LENGTH, LENGTH + 2, LENGTH + 3, MAGIC, CHECKSUM, CHECKED + 1,
            LAST_OFFSET + 3, COUNT + 3, RECORDS, RECORDS + 30, -500, -1]


def test_what_is_damaged_on_its_way_is_delivered_as_it_was(setting, wire):
    with WeirNode(setting.config) as node, RawClient(node.port) as client:
        client.join("chat:1")
        for n, position in enumerate(ANYWHERE):
            wire.damage(n, flip(position), times=1)
            say(client, n)
            assert numbers(client, 1) == [n]
        assert wire.damaged == list(range(len(ANYWHERE)))
        assert client.is_quiet()
        node.wait_until_ready()
        assert node.metric("weir_kafka_errors_total", code="_BAD_MSG")


# -- for long -----------------------------------------------------------------

def store_compressed(setting, n):
    value = {"room": "chat:1", "n": n, "text": "x" * 1000}
    kcat.produce(setting.bootstrap, setting.topic, "1", value, None,
                 "-z", "gzip")


LONG = {
    "a checksum": (flip(-1), "_BAD_MSG", "CRC32C"),
    "an unknown format": (flip(MAGIC), "_NOT_IMPLEMENTED", "MagicByte"),
    "a length beyond the end": (flip(LENGTH), "MSG_SIZE_TOO_LARGE",
                                "too large"),
    "a length of less than nothing": (flip(LENGTH, 0x80), "_BAD_MSG",
                                      "cannot be parsed"),
    "compression": (spoil_compression, "_BAD_COMPRESSION", "Decompression"),
}


@pytest.mark.parametrize("how,code,why", LONG.values(), ids=LONG.keys())
def test_what_is_damaged_for_long_is_told(setting, wire, how, code, why):
    with WeirNode(setting.config) as node, RawClient(node.port) as client:
        client.join("chat:1"), client.join("news:1")
        say(client, 0)
        assert numbers(client, 1) == [0]
        wire.damage(1, how)
        if how is spoil_compression:
            store_compressed(setting, 1)
        else:
            say(client, 1)
        for n in (2, 3):
            say(client, n)
        place = f"{setting.topic}/0"
        wait_until(lambda: place in node.reasons() and why in node.reasons(),
                   "the reason")
        node.wait_for_log(f"{place}.*{code}.* do=")
        assert node.metric("weir_kafka_errors_total", code=code)
        # Other topics continue, and what is behind does not come.
        answer = client.emit("news", {"room": "news:1", "n": 0})
        assert answer["status"] == "ok", answer
        assert client.next_event()[0] == "news"
        tries = len(wire.damaged)
        wait_until(lambda: len(wire.damaged) >= tries + 2, "further attempts")
        assert client.is_quiet()
        assert why in node.reasons()
        wire.repair()
        assert numbers(client, 3) == [1, 2, 3]
        node.wait_until_ready()
        assert client.is_quiet()


def test_what_is_damaged_in_the_log_is_told_when_it_is_read_again(setting,
                                                                 wire):
    with WeirNode(setting.config) as node, RawClient(node.port) as client:
        start = client.join("chat:1")["offset"]
        for n in range(10):  # more than the tail cache has room for
            say(client, n)
        assert numbers(client, 10) == list(range(10))
        wire.damage(3, flip(-1))
        with RawClient(node.port) as late:
            number = late.start_emit("join", "chat:1", {"since": start})
            wait_until(lambda: "CRC32C" in node.reasons(), "the reason")
            node.wait_for_log(f"{setting.topic}/0.*_BAD_MSG")
            say(client, 10)  # members get what is new
            assert numbers(client, 1) == [10]
            wire.repair()
            assert late.ack_of(number)["status"] == "ok"
            assert numbers(late, 11) == list(range(11))
            node.wait_until_ready()
            assert late.is_quiet() and client.is_quiet()


# -- on their way to Kafka -----------------------------------------------------

def emit(client, room, n):
    return client.start_emit("say", {"room": f"chat:{room}", "n": n})


@pytest.mark.parametrize("spoiled", [1, 2])
def test_what_is_damaged_on_its_way_to_kafka_is_stored_in_order(cluster, wire,
                                                                spoiled):
    """Whichever requests of a partition are on their way behind it: the broker
    knows nothing of the producer there yet, and so misses none before them."""
    rooms = 6
    setting = Setting(cluster, rooms)
    wire.delay = 0.02
    with WeirNode(setting.config) as node, contextlib.ExitStack() as stack:
        for room in range(rooms):
            client = stack.enter_context(RawClient(node.port))
            wire.spoils = spoiled
            acks = [emit(client, room, 0)]
            wait_until(lambda: wire.spoils < spoiled, "its way to Kafka")
            acks += [emit(client, room, n) for n in range(1, 4)]
            answers = [client.ack_of(x) for x in acks]
            assert {x["status"] for x in answers} == {"ok"}, answers
            assert wire.spoils == 0
    stored = sorted(kcat.consume(setting.bootstrap, setting.topic),
                    key=lambda x: (x.partition, x.offset))
    for room in range(rooms):
        assert [x.json["n"] for x in stored if x.key == str(room)] \
            == list(range(4)), stored


# -- who is denied ------------------------------------------------------------

def test_nobody_is_let_in_when_denials_are_damaged(cluster, setting, wire):
    topic = f"{setting.prefix}.denied"
    cluster.create_topic(topic, 1, configs={"cleanup.policy": "compact"})
    config = (f'[auth]\ndeny_topic = "{topic}"\n[auth.jwt]\n'
              f'algorithms = ["HS256"]\nsecret = "{SECRET}"\n'
              + setting.config)
    with WeirNode(config) as node:
        wire.damage(0, flip(-1))
        kcat.produce(setting.bootstrap, topic, "ada", {"why": "a test"})
        wait_until(lambda: "deny_topic" in node.reasons()
                   and "CRC32C" in node.reasons(), "the reason")
        wire.repair()
        node.wait_until_ready()
        wait_until(lambda: node.metric("weir_denied_names") == 1,
                   "the denial")
