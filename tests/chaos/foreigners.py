"""Kafka clients that nobody of Weir wrote, and that use its topic and group."""

import asyncio
import contextlib
import ctypes
import json
import time

from waiting import PATIENCE
from weir_node import die_with_parent

MURMUR2 = "murmur2_random"


def record(room, id):
    """(key, value), as a back end writes it."""
    return (room.removeprefix("room:"),
            json.dumps({"room": room, "id": id, "pad": ""}))


async def run(command, text=""):
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=die_with_parent)
    await process.communicate(text.encode())


class BackEnd:
    """Emits into rooms, as an application does that writes to Kafka."""

    def __init__(self, name, bootstrap, topic, journal):
        self.name, self.bootstrap, self.topic = name, bootstrap, topic
        self.journal = journal
        self.emitted = 0

    def emit(self, room, **more):
        """A record to be written; nobody acks it."""
        self.emitted += 1
        id = f"{self.name}/{self.emitted}"
        self.journal.add("emit", self.name, room, id, connection=self.emitted,
                         **more)
        return record(room, id)

    def transaction(self, timeout):
        return Transaction(self.bootstrap, self.topic, self.name, timeout)

    async def write(self, rooms, partitioner=MURMUR2):
        """One record into each room, stored once whatever brokers do meanwhile:
        the checker does not ask who has sent an event twice."""
        more = {} if partitioner == MURMUR2 else {"misplaced": True}
        lines = ["\t".join(self.emit(x, **more)) for x in rooms]
        await run(["kcat", "-P", "-b", self.bootstrap, "-t", self.topic, "-q",
                   "-K", "\t", "-X", f"partitioner={partitioner}",
                   "-X", "enable.idempotence=true"],
                  "".join(f"{x}\n" for x in lines))


class TransactionFailed(RuntimeError):
    def __init__(self, text, over):
        super().__init__(text)
        self.over = over  # nobody can abort it any more


class Transaction:
    """Of librdkafka, which kcat does not keep open. Its calls wait, and are made
    again while brokers are down, as back ends do."""
    TIMEOUT = 10.0  # of a call

    def __init__(self, bootstrap, topic, name, timeout):
        self.library = rdkafka()
        conf = self.library.rd_kafka_conf_new()
        self.why = ctypes.create_string_buffer(512)
        for key, value in {
                "bootstrap.servers": bootstrap, "transactional.id": name,
                "transaction.timeout.ms": str(int(timeout * 1000)),
                "partitioner": MURMUR2, "linger.ms": "0",
                "log_level": "0"}.items():
            if self.library.rd_kafka_conf_set(
                    conf, key.encode(), value.encode(), self.why, 512) != 0:
                raise RuntimeError(self.why.value.decode())
        self.client = self.library.rd_kafka_new(0, conf, self.why, 512)
        if not self.client:
            raise RuntimeError(self.why.value.decode())
        self.topic = self.library.rd_kafka_topic_new(
            self.client, topic.encode(), None)

    def call(self, function, *arguments):
        until = time.monotonic() + PATIENCE
        while error := getattr(self.library, f"rd_kafka_{function}")(
                self.client, *arguments):
            again, failed = self.judge(function, error)
            if not again or time.monotonic() > until:
                raise failed

    def judge(self, function, error):
        """(whether the call may be made again, what to raise if not)"""
        text = self.library.rd_kafka_error_string(error).decode()
        over = bool(self.library.rd_kafka_error_is_fatal(error))
        again = bool(self.library.rd_kafka_error_is_retriable(error))
        self.library.rd_kafka_error_destroy(error)
        return again, TransactionFailed(f"{function}: {text}", over)

    @property
    def patience(self):
        return int(self.TIMEOUT * 1000)

    def begin(self):
        self.call("init_transactions", self.patience)
        self.call("begin_transaction")

    def produce(self, key, value):
        key, value = key.encode(), value.encode()
        copy = 2
        self.library.rd_kafka_produce(
            self.topic, -1, copy, value, len(value), key, len(key), None)

    def flush(self):
        self.library.rd_kafka_flush(self.client, self.patience)

    def commit(self):
        """Or aborts it, where brokers were down for so long that it cannot be
        committed; the archive shows which."""
        try:
            self.call("commit_transaction", self.patience)
        except TransactionFailed:
            self.abort()

    def abort(self):
        """Brokers do it themselves after its timeout."""
        try:
            self.call("abort_transaction", self.patience)
        except TransactionFailed as failed:
            if not failed.over:
                raise

    def close(self):
        """One that is open stays open until its timeout."""
        self.library.rd_kafka_topic_destroy(self.topic)
        self.library.rd_kafka_destroy(self.client)


def rdkafka():
    """The library that kcat is built on."""
    library = ctypes.CDLL("librdkafka.so.1")
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    for name, result, arguments in [
            ("conf_new", pointer, []),
            ("conf_set", ctypes.c_int, [pointer, text, text, text, size]),
            ("new", pointer, [ctypes.c_int, pointer, text, size]),
            ("topic_new", pointer, [pointer, text, pointer]),
            ("produce", ctypes.c_int, [pointer, ctypes.c_int32, ctypes.c_int,
                                       text, size, text, size, pointer]),
            ("flush", ctypes.c_int, [pointer, ctypes.c_int]),
            ("init_transactions", pointer, [pointer, ctypes.c_int]),
            ("begin_transaction", pointer, [pointer]),
            ("commit_transaction", pointer, [pointer, ctypes.c_int]),
            ("abort_transaction", pointer, [pointer, ctypes.c_int]),
            ("error_string", text, [pointer]),
            ("error_is_fatal", ctypes.c_int, [pointer]),
            ("error_is_retriable", ctypes.c_int, [pointer]),
            ("error_destroy", None, [pointer]),
            ("topic_destroy", None, [pointer]),
            ("destroy", None, [pointer])]:
        function = getattr(library, f"rd_kafka_{name}")
        function.restype, function.argtypes = result, arguments
    return library


class GroupMember:
    """A consumer in the group of the nodes, which takes partitions and does
    nothing with them that anybody could see."""

    def __init__(self, bootstrap, group, topic, commits):
        self.command = [
            "kcat", "-b", bootstrap, "-q", "-E",
            "-X", "partition.assignment.strategy=cooperative-sticky",
            "-X", f"enable.auto.commit={str(commits).lower()}",
            "-X", "auto.commit.interval.ms=500",
            "-X", "session.timeout.ms=6000", "-X", "log_level=0",
            "-X", "auto.offset.reset=latest", "-G", group, topic]

    async def join(self):
        self.process = await asyncio.create_subprocess_exec(
            *self.command, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, preexec_fn=die_with_parent)

    async def leave(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
