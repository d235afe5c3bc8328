"""Who may come in through the operator's door, and what is said of it."""

import http.client
import re
import time

import pytest

from raw_client import RawClient
from waiting import PATIENCE
from weir_fixtures import node_of
from weir_node import ROOT, WeirNode

CONFIG = """
[kafka]
embedded = true
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
"""


node = node_of(CONFIG)


def asked_as_a_client(node, path, method="GET"):
    """(status, body) on the clients' port."""
    client = http.client.HTTPConnection("127.0.0.1", node.port,
                                        timeout=PATIENCE)
    client.request(method, path)
    answer = client.getresponse()
    return answer.status, answer.read().decode()


def test_the_port_of_clients_tells_nobody_how_the_node_is(node):
    for path in ("/livez", "/readyz", "/metrics"):
        assert asked_as_a_client(node, path)[0] == 404


def test_with_health_balancers_are_told_on_the_port_of_clients():
    with WeirNode(CONFIG, "server.health=true") as node:
        for path in ("/livez", "/readyz"):
            assert asked_as_a_client(node, path) == (200, "ok\n")
            assert asked_as_a_client(node, path, "HEAD") == (200, "")
        for path in ("/metrics", "/v1/nodes", "/livez/"):
            assert asked_as_a_client(node, path)[0] == 404


def test_a_balancer_is_told_that_it_is_not_ready_and_not_why():
    config = CONFIG.replace("embedded = true", 'brokers = "127.0.0.1:1"')
    with WeirNode(config, "server.health=true", ready=False) as node:
        assert asked_as_a_client(node, "/livez") == (200, "ok\n")
        assert asked_as_a_client(node, "/readyz") == (503, "not ready\n")
        assert node.get("/readyz")[1]["reasons"]


def refused(node, **fields):
    """By weir_operators_refused_total, which another request tells."""
    _, text = node.ask("GET", "/metrics", **fields)
    return int(float(next(x.split()[1] for x in text.splitlines()
                          if x.startswith("weir_operators_refused_total"))))


@pytest.mark.parametrize("fields", [
    {"Host": "rebound.example:9300"},
    {"Host": "127.0.0.1.rebound.example"},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
])
def test_a_page_from_elsewhere_gets_nothing_done(node, fields):
    with RawClient(node.port) as client:
        client.join("chat:1")
        before = refused(node)
        status, body = node.ask("DELETE", "/v1/connections?room=chat:1",
                                **fields)
        assert status == 403
        assert "token" in body["error"]
        assert refused(node) == before + 1
        node.wait_for_log("an operator's request is refused.*DELETE")
        client.emit("chat message", {"room": "chat:1", "text": "still there"})
        assert client.next_event()[1]["text"] == "still there"


def test_a_user_may_have_a_percent_sign_in_the_name(node):
    for user in ("100%25", "%25zz", "a%252Fb"):
        status, body = node.delete(f"/v1/users/{user}/connections")
        assert (status, body) == (404, {"disconnected": 0, "silent_nodes": []})


@pytest.mark.parametrize("path,allowed", [
    ("/v1/nodes", "GET, HEAD"),
    ("/v1/connections/a", "GET, HEAD, DELETE"),
    ("/v1/users/a/connections", "DELETE"),
    ("/v1/nodes/a/drain", "POST"), ("/v1/log-level", "POST")])
def test_a_method_that_there_is_not_is_answered_with_those_that_there_are(
        node, path, allowed):
    client = http.client.HTTPConnection("127.0.0.1", node.admin_port,
                                        timeout=PATIENCE)
    client.request("PATCH", path)
    answer = client.getresponse()
    assert (answer.status, answer.getheader("Allow")) == (405, allowed)


def test_what_only_changes_something_is_not_for_a_get(node):
    for path in ("/v1/nodes/a/drain", "/v1/log-level?level=debug"):
        assert node.get(path)[0] == 405
    assert node.ask("POST", "/v1/rooms")[0] == 405


@pytest.mark.parametrize("path,missing", [
    ("/v1/connections", "room is missing"),
    ("/v1/connections?namespace=/", "room is missing"),
    ("/v1/connections?rom=chat:1", '"rom"'),
    ("/v1/users/a/connections?room=chat:1", '"room"')])
