"""What an operator has clients get and do, on whatever node they are: events,
directly and by Kafka, and rooms."""

import contextlib
import json

import pytest

from operated_cluster import CONFIG, operated_cluster
from raw_client import RawClient
from waiting import wait_until
from weir_node import WeirNode


@pytest.fixture(scope="module")
def cluster(kafka):
    with operated_cluster(kafka, "orders") as x:
        yield x


@pytest.fixture
def clients(cluster):
    """One on each node."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(RawClient(cluster[x].port)) for x in "abc"]


def post(node, path, body=None):
    return node.ask("POST", path, body=json.dumps(body) if body is not None
                    else None)


def done(n):
    return 200, {"done": n, "problems": [], "silent_nodes": []}


NOBODY = 404, {"done": 0, "problems": [], "silent_nodes": []}


def test_the_members_of_a_room_get_an_event_on_all_nodes(cluster, clients):
    one, two, other = clients
    one.join("chat:1"), two.join("chat:1"), other.join("chat:2")
    assert post(cluster["c"], "/v1/emit?event=notice&room=chat:1",
                ["now", {"n": 1}]) == done(2)
    for client in one, two:
        assert client.next_event() == ["notice", "now", {"n": 1}]
    assert post(cluster["c"], "/v1/emit?event=notice&room=chat:2") == done(1)
    assert other.next_event() == ["notice"]
    assert post(cluster["a"], "/v1/emit?event=notice&room=chat:3") == NOBODY


def test_one_socket_gets_an_event(cluster, clients):
    one, two, _ = clients
    assert post(cluster["c"], f"/v1/emit?event=notice&sid={two.socket_id}",
                [1]) == done(1)
    assert two.next_event() == ["notice", 1]
    assert post(cluster["c"], f"/v1/emit?event=notice&sid={one.socket_id}",
                [2]) == done(1)
    assert one.next_event() == ["notice", 2]
    assert post(cluster["c"], f"/v1/emit?event=notice&sid={one.socket_id}"
                "&room=chat:9") == NOBODY
    assert post(cluster["b"], f"/v1/emit?event=notice&sid={one.socket_id}"
                "&node=b") == NOBODY


def test_a_socket_is_put_into_a_room_and_out_of_it(cluster, clients):
    one, two, _ = clients
    two.join("chat:7")
    who = f"sid={one.socket_id}"
    assert post(cluster["c"], f"/v1/join?room=chat:7&{who}") == done(1)
    wait_until(lambda: post(cluster["b"], f"/v1/emit?event=in&room=chat:7&{who}")
               == done(1), "it to be in the room")
    assert one.next_event() == ["in"]
    assert two.emit("say", {"room": "chat:7", "text": "hello"})["status"] == "ok"
    assert one.next_event()[1]["text"] == "hello"
    assert post(cluster["c"], f"/v1/leave?room=chat:7&{who}") == done(1)
    assert one.next_event() == [
        "weir:left", {"room": "chat:7", "reason": "operator"}]
    assert post(cluster["c"], f"/v1/leave?room=chat:7&{who}") == NOBODY
    two.next_event()
    two.emit("say", {"room": "chat:7", "text": "you are gone"})
    assert two.next_event()[1]["text"] == "you are gone"
    assert post(cluster["c"], f"/v1/emit?event=last&{who}") == done(1)
    assert one.next_event() == ["last"]


def test_what_cannot_be_joined_is_told(cluster, clients):
    status, answer = post(cluster["b"],
                          f"/v1/join?room=hall&sid={clients[0].socket_id}")
    assert status == 409 and answer["done"] == 0
    assert answer["problems"] == ["a: no mapping of / has such a room"]


def test_an_event_goes_through_kafka_to_the_members(cluster, clients):
    one, two, _ = clients
    one.join("chat:5"), two.join("chat:5")
    status, answer = post(cluster["c"], "/v1/publish?event=notice&room=chat:5",
                          [{"text": "stored"}])
    assert status == 200 and answer["code"] == ""
    assert answer["topic"] == f"{cluster.prefix}.chat"
    for client in one, two:
        assert client.next_event() == ["notice", {"text": "stored"}]
    since = {"since": f"{answer['partition']}:{answer['offset']}"}
    with RawClient(cluster["a"].port) as late:
        assert late.emit("join", "chat:5", since)["status"] == "ok"
        assert late.next_event() == ["notice", {"text": "stored"}]


@pytest.mark.parametrize("path,body,status,code", [
    ("event=a&room=hall", [1], 404, "unknown_room"),
    ("event=a&room=chat:1&namespace=/none", [1], 404, "unknown_room"),
    ("event=a&room=chat:1", [1, 2], 422, "invalid_payload")])
def test_what_is_not_stored_says_why(cluster, path, body, status, code):
    found, answer = post(cluster["a"], "/v1/publish?" + path, body)
    assert (found, answer["code"]) == (status, code)
    assert answer["message"] and answer["offset"] == "-1"


def test_an_event_that_kafka_does_not_take_is_not_claimed_to_be_stored():
    config = CONFIG.format(brokers="127.0.0.1:1", prefix="none")
    with WeirNode(config, "kafka.delivery_timeout=1s", ready=False) as node:
        status, answer = post(node, "/v1/publish?event=a&room=chat:1", [1])
        assert status in (503, 504)
        assert answer["code"] in ("unavailable", "timeout")


@pytest.mark.parametrize("path", [
    "/v1/emit?event=a", "/v1/emit?room=chat:1", "/v1/join?room=chat:1",
    "/v1/leave?sid=a", "/v1/publish?event=a", "/v1/emit?event=connect&sid=a",
    "/v1/emit?event=weir:gap&sid=a", "/v1/emit?event=a&rom=chat:1"])
def test_what_is_not_said_in_full_does_nothing(cluster, path):
    status, text = post(cluster["a"], path)
    assert status == 400 and text


def test_arguments_are_a_json_array(cluster, clients):
    clients[0].join("chat:1")
    for body in ({"a": 1}, "text", 1):
        assert post(cluster["a"], "/v1/emit?event=a&room=chat:1", body)[0] == 400
    assert post(cluster["a"], "/v1/emit?event=last&room=chat:1", [])[0] == 200
    assert clients[0].next_event() == ["last"]


def test_a_node_that_does_not_answer_is_named(cluster, clients):
    with cluster["b"].frozen():
        status, answer = post(cluster["a"], "/v1/emit?event=a&user=nobody")
        assert status == 503 and answer["silent_nodes"] == ["b"]
    cluster.wait_until_whole()
