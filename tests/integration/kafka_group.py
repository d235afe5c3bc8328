"""What a real Kafka knows about a consumer group, over its own protocol."""

import struct

import kafka_wire
from kafka_wire import array, string
from weir_fixtures import addresses

OFFSET_FETCH, DESCRIBE_GROUPS = 9, 15


def committed(bootstrap, group, topic, partitions):
    """{partition: offset}; -1 where nothing is committed."""
    wanted = string(topic) + array([struct.pack(">i", x) for x in partitions])
    answer = kafka_wire.request(addresses(bootstrap)[0], OFFSET_FETCH, 1,
                                string(group) + array([wanted]))

    def partition(r):
        index, offset = r.take("i"), r.take("q")
        r.string(), r.take("h")  # metadata, error
        return index, offset

    topics = dict(answer.array(lambda r: (r.string(), r.array(partition))))
    return dict(topics[topic])


def state(bootstrap, group):
    """Empty, Stable, ..."""
    answer = kafka_wire.request(addresses(bootstrap)[0], DESCRIBE_GROUPS, 0,
                                array([string(group)]))
    answer.take("i")  # one group follows
    answer.take("h"), answer.string()  # error, name
    return answer.string()
