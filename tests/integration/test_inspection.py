"""What an operator sees of a cluster: its rooms and connections, on whatever
node they are, and what is missing when a node does not answer."""

import contextlib
import time
import urllib.parse

import pytest

from operated_cluster import operated_cluster
from raw_client import RawClient
from waiting import wait_until
from weir_cluster import PARTITIONS


@pytest.fixture(scope="module")
def cluster(kafka):
    with operated_cluster(kafka, "inspection") as x:
        yield x


@pytest.fixture
def clients(cluster):
    """One on each node, in rooms."""
    with contextlib.ExitStack() as stack:
        one = stack.enter_context(RawClient(cluster["a"].port))
        two = stack.enter_context(RawClient(cluster["b"].port))
        other = stack.enter_context(RawClient(cluster["c"].port, "/other"))
        for client, rooms in ((one, "123"), (two, "34"), (other, "1")):
            for room in rooms:
                client.join(f"chat:{room}")
        wait_until(lambda: len(listed(cluster["a"], "connections")) == 3,
                   "those of tests before to be gone")
        yield one, two, other


def listed(asked, what, **query):
    status, body = ask(asked, what, **query)
    assert status == 200 and not body["partial"] and not body["silent_nodes"]
    return body[what.split("/")[0]]


def ask(asked, what, **query):
    return asked.get(f"/v1/{what}?" + urllib.parse.urlencode(query))


def test_every_node_lists_the_rooms_of_all(cluster, clients):
    for node in cluster.nodes.values():
        found = [(x["namespace"], x["name"], x["members"],
                  [y["node"] for y in x["nodes"]])
                 for x in listed(node, "rooms")]
        assert found == [("/", "chat:1", 1, ["a"]), ("/", "chat:2", 1, ["a"]),
                         ("/", "chat:3", 2, ["a", "b"]),
                         ("/", "chat:4", 1, ["b"]),
                         ("/other", "chat:1", 1, ["c"])]


def test_rooms_come_in_pages_and_as_they_are_wanted(cluster, clients):
    node, names, after = cluster["c"], [], ""
    while True:
        _, body = ask(node, "rooms", limit=2, after=after)
        names += [x["namespace"] + x["name"] for x in body["rooms"]]
        after = body["next"]
        if not after:
            break
        assert len(body["rooms"]) == 2
    assert names == ["/chat:1", "/chat:2", "/chat:3", "/chat:4",
                     "/otherchat:1"]
    for query, n in (({"namespace": "/other"}, 1), ({"prefix": "chat:1"}, 2),
                     ({"node": "a"}, 3), ({"node": ""}, 1),
                     ({"topic": f"{cluster.prefix}.chat"}, 4),
                     ({"topic": "none"}, 0)):
        assert len(listed(node, "rooms", **query)) == n, query


def test_a_room_shows_where_it_is_on_each_node(cluster, clients):
    one, two, _ = clients
    stored = one.emit("say", {"room": "chat:3"})
    assert stored["status"] == "ok"
    two.next_event(), one.next_event()
    room, = listed(cluster["c"], "rooms/chat:3")
    assert (room["topic"], room["key"]) == (f"{cluster.prefix}.chat", "3")
    assert [x["node"] for x in room["nodes"]] == ["a", "b"]
    for x in room["nodes"]:
        assert x["problem"] == "" and not x["lagging"]
        assert [(y["partition"], int(y["next"])) for y in x["partitions"]] == [
            (stored["partition"], stored["offset"] + 1)]
    assert listed(cluster["a"], "rooms/chat:1",
                  namespace="/other")[0]["nodes"][0]["node"] == "c"
    assert ask(cluster["a"], "rooms/chat:9")[0] == 404


def test_every_node_lists_the_connections_of_all(cluster, clients):
    ids = {x.socket_id for x in clients}
    for node in cluster.nodes.values():
        found = listed(node, "connections")
        assert {y["id"] for x in found for y in x["sockets"]} == ids
        assert [x["id"] for x in found] == sorted(x["id"] for x in found)
        assert {x["node"] for x in found} == {"a", "b", "c"}
        for x in found:
            assert (x["transport"], x["address"]) == ("websocket", "127.0.0.1")
            assert int(x["outbox_limit"]) > 0 and not x["paused"]
    found = listed(cluster["c"], "connections", room="chat:3")
    assert {x["node"] for x in found} == {"a", "b"}
    assert len(listed(cluster["a"], "connections", limit=1, node="b")) == 1
    assert listed(cluster["a"], "connections", behind="true") == []


def test_nobody_learns_a_session_from_the_list(cluster, clients):
    """Who knows its whole id can speak for the client."""
    sids = [x.handshake["sid"] for x in clients]
    _, body = ask(cluster["a"], "connections")
    assert not any(sid in str(body) for sid in sids)
    assert ({x["id"] for x in body["connections"]}
            == {sid[:12] for sid in sids})


