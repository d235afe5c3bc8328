"""The rows of the benchmark: what the load does in each, and one measurement."""

import dataclasses
import json
import os
import subprocess
import tempfile

from bench_servers import LOAD, BenchError, is_weir, start_server
from kafka_cluster import die_with_parent

# What the raw rows run librdkafka with: its fastest, and what it gives away for
# larger batches.
RAW = {"raw linger 0": 0, "raw linger 1": 1}

# Bytes of what was measured before: a broker that keeps it all fills the disk.
TOPIC_CONFIG = {"segment.bytes": str(64 << 20),
                "retention.bytes": str(512 << 20)}


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    # What is counted as work; None: latency or memory is what matters.
    work: str | None
    mode: str
    load: dict
    raw: bool = False
    # Whether it is about more than what Weir has.
    of_peers: bool = True


ROWS = [
    Row("emits", "200 clients in 200 rooms, all emit with acks", "emits_per_s", "rooms",
        {"rooms": 200, "members": 1, "window": 16}, raw=True),
    Row("rooms", "100 rooms x 10 members, one emits",
        "deliveries_per_s", "rooms",
        {"rooms": 100, "members": 10, "window": 4}),
    Row("fanout", "1 room x 1,000 members, one emits",
        "deliveries_per_s", "rooms",
        {"rooms": 1, "members": 1000, "window": 4}),
    Row("latency", "1,000 emits/s on a fixed schedule into 100 rooms x 10",
        None, "rooms", {"rooms": 100, "members": 10, "rate": 1000}, raw=True),
    Row("arrivals", "64 clients at a time connect, join 3 rooms, and go",
        "connects_per_s", "arrivals", {"members": 64, "rooms": 3},
        of_peers=False),
    Row("idle", "10,000 idle connections", None, "idle", {"idle": 10_000}),
]


def servers_of(row, wanted):
    """The servers, and the raw runs, that `row` measures."""
    names = [name for name in wanted if name != "raw"
             and (row.of_peers or is_weir(name))]
    return names + (list(RAW) if row.raw and "raw" in wanted else [])


def run_load(mode, arguments):
    """One run of weir_bench_load; its report, also of an unsound run."""
    command = [str(LOAD), mode]
    for name, value in arguments.items():
        for one in value if isinstance(value, list) else [value]:
            command += [f"--{name}", str(one)]
    parent = os.getpid()
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True,
                          preexec_fn=lambda: die_with_parent(parent))
    if done.returncode not in (0, 1) or not done.stdout:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


class Bench:
    """Measures rows against one Kafka; a topic and a server for each run."""

    def __init__(self, kafka, options):
        self.kafka = kafka
        self.options = options
        self.runs = 0
        self.folder = tempfile.TemporaryDirectory(prefix="weir-bench-")

    def new_topic(self, name):
        self.runs += 1
        topic = f"bench.{name}.{self.runs}"
        self.kafka.create_topic(topic, partitions=self.options.partitions,
                                configs=TOPIC_CONFIG)
        return topic

    def warm_up_kafka(self):
        """Else the first server to be measured meets a broker whose code the
        JVM has not compiled yet."""
        run_load("raw-kafka", {
            "rooms": 200, "window": 16, "warmup": 0,
            "seconds": 5 if self.options.quick else 30,
            "brokers": self.kafka.bootstrap, "topic": self.new_topic("warm-up")})

    def measure(self, row, name):
        topic = self.new_topic(row.name)
        if name in RAW:
            return self.measure_raw(row, topic, RAW[name])
        with start_server(name, self.kafka, topic, self.folder.name,
                          self.options) as server:
            watched = {"server": server.address, **server.load,
                       "watch": [f"server={server.pid}", *self.watched_kafka()]}
            if row.mode == "idle":
                return self.measure_idle(row, watched)
            return self.measure_load(row, watched)

    def watched_kafka(self):
        return [f"kafka{'' if broker == 1 else broker}={process.pid}"
                for broker, process in self.kafka.processes.items()]

    def timing(self):
        return {"warmup": self.options.warmup, "seconds": self.options.seconds}

    def load_of(self, row):
        if self.options.window and "window" in row.load:
            return {**row.load, "window": self.options.window}
        return row.load

    def title_of(self, row):
        window = self.load_of(row).get("window")
        on_their_way = f" ({window} on their way per emitter)"
        return f"{row.title}{on_their_way if window else ''}"

    def measure_load(self, row, watched):
        return run_load(row.mode, {**self.load_of(row), **watched,
                                   **self.timing()})

    def measure_raw(self, row, topic, linger):
        load = {**self.load_of(row), "members": 1, "linger": linger,
                "watch": self.watched_kafka()}
        report = run_load("raw-kafka", {
            **load, **self.timing(), "brokers": self.kafka.bootstrap,
            "topic": topic})
        # Here the load is the server.
        report["cpu_cores"]["server"] = report["cpu_cores"].pop("load")
        report["cpu_parts"]["server"] = report["cpu_parts"].pop("load")
        report["cpu_cores"]["load"] = 0.0
        return report

    def measure_idle(self, row, watched):
        # Longer than a ping interval, so that every connection has been used.
        seconds = 3 if self.options.quick else 30
        report = run_load("idle", {**row.load, **watched, "seconds": seconds})
        return {**report, **report.pop("server")}