def test_whom_to_send_away_must_be_said(node, path, missing):
    with RawClient(node.port) as client:
        client.join("chat:1")
        status, text = node.delete(path)
        assert status == 400 and missing in text
        client.emit("chat message", {"room": "chat:1", "text": "still there"})
        assert client.next_event()[1]["text"] == "still there"


def test_the_log_has_what_is_wanted_and_no_more(node):
    def debug_lines():
        """How many there are once one more emit has been refused."""
        with RawClient(node.port) as client:
            assert client.emit("unknown")["code"] == "unknown_event"
        mark = f"nobody-{time.monotonic_ns()}"
        node.delete(f"/v1/connections/{mark}")
        node.wait_for_log(f"operator's action.*{mark}")
        return sum(" debug " in x for x in node.log())
    assert debug_lines() == 0
    assert node.ask("POST", "/v1/log-level?level=debug") == (
        200, {"done": 1, "problems": [], "silent_nodes": []})
    written = debug_lines()
    assert written > 0
    assert node.ask("POST", "/v1/log-level?level=info")[0] == 200
    before = debug_lines()
    assert debug_lines() == before


@pytest.mark.parametrize("query,problem", [
    ("", "level is missing"), ("?level=loud", "trace, debug"),
    ("?lvl=debug", '"lvl"')])
def test_a_level_that_there_is_not_changes_nothing(node, query, problem):
    status, text = node.ask("POST", "/v1/log-level" + query)
    assert status == 400 and problem in text


def test_a_node_stops_as_by_sigterm_when_it_is_drained():
    with WeirNode(CONFIG, "cluster.node=a") as node, \
            RawClient(node.port) as client:
        client.join("chat:1")
        assert node.ask("POST", "/v1/nodes/b/drain")[0] == 404
        stored = client.emit("chat message", {"room": "chat:1", "text": "last"})
        assert stored["status"] == "ok"
        assert node.ask("POST", "/v1/nodes/a/drain") == (
            200, {"done": 1, "problems": [], "silent_nodes": []})
        assert node.wait_for_exit() == 0
    assert node.wait_for_log("stopping connections=1")


def test_each_action_is_logged_with_who_what_and_result(node):
    with RawClient(node.port) as client:
        client.join("chat:2")
        status, body = node.delete("/v1/connections?room=chat:2")
        assert (status, body["disconnected"]) == (200, 1)
    line = node.wait_for_log(
        r"operator's action from=127\.0\.0\.1 .*room=chat:2.*")[0]
    assert "DELETE" in line and "status=200" in line
    assert "disconnected" in line


def test_whoever_knows_the_token_may_come_from_anywhere():
    with WeirNode(CONFIG, "admin.token=s3cret", ready=False) as node:
        known = {"Authorization": "Bearer s3cret"}
        for fields, status in [({}, 401), ({"Origin": "null"}, 401),
                               ({"Authorization": "Bearer s3cre"}, 401),
                               (known, 404),
                               (known | {"Host": "weir.example"}, 404),
                               (known | {"Origin": "http://a.example"}, 404)]:
            found = node.ask("DELETE", "/v1/connections?room=chat:1", **fields)
            assert found[0] == status, fields
        assert refused(node, **known) == 3
        assert "s3cret" not in "".join(node.log())


# What a file of the page names of the others.
NAMED = re.compile(r'(?:href=|src=|from )"(?:\./)?(\w+\.\w+)"')


def test_the_page_is_all_there_and_asks_who_looks_at_it_for_the_token():
    with WeirNode(CONFIG, "admin.token=s3cret", ready=False) as node:
        def get(path):
            status, body = node.ask("GET", path)
            assert status == 200, path
            return body

        wanted, seen = {"/"}, {}
        while wanted:
            path = wanted.pop()
            seen[path] = get(path)
            wanted |= {f"/{x}" for x in NAMED.findall(seen[path])} - seen.keys()
        folder = ROOT / "actors/node/page"
        assert {"index.html" if x == "/" else x[1:] for x in seen} \
            == {x.name for x in folder.iterdir()} - {"README.md"}
        for path, text in seen.items():
            file = folder / ("index.html" if path == "/" else path[1:])
            assert text == file.read_text(), path
        for path in ("/v1/nodes", "/metrics", "/readyz", "/README.md"):
            assert node.ask("GET", path)[0] == 401, path