def test_a_connection_shows_its_rooms_and_where_it_is(cluster, clients):
    one = clients[0]
    for sid in (one.socket_id, one.handshake["sid"],
                one.handshake["sid"][:12]):
        found, = listed(cluster["b"], f"connections/{sid}")
        socket, = found["sockets"]
        assert [x["room"] for x in socket["rooms"]] == ["chat:1", "chat:2",
                                                        "chat:3"]
        assert all([y["lag"] for y in x["positions"]] == ["0"]
                   and not x["joining"] for x in socket["rooms"])
    assert ask(cluster["a"], "connections/nobody")[0] == 404


def test_the_id_in_the_list_disconnects(cluster, clients):
    with RawClient(cluster["a"].port) as client:
        client.join("chat:77")
        found, = listed(cluster["c"], "connections", room="chat:77")
        assert cluster["c"].delete(f"/v1/connections/{found['id']}") == (
            200, {"disconnected": 1, "silent_nodes": []})
        wait_until(lambda: not listed(cluster["c"], "connections",
                                      room="chat:77"), "it to be gone")


def test_partitions_and_actors_are_those_of_all_nodes(cluster):
    def is_divided():
        found = listed(cluster["a"], "partitions")
        return (len(found) == 2 * PARTITIONS
                and {x["node"] for x in found} == {"a", "b", "c"})
    wait_until(is_divided, "each partition, read by one of all nodes")
    own = listed(cluster["a"], "partitions", node="a")
    assert own and all(x["node"] == "a" for x in own)
    assert {x["node"] for x in listed(cluster["b"], "actors")
            if x["type"] == "inspector"} == {"a", "b", "c"}


def test_another_nodes_view_can_be_asked_for(cluster):
    _, body = ask(cluster["a"], "nodes", node="b")
    assert body["nodes"][0]["name"] == "b"
    assert ask(cluster["a"], "nodes")[1]["nodes"][0]["name"] == "a"


def test_what_cannot_be_asked_is_said(cluster):
    for what, query, words in (
            ("rooms", {"romm": 1}, ['"romm"', "prefix"]),
            ("rooms", {"limit": 5000}, ["limit", "1000"]),
            ("connections", {"behind": "yes"}, ["behind", "true or false"]),
            ("actors", {"limit": 1}, ['"limit"', "node"])):
        status, text = ask(cluster["a"], what, **query)
        assert status == 400 and all(x in text for x in words), text
    status, text = ask(cluster["a"], "rooms", node="z")
    assert status == 404 and '"z"' in text and "a, b, c" in text


@contextlib.contextmanager
def frozen(cluster, name):
    with cluster[name].frozen():
        yield
    cluster.wait_until_whole()


def test_a_node_that_does_not_answer_makes_a_list_partial(cluster, clients):
    with frozen(cluster, "c"):
        begin = time.monotonic()
        status, body = ask(cluster["a"], "rooms")
        assert time.monotonic() - begin < 10
        assert status == 200 and body["partial"]
        assert body["silent_nodes"] == ["c"]
        assert [x["name"] for x in body["rooms"]] == [
            "chat:1", "chat:2", "chat:3", "chat:4"]


def test_a_node_that_is_down_is_silent_and_not_unknown(cluster, clients):
    """It may only be cut off, and its clients be there."""
    a = cluster["a"]
    with frozen(cluster, "c"):
        wait_until(lambda: a.peers()["c"] == "down", "the link to be lost")
        for what in ("rooms", "connections", "hot", "actors", "partitions",
                     "metrics", "servers"):
            status, body = ask(a, what)
            assert (status, body["partial"], body["silent_nodes"]) == (
                200, True, ["c"]), what
            assert ask(a, what, node="b")[1]["silent_nodes"] == []
        for what in "rooms", "connections", "nodes":
            status, text = ask(a, what, node="c")
            assert status == 503 and 'node "c" is down' in text, what
        for path in "reload", "log-level?level=info":
            assert a.ask("POST", f"/v1/{path}") == (503, {
                "done": 2, "problems": [], "silent_nodes": ["c"]})
        status, text = a.ask("POST", "/v1/nodes/c/drain")
        assert status == 503 and 'node "c" is down' in text
        assert a.delete("/v1/connections/nobody") == (
            503, {"disconnected": 0, "silent_nodes": ["c"]})
        assert ask(a, "rooms/chat:9")[0] == 503  # it may be there
    assert listed(a, "rooms/chat:1", namespace="/other")


def test_a_node_that_has_left_is_not_missed(cluster):
    d = cluster.add("d")
    cluster.wait_until_whole()
    cluster.nodes.pop("d").terminate()
    assert d.wait_for_exit() == 0
    assert cluster["a"].peers()["d"] == "left"
    assert listed(cluster["a"], "actors")
    status, text = cluster["a"].ask("POST", "/v1/nodes/d/drain")
    assert status == 404 and "a, b, c" in text
    cluster.wait_until_owned()
