"""Tokens, permissions, revocation and a webhook on three nodes."""

import contextlib
import json

import pytest

import kcat
from raw_client import RawClient
from test_permissions import auth, is_denied, next_of, say
from test_tokens import WebSocket, answer_to, refused
from tokens import SECRET, make_token
from waiting import wait_until
from webhook_endpoint import SECRET as WEBHOOK_SECRET
from webhook_endpoint import Endpoint
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, delete_topic, mapping_of, unique
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
""" + mapping_of("chat") + """\
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


# -- revocation ---------------------------------------------------------------

@pytest.fixture(scope="module")
def denying(kafka):
    prefix = unique("denying")
    create_topic(kafka, f"{prefix}.denied", cleanup_policy="compact")
    text = f'[auth]\ndeny_topic = "{prefix}.denied"\n' + config_of(kafka, prefix)
    with WeirCluster(text, "abc") as cluster:
        cluster.denied = f"{prefix}.denied"
        yield cluster


def deny(cluster, kafka, name):
    kcat.produce(kafka, cluster.denied, name, {"why": "a test"})


def lift(cluster, kafka, name):
    """A tombstone: kcat takes an empty line for one, and nothing for nothing."""
    kcat.run_kcat(["kcat", "-P", "-b", kafka, "-t", cluster.denied, "-q", "-X",
                   "partitioner=murmur2_random", "-K=", "-Z"],
                  f"{name}=\n".encode())


def is_let_in(node, user="ada", **claims):
    kind, answer = answer_to(WebSocket(node.port), auth(user, **claims))
    if kind == "4":
        assert answer == refused("revoked")[1]
    return kind == "0"


def assert_sent_away(client):
    """By a DISCONNECT packet: official clients stay away."""
    while client.next_event() != "1":
        pass


def test_a_user_is_sent_away_from_all_nodes(cluster):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(x.port, auth=auth("a|b c")))
                   for x in cluster.nodes.values()]
        bystander = stack.enter_context(RawClient(
            cluster["b"].port, auth=auth("bystander", rooms=["by"])))
        assert cluster["c"].delete("/v1/users/a%7Cb%20c/connections") == (
            200, {"disconnected": 3, "silent_nodes": []})
        for client in clients:
            assert_sent_away(client)
        assert say(bystander, "chat:by")["status"] == "ok"
    assert cluster["a"].delete("/v1/users/nobody/connections")[0] == 404


@pytest.mark.parametrize("name", ["ada", "token-7"])
def test_who_is_denied_goes_and_stays_away(denying, kafka, name):
    claims = {"jti": "token-7"}
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(x.port, auth=auth(**claims)))
                   for x in denying.nodes.values()]
        bystander = stack.enter_context(RawClient(
            denying["a"].port, auth=auth("eve", rooms=["1"], jti="token-8")))
        deny(denying, kafka, name)
        for client in clients:
            assert_sent_away(client)
        for node in denying.nodes.values():
            assert not is_let_in(node, **claims)
        assert say(bystander, "chat:1")["status"] == "ok"
        answer = bystander.emit("weir:token", make_token("eve", jti="token-7"))
        assert (answer["status"] == "error") == (name == "token-7")
    lift(denying, kafka, name)
    for node in denying.nodes.values():
        wait_until(lambda: is_let_in(node, **claims), "the denial's end")


def test_a_node_that_starts_knows_who_is_denied(denying, kafka):
    deny(denying, kafka, "mallory")
    wait_until(lambda: not is_let_in(denying["a"], "mallory"), "the denial")
    node = denying.add("d")
    assert not is_let_in(node, "mallory")
    assert is_let_in(node, "ada")
    node.terminate(), node.wait_for_exit()
    del denying.nodes["d"]


@pytest.mark.parametrize("names", [["ada"], ["ada", "bob", "carl"]])
def test_a_deny_topic_that_is_created_again_counts_alone(kafka, names):
    """With as many records as before, or more, and sockets that are there."""
    prefix = unique("recreated")
    create_topic(kafka, f"{prefix}.denied", cleanup_policy="compact")
    text = f'[auth]\ndeny_topic = "{prefix}.denied"\n' + config_of(kafka, prefix)
    with WeirCluster(text, "ab") as cluster, contextlib.ExitStack() as stack:
        cluster.denied = f"{prefix}.denied"
        deny(cluster, kafka, "eve")
        for node in cluster.nodes.values():
            wait_until(lambda: not is_let_in(node, "eve"), "the denial")
        clients = [stack.enter_context(RawClient(x.port, auth=auth()))
                   for x in cluster.nodes.values()]
        bystander = stack.enter_context(RawClient(
            cluster["a"].port, auth=auth("eva", rooms=["1"])))
        delete_topic(kafka, cluster.denied)
        create_topic(kafka, cluster.denied, cleanup_policy="compact")
        for name in names:
            deny(cluster, kafka, name)
        for client in clients:
            assert_sent_away(client)
        for node in cluster.nodes.values():
            for name in names:
                wait_until(lambda: not is_let_in(node, name), "the denial")
            assert is_let_in(node, "eve")
        assert say(bystander, "chat:1")["status"] == "ok"


