"""Several nodes on the embedded broker of the first, as `tools/run --nodes`
starts them: what that broker does not answer is no error anywhere."""

import re

from raw_client import RawClient
from waiting import wait_until
from weir_node import WeirNode

CONFIG = """
[cluster]
secret = "0123456789abcdef"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
"""
# A request to Kafka that nobody answers is given up after 2 s; these requests
# of the consumer go on for longer than that.
REQUESTS = 500


def samples(node, name):
    text = node.get("/metrics")[1]
    return [(labels, float(value)) for labels, value in re.findall(
        rf"^{name}(\{{[^}}]*\}})? (\S+)", text, re.MULTILINE)]


def requests_of_consumer(node):
    return sum(x for labels, x in samples(node, "weir_kafka_requests_total")
               if 'client="consumer"' in labels)


def errors(node):
    return sum(x for _, x in samples(node, "weir_kafka_errors_total"))


EXPECTED = ("the embedded broker is for trying things out|"
            "fewer clients can connect")


def complaints(node):
    return [x for x in node.log() if re.search(r" (warning|error) ", x)
            and not re.search(EXPECTED, x)]


def test_no_node_of_it_reports_an_error():
    listening = "cluster.listen=127.0.0.1:0"
    with WeirNode(CONFIG, "kafka.embedded=true", "cluster.node=a",
                  listening) as a, \
            WeirNode(CONFIG, f"kafka.brokers={a.bootstrap}", "cluster.node=b",
                     f"cluster.seeds={a.cluster_address}", listening) as b:
        with RawClient(a.port) as here, RawClient(b.port) as there:
            for client in (here, there):
                client.join("chat:1")
            event = {"room": "chat:1"}
            there.emit("chat message", event)
            for client in (here, there):
                assert client.next_event() == ["chat message", event]
            for node in (a, b):
                node.wait_for_log(" info topics are not watched: .*why=")
                node.wait_for_log("partitions assigned .*owned=2")
            before = {x: requests_of_consumer(x) for x in (a, b)}
            for node, requests in before.items():
                wait_until(lambda: requests_of_consumer(node)
                           > requests + REQUESTS,
                           "requests that take longer than a time-out")
        for node in (a, b):
            assert complaints(node) == []
            assert errors(node) == 0
            said = [x for x in node.log() if "topics are not watched" in x]
            assert len(said) == 1
