"""The few Kafka requests that starting and testing takes, over a plain socket.

Request header v1: api_key:i16 api_version:i16 correlation_id:i32 client_id:str
All versions here are the oldest that brokers of version 4 still answer.
"""

import socket
import struct
import time

PRODUCE, METADATA, CREATE_TOPICS, DELETE_TOPICS = 0, 3, 19, 20
DELETE_RECORDS, CREATE_PARTITIONS = 21, 37
CREATE_ACLS, DELETE_ACLS = 30, 31
INCREMENTAL_ALTER_CONFIGS = 44
TOPIC_ALREADY_EXISTS = 36
INVALID_PARTITIONS = 37

RESOURCES = {"topic": 2, "group": 3, "cluster": 4}
OPERATIONS = {"all": 2, "read": 3, "write": 4, "create": 5, "delete": 6,
              "alter": 7, "describe": 8}
LITERAL, DENY, ALLOW = 3, 2, 3


class Reader:
    """Takes Kafka's primitive types off a response, in order."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, code):
        value, = struct.unpack_from(">" + code, self.data, self.at)
        self.at += struct.calcsize(">" + code)
        return value

    def string(self):
        size = self.take("h")
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size:self.at].decode()

    def array(self, element):
        return [element(self) for _ in range(max(0, self.take("i")))]


def string(text):
    data = text.encode()
    return struct.pack(">h", len(data)) + data


def array(elements):
    return struct.pack(">i", len(elements)) + b"".join(elements)


def receive(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the broker closed the connection")
        data += chunk
    return data


def request(address, api_key, version, body, timeout=5.0):
    """Sends one request to (host, port) and returns the response's Reader."""
    header = struct.pack(">hhi", api_key, version, 1) + string("weir-tools")
    with socket.create_connection(address, timeout=timeout) as connection:
        message = header + body
        connection.sendall(struct.pack(">i", len(message)) + message)
        size, = struct.unpack(">i", receive(connection, 4))
        return Reader(receive(connection, size)[4:])


def metadata(address, topics=(), timeout=5.0):
    """The brokers as {node id: (host, port)}, and each topic's partition
    leaders as {topic: {partition: leader or -1}}."""
    answer = request(address, METADATA, 1, array([string(t) for t in topics]),
                     timeout)

    def broker(r):
        node, host, port, _rack = r.take("i"), r.string(), r.take("i"), r.string()
        return node, (host, port)

    def partition(r):
        _error, index, leader = r.take("h"), r.take("i"), r.take("i")
        r.array(lambda r: r.take("i"))  # replicas
        r.array(lambda r: r.take("i"))  # those in sync
        return index, leader

    def topic(r):
        _error, name, _internal = r.take("h"), r.string(), r.take("b")
        return name, dict(r.array(partition))

    brokers = dict(answer.array(broker))
    answer.take("i")  # the controller
    return brokers, dict(answer.array(topic))