def test_who_cannot_know_who_is_denied_lets_nobody_in(kafka):
    prefix = unique("missing")
    text = f'[auth]\ndeny_topic = "{prefix}.denied"\n' + config_of(kafka, prefix)
    with WeirNode(text, ready=False) as node:
        wait_until(lambda: "deny_topic" in node.reasons(),
                   "the reason in /readyz")
        waiting = WebSocket(node.port)
        waiting.send("0" + json.dumps(auth()))
        create_topic(kafka, f"{prefix}.denied", cleanup_policy="compact")
        node.wait_until_ready()
        assert waiting.receive().startswith("0")
        assert is_let_in(node)


def test_nodes_that_take_other_tokens_form_no_cluster(cluster):
    other = WeirNode(
        cluster.config, "cluster.node=x", "cluster.listen=127.0.0.1:0",
        "auth.jwt.issuer=somebody", f"cluster.seeds={cluster.seed}",
        ready=False)
    with other as node:
        node.wait_for_log(r"another configuration of \[auth\]")
        assert "x" not in cluster["a"].peers()


def test_nodes_move_to_another_key_set_one_after_the_other(kafka, tmp_path):
    """They stay linked, and find each other again, while they differ; and say
    in what."""
    def named(node, field):
        return {x["name"]: x[field] for x in node.get("/v1/nodes")[1]["nodes"]}

    config = config_of(kafka, unique("moving"))
    url = "jwks = 'https://127.0.0.1:1/{}'\n[[namespace]]"
    one, two = (config.replace('algorithms = ["HS256"]',
                               'algorithms = ["HS256", "RS256"]')
                .replace("[[namespace]]", url.format(x)) for x in ("a", "b"))
    with WeirCluster(one, "ab") as cluster:
        a, b = cluster["a"], cluster["b"]
        assert len(set(named(a, "token_keys").values())) == 1
        a.file.write_text(two)
        assert a.ask("POST", "/v1/reload?node=a")[0] == 200
        b.wait_for_log('configuration is not this one.* what="keys of tokens"')
        for node in a, b:
            assert len(set(named(node, "mappings").values())) == 1
            assert len(set(named(node, "token_keys").values())) == 2
        cluster.kill("b")
        b = cluster.add("b")
        cluster.wait_until_whole()
        b.wait_for_log('configuration is not this one.* what="keys of tokens"')
        with RawClient(b.port, auth=auth("b", rooms=["1"])) as on_b, \
                RawClient(a.port, auth=auth("a", rooms=["1"])) as on_a:
            on_b.join("chat:1")
            assert say(on_a, "chat:1", 1)["status"] == "ok"
            assert next_of(on_b, "say")[0]["n"] == 1
        b.file.write_text(two)
        assert b.ask("POST", "/v1/reload?node=b")[0] == 200
        wait_until(lambda: len(set(named(a, "token_keys").values())) == 1,
                   "both to have the same again")
        assert not any("another configuration" in x for x in a.log() + b.log())


# -- a webhook ----------------------------------------------------------------

ASKING = """
[auth]
deny_topic = "{prefix}.denied"
[auth.webhook]
url = "{url}"
secret = "{secret}"
timeout = "10s"
{config}
[[namespace]]
name = "/asked"
auth = "none"
webhook = ["connect", "join"]
recovery = "2m"
  [[namespace.mapping]]
  room = "asked:{{id}}"
  topic = "{prefix}.asked"
  key = "{{id}}"
  allow.join = ["anyone"]
"""


@pytest.fixture(scope="module")
def asking(kafka):
    prefix = unique("asking")
    create_topic(kafka, f"{prefix}.denied", cleanup_policy="compact")
    create_topic(kafka, f"{prefix}.asked")
    with Endpoint(lambda x: {"allow": True, **(x["data"].get("auth") or {})},
                  cluster=prefix) as endpoint:
        text = ASKING.format(prefix=prefix, url=endpoint.url,
                             secret=WEBHOOK_SECRET,
                             config=config_of(kafka, prefix))
        with WeirCluster(text, "abc") as cluster:
            cluster.denied = f"{prefix}.denied"
            yield cluster


def enter(node, user, **back):
    return RawClient(node.port, "/asked", auth={"user": user, **back})


def await_disconnect(client):
    while client.next_event() != "1/asked,":
        pass


def test_whom_a_webhook_names_is_sent_away_from_all_nodes(asking):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(enter(x, "a|b c"))
                   for x in asking.nodes.values()]
        bystander = stack.enter_context(enter(asking["b"], "bystander"))
        assert asking["c"].delete("/v1/users/a%7Cb%20c/connections") == (
            200, {"disconnected": 3, "silent_nodes": []})
        for client in clients:
            await_disconnect(client)
        bystander.join("asked:1")


def test_whom_a_webhook_names_may_be_denied(asking, kafka):
    with enter(asking["a"], "eve") as eve, enter(asking["b"], "ada") as ada:
        deny(asking, kafka, "eve")
        await_disconnect(eve)
        for node in asking.nodes.values():
            wait_until(lambda: answer_to(WebSocket(node.port), {"user": "eve"},
                                         "/asked") == refused("revoked"),
                       "that she is denied everywhere")
        ada.join("asked:1")


def test_whom_a_webhook_names_comes_back_on_another_node(asking):
    with enter(asking["a"], "ada") as client:
        client.join("asked:r")
        back = {"pid": client.pid, "offset": client.events[-1][-1]}
    with enter(asking["c"], "eva", **back) as other:
        assert other.socket_id != client.socket_id
    with enter(asking["b"], "ada", **back) as again:
        assert again.socket_id == client.socket_id
