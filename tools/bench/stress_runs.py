"""The scenarios: what the promises cost when they are needed."""

import dataclasses
import tempfile
import time

from bench_servers import recovering, weir
from stress_load import Load
from stress_watch import (MIB, Memory, log_bytes, metrics, resident,
                          written_bytes)

# What librdkafka keeps of a partition's fetched records, and one answer more,
# for the live flow and for a pass through the log (transport/kafka/settings).
FETCHED = 2 * (2 * MIB + 1 * MIB)


def limit(x, key):
    return x[f'weir_limit{{key="{key}"}}']


def bound(x, partitions, clients, replays=0):
    """What the limits allow to be kept for so many partitions, clients that do
    not read, and rooms that are behind; in bytes."""
    per_partition = limit(x, "limits.tail_cache") + limit(x, "limits.credit")
    return (partitions * (per_partition + FETCHED)
            + clients * limit(x, "limits.outbox")
            + min(replays * limit(x, "limits.credit") * 9 / 8,
                  limit(x, "limits.replays")))


@dataclasses.dataclass
class Stress:
    """Runs scenarios against one Kafka."""

    kafka: object
    options: object
    runs: int = 0

    def __post_init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-stress-")

    def new_topic(self, name, partitions):
        self.runs += 1
        topic = f"stress.{name}.{self.runs}"
        self.kafka.create_topic(topic, partitions=partitions)
        return topic

    def node(self, make, topic, *settings):
        return make(self.kafka, topic, self.folder.name,
                    [*settings, *self.options.set])

    # -- members that do not read ---------------------------------------------

    def slow(self):
        """With 100 more members that do not read, and without."""
        without = self.room(members=900, silent=0)
        with_them = self.room(members=1000, silent=100)
        return {"without": without, "with": with_them,
                "p99_ratio": with_them["delivery_ms"]["p99"]
                / without["delivery_ms"]["p99"]}

    def room(self, members, silent):
        partitions = 4
        topic = self.new_topic("slow", partitions)
        seconds = 10 if self.options.quick else 60
        # Who reads nothing answers no ping: it is to stay all the same.
        with self.node(weir, topic, "engineio.ping_timeout=5m") as server, \
                Memory(server.pid) as memory, \
                Load("rooms", {"server": server.address, "rooms": 1,
                               "members": members, "silent": silent,
                               "rate": 50, "filler": 960, "warmup": 5,
                               "seconds": seconds, "drain": 60,
                               "watch": f"server={server.pid}"}) as load:
            load.stage("emitting")
            before = resident(server.pid)
            load.stage("draining")
            x = metrics(server)
            behind = x["weir_members_lagging"]
            report = load.report()
            allowed = before + bound(x, partitions, silent, 1 if silent else 0)
        return {**report, "members": members, "silent": silent,
                "behind_at_the_end": behind,
                "memory": memory.report(before), "bound_mib": allowed / MIB}

    # -- clients that were away -----------------------------------------------

    def behind(self, rooms, members, noise):
        topic = self.new_topic("behind", 1)
        records = 100_000 if self.options.quick else 1_000_000
        with self.node(weir, topic) as server, \
                Memory(server.pid) as memory, \
                Load("behind", {"server": server.address, "rooms": rooms,
                                "members": members, "noise": noise,
                                "records": records, "seconds": 240,
                                "brokers": self.kafka.bootstrap,
                                "topic": topic}) as load:
            load.stage("behind")
            before = resident(server.pid)
            reads, sent = self.reads(server), written_bytes(self.kafka)
            load.stage("caught-up", timeout=900)
            sent = written_bytes(self.kafka) - sent
            x = metrics(server)
            reads = self.reads(server) - reads
            report = load.report()
            allowed = before + bound(x, 1, rooms * members, rooms)
        log = log_bytes(self.kafka, topic)
        return {**report, "rooms": rooms, "members": members,
                "log_reads": reads, "log_mib": log / MIB,
                "broker_sent_mib": sent / MIB, "sent_of_log": sent / log,
                "memory": memory.report(before), "bound_mib": allowed / MIB}

    @staticmethod
    def reads(server):
        return metrics(server).get("weir_log_reads_total", 0)

    # -- a node that is killed ------------------------------------------------

    def comeback(self, *settings):
        partitions = 4
        topic = self.new_topic("comeback", partitions)
        rooms = 50 if self.options.quick else 500
        with self.node(recovering, topic, *settings) as server, \
                Load("comeback", {"server": server.address, "rooms": rooms,
                                  "members": 10, "rate": 500, "outside": 500,
                                  "seconds": 120, "after": 5,
                                  "brokers": self.kafka.bootstrap,
                                  "topic": topic}) as load:
            load.stage("emitting")
            time.sleep(10)
            before = resident(server.pid)
            server.process.kill()
            server.process.wait()
            killed = time.monotonic()
            time.sleep(1)
            again = self.node(recovering, topic, *settings,
                              f"server.listen={server.address}")
            with again, Memory(again.pid) as memory:
                ready = time.monotonic() - killed
                load.stage("done", timeout=300)
                x = metrics(again)
                report = load.report()
        return {**report, "settings": list(settings),
                "partitions": partitions, "ready_s": ready,
                "log_reads": x.get("weir_log_reads_total", 0),
                "recovered": x.get('weir_resumes_total{result="recovered"}', 0),
                "refused": x.get('weir_resumes_total{result="refused"}', 0),
                "memory": memory.report(before)}
