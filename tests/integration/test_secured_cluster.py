"""Tokens and permissions on three nodes."""

import contextlib

import pytest

from raw_client import RawClient
from test_permissions import auth, is_denied, next_of, say
from tokens import SECRET, make_token
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{kafka}"
[kafka.properties]
"session.timeout.ms" = 6000
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
[auth.jwt]
algorithms = ["HS256"]
secret = "{secret}"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{prefix}.chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["/rooms = {{id}}"], emit = ["/rooms = {{id}}"] }}
"""


def config_of(kafka, prefix):
    create_topic(kafka, f"{prefix}.chat")
    return CONFIG.format(kafka=kafka, prefix=prefix, secret=SECRET)


@pytest.fixture(scope="module")
def cluster(kafka):
    with WeirCluster(config_of(kafka, unique("secured")), "abc") as cluster:
        yield cluster


def test_rights_are_the_same_on_all_nodes(cluster):
    with contextlib.ExitStack() as stack:
        a, b, c = (stack.enter_context(RawClient(
            cluster[x].port, auth=auth(x, rooms=rooms)))
            for x, rooms in (("a", ["1"]), ("b", ["1"]), ("c", ["2"])))
        a.join("chat:1")
        assert is_denied(c.emit("join", "chat:1"))
        assert is_denied(say(c, "chat:1"))
        assert say(b, "chat:1", 1)["status"] == "ok"
        assert next_of(a, "say")[0]["n"] == 1


def test_a_client_comes_back_on_another_node_with_its_rights(cluster):
    with RawClient(cluster["a"].port,
                   auth=auth(rooms=["r1", "r2"])) as client:
        client.join("chat:r1"), client.join("chat:r2")
        # the position comes before the ack
        back = {"pid": client.pid, "offset": client.events[-1][-1]}
    with RawClient(cluster["c"].port,
                   auth=auth("b", rooms=["r1", "r2"])) as writer:
        for room in ("chat:r1", "chat:r2"):
            assert say(writer, room, room)["status"] == "ok"
        with RawClient(cluster["b"].port,
                       auth={**back, **auth("eve", rooms=["r2"])}) as eve:
            assert eve.socket_id != client.socket_id
        with RawClient(cluster["b"].port,
                       auth={**back, **auth(rooms=["r2"])}) as again:
            assert again.socket_id == client.socket_id
            assert next_of(again, "weir:left")[0]["room"] == "chat:r1"
            assert next_of(again, "say")[0]["n"] == "chat:r2"
            assert is_denied(again.emit("join", "chat:r1"))
            answer = again.emit("weir:token", make_token("ada", rooms=["r1"]))
            assert answer["status"] == "ok"
            assert next_of(again, "weir:left")[0]["room"] == "chat:r2"
            again.join("chat:r1")
            assert say(writer, "chat:r1", "last")["status"] == "ok"
            assert next_of(again, "say")[0]["n"] == "last"


def test_nodes_that_take_other_tokens_form_no_cluster(cluster):
    other = WeirNode(
        cluster.config, "cluster.node=x", "cluster.listen=127.0.0.1:0",
        "auth.jwt.issuer=somebody", f"cluster.seeds={cluster.seed}",
        ready=False)
    with other as node:
        node.wait_for_log("another configuration")
        assert "x" not in cluster["a"].peers()
