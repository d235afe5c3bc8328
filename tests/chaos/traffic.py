"""What brokers themselves count: bytes of a topic that were written to them, and
that consumers have read from them; what brokers copy from each other is not in
it. They tell over JMX, to Kafka's own tool.

A record is read in the batch in which it was written, so the two are equal when
each record has been read once.
"""

import subprocess

from kafka_cluster import KafkaError, java_command

TOOL = "org.apache.kafka.tools.JmxTool"
COUNTERS = {"written": "BytesInPerSec", "read": "BytesOutPerSec"}


def jvm_options(port):
    """For a broker that can be asked."""
    return [f"-Dcom.sun.management.jmxremote.{x}" for x in (
        f"port={port}", f"rmi.port={port}", "host=127.0.0.1",
        "authenticate=false", "ssl=false")] \
        + ["-Djava.rmi.server.hostname=127.0.0.1"]


def of_topic(ports, topic):
    """{"written": bytes, "read": bytes} of all brokers."""
    total = dict.fromkeys(COUNTERS, 0)
    for port in ports:
        lines = ask(port, topic)
        for key, name in COUNTERS.items():
            # One that is not there has counted nothing.
            total[key] += sum(int(x.split("\t")[1]) for x in lines
                              if f"name={name}," in x)
    return total


def ask(port, topic):
    objects = [f"kafka.server:type=BrokerTopicMetrics,name={x},topic={topic}"
               for x in COUNTERS.values()]
    done = subprocess.run(
        java_command(TOOL, "--jmx-url", "service:jmx:rmi:///jndi/rmi://"
                     f"127.0.0.1:{port}/jmxrmi", "--one-time",
                     "--report-format", "tsv", "--attributes", "Count",
                     *(y for x in objects for y in ("--object-name", x))),
        capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise KafkaError(f"a broker tells nothing over JMX: {done.stderr}")
    return done.stdout.splitlines()
