"""Clients whose requests come to nodes that have not got their session."""

import itertools

import pytest

from balancer import Balancer
from drivers import Client
from waiting import wait_until
from weir_node import WeirNode

ALONE = """
kafka.embedded = true
[[namespace]]
name = "/"
  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  ack = "echo"
"""


def in_turn(nodes):
    ports = itertools.cycle([x.port for x in nodes])
    return lambda head: next(ports)


def is_upgrade(head):
    return b"upgrade: websocket" in head.lower()


def is_handshake(head):
    return b"sid=" not in head.split(b"\r\n")[0]


def forwarded(node):
    return node.metric("weir_forwarded_polls_total", result="answered")


def next_said(client):
    """What recovery sends besides is left out."""
    while (event := client.next_event())[0] != "say":
        pass
    return event[1]["n"]


def chat(client, room, numbers):
    """What is heard until the last of what is said comes back."""
    for n in numbers:
        assert client.emit("say", {"room": room, "n": n})["status"] == "ok"
    heard = []
    while heard[-1:] != [numbers[-1]]:
        heard.append(next_said(client))
    return heard


def test_a_client_goes_on_polling_when_another_node_refuses_its_websocket(
        driver):
    with (WeirNode(ALONE, "cluster.node=a") as a,
          WeirNode(ALONE, "cluster.node=b") as b,
          Balancer(lambda x: (b if is_upgrade(x) else a).port) as balancer,
          Client(driver, balancer.url, "upgrade") as client):
        assert client.wait_for("connect")["transport"] == "polling"
        refused = wait_until(lambda: balancer.upgrades, "the upgrade")[0]
        assert refused.startswith(b"HTTP/1.1 400 ")
        assert refused.endswith(b"\r\n\r\nSession ID unknown")
        for i in range(20):
            assert client.emit("mirror", i) == i
            assert client.next_event() == ["mirror", i]
        assert list(client.events) == []  # no disconnect, no upgrade


@pytest.mark.parametrize("transport", ["polling", "upgrade"])
def test_a_client_needs_no_sticky_sessions(driver, nodes, transport):
    with (Balancer(in_turn(nodes)) as balancer,
          Client(driver, balancer.url, transport) as client):
        client.wait_for("connect")
        client.join("chat:1")
        assert chat(client, "chat:1", range(40)) == list(range(40))
        assert client.emit("mirror", b"\0\1\2") == b"\0\1\2"
        assert [x["what"] for x in client.events
                if x["what"] in ("disconnect", "connect")] == []
    if transport == "polling":
        assert sum(forwarded(x) for x in nodes) > 40


def test_a_session_outlives_the_stop_of_a_node_that_its_client_talks_to(
        driver, nodes):
    home, *others = nodes
    others_in_turn = in_turn(others)
    with (Balancer(lambda x: home.port if is_handshake(x)
                   else others_in_turn(x)) as balancer,
          Client(driver, balancer.url, "polling") as client):
        client.wait_for("connect")
        client.join("chat:1")
        assert chat(client, "chat:1", range(5)) == list(range(5))
        others[0].stop()
        assert chat(client, "chat:1", range(5, 9)) == list(range(5, 9))
        assert [x["what"] for x in client.events
                if x["what"] in ("disconnect", "connect")] == []


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_client_comes_back_at_once_when_its_sessions_node_is_gone(
        driver, nodes, how):
    others = in_turn(nodes[1:])
    first = itertools.chain([nodes[0].port], itertools.repeat(None))
    with (Balancer(lambda x: (is_handshake(x) and next(first))
                   or others(x)) as balancer,
          Client(driver, balancer.url, "polling") as client):
        client.wait_for("connect")
        client.join("chat:1")
        assert chat(client, "chat:1", range(5)) == list(range(5))
        if how == "killed":
            nodes[0].process.kill()
            nodes[0].wait_for_exit()
        else:
            nodes[0].stop()
        client.wait_for("disconnect")
        back = client.wait_for("connect")
        if driver.language == "js":
            assert back["recovered"]
        else:  # which cannot recover
            client.join("chat:1")
        heard = chat(client, "chat:1", range(5, 9))
        if driver.language != "js":
            # The partition's new owner begins where the last one has committed,
            # and so does a member that joins before it is there.
            heard = [x for x in heard if x >= 5]
        assert heard == list(range(5, 9))
