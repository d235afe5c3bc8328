"""A cluster that an operator looks at: three nodes and two namespaces, whose rooms
have the same names."""

import contextlib

from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, unique

CONFIG = """
[kafka]
brokers = "{brokers}"
[cluster]
name = "{prefix}"
secret = "a secret of the tests"

[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
[[namespace]]
name = "/other"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.other"
  key = "{{id}}"
"""


@contextlib.contextmanager
def operated_cluster(kafka, name):
    prefix = unique(name)
    for topic in "chat", "other":
        create_topic(kafka, f"{prefix}.{topic}", PARTITIONS)
    with WeirCluster(CONFIG.format(brokers=kafka, prefix=prefix),
                     "abc") as cluster:
        cluster.prefix = prefix
        yield cluster
