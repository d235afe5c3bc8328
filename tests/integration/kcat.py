"""Records as a Kafka client sees them that knows nothing of Weir."""

import json
import subprocess
import tempfile
from dataclasses import dataclass, field

from waiting import PATIENCE, wait_until


@dataclass
class Record:
    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: dict = field(default_factory=dict)

    @property
    def json(self):
        return json.loads(self.value)


def produce(bootstrap, topic, key, value, headers=None, *arguments):
    """Writes one record; `value` is bytes or what becomes JSON. Partitions by
    key as Java's clients do."""
    if not isinstance(value, bytes):
        value = json.dumps(value).encode()
    command = ["kcat", "-P", "-b", bootstrap, "-t", topic, "-q", "-X",
               "partitioner=murmur2_random", "-X", "message.max.bytes=20000000",
               *arguments]
    if key is not None:
        command += ["-k", key]
    for name, text in (headers or {}).items():
        command += ["-H", f"{name}={text}"]
    with tempfile.NamedTemporaryFile() as file:
        file.write(value)
        file.flush()
        run_kcat([*command, file.name])


def produce_json(bootstrap, topic, key, values):
    """Writes many records with one key, in order."""
    lines = "".join(f"{json.dumps(x)}\n" for x in values)
    run_kcat(["kcat", "-P", "-b", bootstrap, "-t", topic, "-k", key, "-q",
              "-X", "partitioner=murmur2_random"], lines.encode())


def run_kcat(command, text=b""):
    run = subprocess.run(command, input=text, capture_output=True,
                         timeout=PATIENCE)
    assert run.returncode == 0, f"{command}: {run.stderr.decode()}"
    return run.stdout


def consume(bootstrap, topic, *arguments):
    """All records that are in the topic now, by partition and offset."""
    arguments = arguments or ["-o", "beginning"]
    # Keys and values may hold anything: their sizes come first.
    data = run_kcat(["kcat", "-C", "-b", bootstrap, "-t", topic, "-e", "-q",
                     "-X", "fetch.wait.max.ms=20", *arguments,
                     "-f", "%p %o %K %S\\n%k%s\\n%h\\n"])
    records = []
    while data:
        head, data = data.split(b"\n", 1)
        partition, offset, key_size, value_size = map(int, head.split())
        key_size, value_size = max(key_size, 0), max(value_size, 0)
        key, data = data[:key_size], data[key_size:]
        value, data = data[:value_size], data[value_size + 1:]
        line, data = data.split(b"\n", 1)
        headers = dict(x.split("=", 1) for x in line.decode().split(",") if x)
        records.append(Record(topic, partition, offset, key.decode(), value,
                              headers))
    return sorted(records, key=lambda x: (x.partition, x.offset))


def record_at(bootstrap, topic, partition, offset):
    found = consume(bootstrap, topic, "-p", str(partition), "-o", str(offset),
                    "-c", "1")
    assert [x.offset for x in found] == [offset], found
    return found[0]


def wait_for_records(bootstrap, topic, count):
    """The topic's records once there are as many."""
    def enough():
        records = consume(bootstrap, topic)
        return records if len(records) >= count else None
    return wait_until(enough, f"{count} records in {topic}")


