"""Whether a node is ready, every node of its cluster can tell, and so can an
operator who asks another one."""

import json

import pytest

from raw_client import RawClient
from test_weirctl import DONE, NOT_DONE, table, weirctl
from waiting import wait_until
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, mapping_of, unique

CONFIG = """
[kafka]
brokers = "{brokers}"
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
[[namespace]]
name = "/"
""" + mapping_of("chat")
WHY = "no Kafka broker answers"


@pytest.fixture(scope="module")
def cluster(kafka):
    """Of its nodes, b does not reach Kafka."""
    prefix = unique("readiness")
    create_topic(kafka, f"{prefix}.chat", PARTITIONS)
    with WeirCluster(CONFIG.format(brokers=kafka, prefix=prefix),
                     "a") as cluster:
        cluster.add("b", "kafka.brokers=127.0.0.1:1", "server.drain_time=0s",
                    ready=False)
        wait_until(lambda: readiness(cluster["a"]).get("b", {}).get("reasons"),
                   "a to know that b is not ready")
        yield cluster


def readiness(node):
    """{name: what the node knows of it}"""
    return {x["name"]: x["readiness"] for x in node.get("/v1/nodes")[1]["nodes"]
            if "readiness" in x}


def test_every_node_knows_of_all_whether_they_are_ready_and_why_not(cluster):
    for node in cluster.nodes.values():
        known = readiness(node)
        assert known["a"] == {"ready": True, "reasons": []}
        assert not known["b"]["ready"]
        assert any(x.startswith(WHY) for x in known["b"]["reasons"])
    _, body = cluster["a"].get("/v1/metrics?names=weir_ready")
    assert {x["node"]: x["value"] for x in body["metrics"]} == {"a": 1, "b": 0}


def test_an_operator_is_told_by_whatever_node(cluster):
    a, b = cluster["a"], cluster["b"]
    code, text, _ = weirctl(a, "check")
    assert code == NOT_DONE and f"node b is not ready: {WHY}" in text
    assert "nothing is wrong" not in text
    code, text, _ = weirctl(b, "check")
    assert code == NOT_DONE and f"\nnot ready: {WHY}" in "\n" + text
    assert "node b is" not in text  # that is the one that says so
    for what in "nodes", "status":
        code, text, _ = weirctl(a, what)
        assert code == DONE and f"node b is not ready: {WHY}" in text
    rows = {x[0]: x for x in table(weirctl(a, "nodes")[1])}
    assert rows["name"][2] == "ready"
    assert (rows["a"][2], rows["b"][2]) == ("yes", "no")


def test_joins_that_nobody_answers_are_found(cluster):
    with RawClient(cluster["b"].port) as client:
        client.start_emit("join", "chat:1")
        wait_until(lambda: "room chat:1 of / has joins on node b that are not "
                   "answered, 1 of them" in weirctl(cluster["a"], "check")[1],
                   "the join to have waited for long")


def test_a_node_that_has_left_in_order_is_no_fault(cluster):
    """The last one here: b does not come back."""
    assert weirctl(cluster["a"], "drain", "b")[:2] == (DONE, "done 1\n")
    assert cluster.nodes.pop("b").wait_for_exit() == 0
    wait_until(lambda: cluster["a"].peers()["b"] == "left", "b to have left")
    assert "b" not in readiness(cluster["a"])
    wait_until(lambda: weirctl(cluster["a"], "check")[:2] == (
        DONE, "nothing is wrong\nnote: node b has left the cluster\n"),
        "nothing to be wrong")
    _, text, _ = weirctl(cluster["a"], "--json", "check")
    assert json.loads(text) == {
        "findings": [], "notes": ["node b has left the cluster"],
        "complete": True, "unanswered": [], "silent_nodes": []}
