"""Clients that an operator sends away, whatever node they are on."""

import pytest

from cluster_fixtures import three_nodes
from drivers import TRANSPORTS, Client
from waiting import wait_until

# What each client calls it when the server ends it, after which it stays away.
SENT_AWAY = {"js": "io server disconnect", "python": "server disconnect",
             "java": "io server disconnect"}


@pytest.fixture(scope="module")
def nodes(kafka):
    with three_nodes(kafka) as nodes:
        yield nodes


def connections(nodes):
    return sum(x["connections"]
               for x in nodes[0].get("/v1/nodes")[1]["nodes"])


def assert_gone(client, nodes, left=1):
    """It was told, has closed, and has not come back."""
    told = client.wait_for("disconnect")
    assert told["why"] == SENT_AWAY[client.driver.language]
    wait_until(lambda: connections(nodes) == left, "the connection's end")
    assert "connect" not in [x["what"] for x in client.events]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_socket_is_disconnected_by_its_id(driver, nodes, transport):
    with (Client(driver, nodes[1].url, transport) as client,
          Client(driver, nodes[1].url, "websocket") as bystander):
        socket = client.wait_for("connect")["id"]
        bystander.wait_for("connect")
        path = f"/v1/connections/{socket}"
        assert nodes[0].delete(path) == (
            200, {"disconnected": 1, "silent_nodes": []})
        assert_gone(client, nodes)
        assert bystander.emit("mirror", 1) == 1
        assert nodes[2].delete(path)[0] == 404


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_members_of_a_room_are_disconnected_on_all_nodes(
        driver, nodes, transport):
    with (Client(driver, nodes[0].url, transport) as one,
          Client(driver, nodes[1].url, transport) as two,
          Client(driver, nodes[2].url, "websocket") as bystander):
        for client, room in (one, "chat:7"), (two, "chat:7"), (
                bystander, "chat:8"):
            client.wait_for("connect")
            client.join(room)
        assert nodes[2].delete("/v1/connections?room=chat%3A7") == (
            200, {"disconnected": 2, "silent_nodes": []})
        for client in one, two:
            assert_gone(client, nodes)
        assert bystander.emit("mirror", 1) == 1
        assert nodes[2].delete("/v1/connections?room=chat:7")[0] == 404


def test_a_connection_is_disconnected_by_its_sid(driver, nodes):
    with (Client(driver, nodes[1].url, "websocket") as bystander,
          Client(driver, nodes[2].url, "websocket") as client):
        bystander.wait_for("connect")
        sid = client.wait_for("connect")["sid"]
        assert nodes[0].delete(f"/v1/connections/{sid}")[0] == 200
        assert_gone(client, nodes)


def test_it_says_what_can_be_disconnected(nodes):
    for path in "/v1/connections", "/v1/connections?room=":
        status, text = nodes[0].delete(path)
        assert status == 400 and "room is missing" in text
    status, text = nodes[0].delete("/v1/nodes/a")
    assert status == 405 and "/v1/connections/{sid}" in text


def test_a_node_that_does_not_answer_is_named(driver, nodes):
    """It may have had the client."""
    with Client(driver, nodes[0].url, "websocket") as client:
        socket = client.wait_for("connect")["id"]
        with nodes[2].frozen():
            assert nodes[1].delete(f"/v1/connections/{socket}") == (
                503, {"disconnected": 1, "silent_nodes": ["c"]})