def create_topic(address, name, partitions, replication, configs):
    """Creates a topic; one that exists is left as it is."""
    settings = [string(key) + string(value) for key, value in configs.items()]
    topic = (string(name) + struct.pack(">ih", partitions, replication)
             + array([]) + array(settings))
    body = array([topic]) + struct.pack(">ib", 10_000, 0)
    answer = request(address, CREATE_TOPICS, 2, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for topic_name, error, message in answer.array(
            lambda r: (r.string(), r.take("h"), r.string())):
        if error not in (0, TOPIC_ALREADY_EXISTS):
            raise RuntimeError(f"cannot create topic {topic_name}: "
                               f"{message or f'Kafka error {error}'}")


def delete_topic(address, name):
    """Returns once the controller has deleted it; brokers follow."""
    body = array([string(name)]) + struct.pack(">i", 10_000)
    answer = request(address, DELETE_TOPICS, 1, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for topic, error in answer.array(lambda r: (r.string(), r.take("h"))):
        if error:
            raise RuntimeError(f"cannot delete topic {topic}: "
                               f"Kafka error {error}")


def set_partitions(address, topic, count):
    """Adds partitions, so that the topic has `count`; one that has so many is
    left as it is: an answer may have been lost."""
    wanted = string(topic) + struct.pack(">ii", count, -1)  # anywhere
    body = array([wanted]) + struct.pack(">ib", 10_000, 0)
    answer = request(address, CREATE_PARTITIONS, 0, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for name, error, message in answer.array(
            lambda r: (r.string(), r.take("h"), r.string())):
        if error == INVALID_PARTITIONS:
            if count_partitions(address, topic, count) == count:
                continue
        if error:
            raise RuntimeError(f"cannot add partitions to {name}: "
                               f"{message or f'Kafka error {error}'}")


def count_partitions(address, topic, least, patience=5.0):
    """How many a broker knows of; it follows the controller, so fewer than
    `least` are asked for again, for `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        count = len(metadata(address, [topic])[1].get(topic, {}))
        if count >= least or time.monotonic() > deadline:
            return count
        time.sleep(0.05)


def delete_records(address, topic, offsets):
    """Deletes what is before the offsets, {partition: offset}, as retention
    does. `address` is that of the partitions' leader."""
    partitions = [struct.pack(">iq", *x) for x in offsets.items()]
    body = (array([string(topic) + array(partitions)])
            + struct.pack(">i", 10_000))
    answer = request(address, DELETE_RECORDS, 1, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled

    def partition(r):
        return r.take("i"), r.take("q"), r.take("h")

    for name, found in answer.array(lambda r: (r.string(), r.array(partition))):
        for index, _low, error in found:
            if error:
                raise RuntimeError(f"cannot delete records of {name}/{index}: "
                                   f"Kafka error {error}")


def acl(user, operation, kind, name, permission):
    return (struct.pack(">b", RESOURCES[kind]) + string(name)
            + struct.pack(">b", LITERAL) + string(f"User:{user}") + string("*")
            + struct.pack(">bb", OPERATIONS[operation], permission))


def create_acl(address, *rule):
    """`rule` as for `acl`."""
    answer = request(address, CREATE_ACLS, 1, array([acl(*rule)]), timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for error, message in answer.array(lambda r: (r.take("h"), r.string())):
        if error:
            raise RuntimeError(f"cannot create ACL {rule}: "
                               f"{message or f'Kafka error {error}'}")


def delete_acl(address, *rule):
    answer = request(address, DELETE_ACLS, 1, array([acl(*rule)]), timeout=15.0)
    answer.take("i")  # how long the request was throttled
    answer.take("i")  # one result, as there is one filter
    error, message = answer.take("h"), answer.string()
    if error:
        raise RuntimeError(f"cannot delete ACL {rule}: "
                           f"{message or f'Kafka error {error}'}")


def set_topic_config(address, topic, key, value):
    """Sets one of the topic's settings, or with None takes it back to the
    default. In KRaft mode any broker passes that on."""
    set_it, delete_it = 0, 1
    operation = delete_it if value is None else set_it
    change = (string(key) + struct.pack(">b", operation)
              + (struct.pack(">h", -1) if value is None else string(value)))
    of_topics = 2
    body = (array([struct.pack(">b", of_topics) + string(topic)
                   + array([change])]) + struct.pack(">b", 0))
    answer = request(address, INCREMENTAL_ALTER_CONFIGS, 0, body, timeout=15.0)
    answer.take("i")  # how long the request was throttled
    for error, message, _kind, name in answer.array(
            lambda r: (r.take("h"), r.string(), r.take("b"), r.string())):
        if error:
            raise RuntimeError(f"cannot set {key} of {name}: "
                               f"{message or f'Kafka error {error}'}")


GZIP = 1


def crc32c_table():
    for x in range(256):
        for _ in range(8):
            x = x >> 1 ^ (0x82F63B78 if x & 1 else 0)
        yield x


CRC32C = list(crc32c_table())


def crc32c(data):
    """The checksum of a record batch: of what follows it."""
    crc = 0xFFFFFFFF
    for x in data:
        crc = crc >> 8 ^ CRC32C[(crc ^ x) & 0xFF]
    return crc ^ 0xFFFFFFFF


def batch(records, count=1, attributes=0):
    """A record batch (version 2) around what its records are encoded as."""
    checked = struct.pack(">hiqqqhii", attributes, count - 1, 0, 0, -1, -1, -1,
                          count) + records
    rest = struct.pack(">iBI", 0, 2, crc32c(checked)) + checked
    return struct.pack(">qi", 0, len(rest)) + rest


def produce(address, topic, partition, batch, timeout=10.0):
    """Writes a batch as it is to a partition that this broker leads."""
    body = struct.pack(">hhi", -1, -1, int(timeout * 1000))
    body += array([string(topic) + array([struct.pack(
        ">ii", partition, len(batch)) + batch])])
    answer = request(address, PRODUCE, 3, body, timeout)
    topics = answer.array(lambda x: (x.string(), x.array(
        lambda y: (y.take("i"), y.take("h"), y.take("q"), y.take("q")))))
    (_, ((_, code, *_),)), = topics
    if code != 0:
        raise ConnectionError(f"the broker refuses a batch: error {code}")
