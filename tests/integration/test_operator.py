"""Who may come in through the operator's door, and what is said of it."""

import pytest

from raw_client import RawClient
from weir_node import WeirNode

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


@pytest.fixture(scope="module")
def node():
    with WeirNode(CONFIG) as x:
        yield x


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
