"""A cluster that an operator looks at: three nodes and two namespaces, whose rooms
have the same names."""

import contextlib

from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import mapping_of, own_topics

CONFIG = """
[kafka]
brokers = "{brokers}"
[cluster]
name = "{prefix}"
secret = "a secret of the tests"

[[namespace]]
name = "/"
""" + mapping_of("chat") + """\
[[namespace]]
name = "/other"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.other"
  key = "{{id}}"
"""


@contextlib.contextmanager
def operated_cluster(kafka, name, nodes="abc"):
    prefix = own_topics(kafka, name, "chat", "other", partitions=PARTITIONS)
    with WeirCluster(CONFIG.format(brokers=kafka, prefix=prefix),
                     nodes) as cluster:
        cluster.prefix = prefix
        yield cluster
