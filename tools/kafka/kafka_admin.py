"""More of what administrators ask of Kafka, over a plain socket; see
kafka_wire.py. `address` is that of any broker unless it says otherwise.
"""

import hashlib
import os
import struct

from kafka_wire import METADATA, array, request, string

LIST_OFFSETS = 2
INCREMENTAL_ALTER_CONFIGS, ALTER_PARTITION_REASSIGNMENTS = 44, 45
ALTER_USER_SCRAM_CREDENTIALS = 51
EARLIEST, LATEST = -2, -1
SCRAM = {"SCRAM-SHA-256": (1, "sha256"), "SCRAM-SHA-512": (2, "sha512")}


def refuse(what, error, message=None):
    if error:
        raise RuntimeError(f"cannot {what}: {message or f'Kafka error {error}'}")


def nullable(text):
    return struct.pack(">h", -1) if text is None else string(text)


def list_offsets(address, topic, partitions, when=LATEST, committed=False):
    """{partition: offset}, of partitions whose leader is at `address`."""
    wanted = [struct.pack(">iq", x, when) for x in partitions]
    body = (struct.pack(">ib", -1, committed)
            + array([string(topic) + array(wanted)]))
    answer = request(address, LIST_OFFSETS, 2, body)
    answer.take("i")  # how long the request was throttled

    def partition(r):
        index, error = r.take("i"), r.take("h")
        r.take("q")  # the record's time
        return index, error, r.take("q")

    found = {}
    for _, rows in answer.array(lambda r: (r.string(), r.array(partition))):
        for index, error, offset in rows:
            refuse(f"list offsets of {topic}/{index}", error)
            found[index] = offset
    return found


def replicas(address, topic):
    """{partition: (leader, replicas, those in sync)}, all as broker ids"""
    answer = request(address, METADATA, 1, array([string(topic)]))
    answer.array(lambda r: (r.take("i"), r.string(), r.take("i"), r.string()))
    answer.take("i")  # the controller

    def ids(r):
        return r.array(lambda r: r.take("i"))

    def partition(r):
        _error, index, leader = r.take("h"), r.take("i"), r.take("i")
        return index, (leader, ids(r), ids(r))

    for _, _, _, rows in answer.array(lambda r: (
            r.take("h"), r.string(), r.take("b"), r.array(partition))):
        return dict(rows)


def logs(address, topic):
    """The topic's id, and {partition: its leader's epoch}. Of the versions with
    "compact" fields, as no other tells the id."""
    wanted = b"\0" + b"\2" + bytes(16) + compact(topic) + b"\0"
    r = request(address, METADATA, 12, wanted + bytes(3))
    skip_tags(r)
    r.take("i")  # how long the request was throttled
    compact_array(r, lambda: (r.take("i"), skip_compact(r), r.take("i"),
                              skip_compact(r)))  # the brokers
    skip_compact(r)  # the cluster's id
    r.take("i")  # the controller

    def partition():
        refuse(f"describe {topic}", r.take("h"))
        index, _, epoch = r.take("i"), r.take("i"), r.take("i")
        for _ in range(3):  # the replicas, those in sync, those that are down
            for _ in range(unsigned(r) - 1):
                r.take("i")
        return index, epoch

    def described():
        refuse(f"describe {topic}", r.take("h"))
        skip_compact(r)  # its name
        id, _ = r.take("16s"), r.take("b")
        found = id, dict(compact_array(r, partition))
        r.take("i")  # what one may do with it
        return found

    found, = compact_array(r, described)
    return found


def unsigned(r):
    """A number in groups of seven bits, the lowest first."""
    byte = r.take("B")
    return byte if byte < 128 else byte - 128 + 128 * unsigned(r)


def skip_tags(r):
    for _ in range(unsigned(r)):
        unsigned(r)  # which
        skip(r, unsigned(r))


def skip_compact(r):
    """A string, which may be none."""
    skip(r, unsigned(r) - 1)


def skip(r, size):
    r.at += max(0, size)


def compact_array(r, element):
    """Of structures, each with its tags at the end."""
    found = []
    for _ in range(unsigned(r) - 1):
        found.append(element())
        skip_tags(r)
    return found


def compact(text):
    """Of at most 126 bytes."""
    return bytes([len(text.encode()) + 1]) + text.encode()


def set_topic_configs(address, topic, configs):
    """{name: value, or None: the default again}"""
    changes = [string(name) + struct.pack(">b", value is None)
               + nullable(None if value is None else str(value))
               for name, value in configs.items()]
    body = (array([struct.pack(">b", 2) + string(topic) + array(changes)])
            + struct.pack(">b", 0))
    answer = request(address, INCREMENTAL_ALTER_CONFIGS, 0, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for error, message, *_ in answer.array(
            lambda r: (r.take("h"), r.string(), r.take("b"), r.string())):
        refuse(f"configure {topic}", error, message)


def move_partitions(address, topic, replicas):
    """{partition: [broker]}; begins it, and returns."""
    def compact(items):
        return bytes([len(items) + 1]) + b"".join(items)

    name = topic.encode()
    rows = [struct.pack(">i", partition)
            + compact([struct.pack(">i", x) for x in brokers]) + b"\0"
            for partition, brokers in replicas.items()]
    # The first byte ends the header of this version, the last ones structures.
    body = (b"\0" + struct.pack(">i", 15_000)
            + compact([bytes([len(name) + 1]) + name + compact(rows) + b"\0"])
            + b"\0")
    answer = request(address, ALTER_PARTITION_REASSIGNMENTS, 0, body,
                     timeout=20.0)
    answer.take("b")  # the end of the header
    answer.take("i")  # how long the request was throttled
    refuse(f"move partitions of {topic}", answer.take("h"))


def set_scram_password(address, user, password, mechanism="SCRAM-SHA-512"):
    def compact(data):
        return bytes([len(data) + 1]) + data

    kind, algorithm = SCRAM[mechanism]
    salt, rounds = os.urandom(16), 4096
    salted = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt, rounds)
    wanted = (compact(user.encode()) + struct.pack(">bi", kind, rounds)
              + compact(salt) + compact(salted) + b"\0")
    # The first byte ends the header of this version; nothing is deleted, one
    # is set, and the last bytes end structures.
    body = b"\0" + b"\1" + b"\2" + wanted + b"\0"
    answer = request(address, ALTER_USER_SCRAM_CREDENTIALS, 0, body,
                     timeout=15.0)
    answer.take("b")  # the end of the header
    answer.take("i")  # how long the request was throttled
    answer.take("b")  # one result
    size = answer.take("b") - 1
    answer.at += size  # whose
    refuse(f"set a password of {user}", answer.take("h"))
