"""What clients may do by an endpoint that is asked: [auth.webhook]."""

import contextlib
import json
import threading
import time

import pytest
import socketio

import kcat
from drivers import LANGUAGES, Client, driver_of
from raw_client import RawClient
from raw_websocket import Closed
from test_permissions import is_denied, next_of
from test_tokens import (TRANSPORTS, Polling, WebSocket, answer_to, await_close,
                         refused)
from tls_authority import Authority
from tokens import SECRET as TOKEN_SECRET
from tokens import make_token
from waiting import PATIENCE, wait_until
from webhook_endpoint import SECRET, Endpoint, Hangs
from weir_node import WeirNode, check

CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "a secret of the tests"
[auth.webhook]
url = "{url}"
secret = "{secret}"
{more}
[[namespace]]
name = "/"
webhook = ["connect", "join"]
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
[[namespace]]
name = "/free"
  [[namespace.mapping]]
  room = "free:{{id}}"
  topic = "free"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
[[namespace]]
name = "/rooms"
webhook = ["join"]
  [[namespace.mapping]]
  room = "news"
  topic = "news"
  join = "auto"
"""

# What an endpoint has to say in the tests where it is to answer: it must not
# fail because the machine is busy.
PATIENT = 'timeout = "10s"'


def config(endpoint, more=PATIENT):
    return CONFIG.format(url=endpoint.url, secret=SECRET, more=more)


@pytest.fixture(scope="module")
def shared():
    """(node, endpoint), of which each test sets the answers."""
    with Endpoint() as endpoint, WeirNode(config(endpoint)) as node:
        yield node, endpoint


@pytest.fixture
def node(shared):
    return shared[0]


@pytest.fixture
def endpoint(shared):
    shared[1].answer = {"allow": True}
    shared[1].events.clear()
    return shared[1]


driver = driver_of(*LANGUAGES)


def say(client, room, n=0):
    return client.emit("say", {"room": room, "n": n})


def outcomes(node, *names):
    return {x: node.metric("weir_webhook_decisions_total", outcome=x)
            for x in names}


# -- who may enter ------------------------------------------------------------

@TRANSPORTS
def test_who_is_allowed_gets_in_and_nobody_else(node, endpoint, transport):
    endpoint.answer = lambda x: {"allow": x["data"]["auth"] == {"key": "good"}}
    before = node.metric("weir_webhook_refused_total", code="not_allowed")
    client = transport(node.port)
    for wrong in (None, {}, {"key": "bad"}, {"key": ["good"]}):
        assert answer_to(client, wrong) == refused("not_allowed")
    assert answer_to(client, {"key": "good"})[0] == "0"
    assert node.metric("weir_webhook_refused_total",
                  code="not_allowed") == before + 4
    assert endpoint.asked("connect")[-1] == {
        "namespace": "/", "address": "127.0.0.1", "user": None,
        "auth": {"key": "good"}, "claims": None}
    node.wait_for_log(r"a client is not let in by the webhook.*not_allowed")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
def test_official_clients_are_let_in_and_kept_out(node, endpoint, driver,
                                                  transport):
    endpoint.answer = lambda x: {"allow": x["data"].get("auth") is not None
                                 or x["data"].get("room") == "chat:1"}
    with Client(driver, node.url, transport, auth={"a": 1}) as client:
        client.wait_for("connect")
        client.join("chat:1")
        assert is_denied(client.emit("join", "chat:2"))
        assert say(client, "chat:1", 7)["status"] == "ok"
        assert next_of(client, "say")[0]["n"] == 7
    with Client(driver, node.url, transport) as client:
        assert client.wait_for("connect_error")["why"] == "unauthorized"


def test_a_connection_cannot_have_it_asked_all_the_time(node, endpoint):
    endpoint.answer = {"allow": False}
    client = WebSocket(node.port)
    for _ in range(10):
        assert answer_to(client, {}) == refused("not_allowed")
    with pytest.raises(Closed):
        client.receive()
    assert len(endpoint.events) == 10


def test_it_says_who_the_user_is(node, endpoint):
    endpoint.answer = {"allow": True, "user": "crm|ada lovelace"}
    with RawClient(node.port) as client:
        assert say(client, "chat:user")["status"] == "ok"
        client.join("chat:user")
        assert endpoint.asked("join")[-1]["user"] == "crm|ada lovelace"
        status, answer = node.delete("/v1/users/crm%7Cada%20lovelace/connections")
        assert (status, answer["disconnected"]) == (200, 1)
        while client.next_event() != "1":
            pass
    record = wait_until(lambda: [x for x in kcat.consume(node.bootstrap, "chat")
                                 if x.key == "user"], "a record")[-1]
    assert record.headers["ce_weiruser"] == "crm|ada lovelace"


def test_a_user_may_have_so_many_connections():
    with Endpoint({"allow": True, "user": "ada"}) as endpoint, \
            WeirNode(config(endpoint), "limits.connections_per_user=1") as node:
        with RawClient(node.port):
            kind, answer = answer_to(WebSocket(node.port), {})
            assert (kind, answer["message"]) == ("4", "too many connections")
            assert answer_to(WebSocket(node.port), {}, "/free")[0] == "0"


# -- rooms --------------------------------------------------------------------

def test_rooms_that_it_names_are_joined_without_asking(node, endpoint):
    endpoint.answer = {"allow": True, "rooms": ["chat:a", "nowhere", "chat:b"]}
    with RawClient(node.port) as client:
        for room in ("chat:a", "chat:b"):
            await_room(client, room)
        assert not endpoint.asked("join")
    node.wait_for_log("the webhook names a room.*nowhere")


def await_room(client, room):
    """A join by itself is not answered: until then nothing comes of it."""
    def hears_itself():
        assert say(client, room)["status"] == "ok"
        client.is_quiet()
        return any(x[:1] == ["say"] and x[1]["room"] == room
                   for x in client.events)
    wait_until(hears_itself, f"an event of {room}")


def test_who_may_join_a_room_gets_its_events_and_nobody_else(node, endpoint):
    endpoint.answer = lambda x: {
        "allow": True, "user": x["data"]["auth"]["name"]
    } if x["type"] == "weir.connect" else {
        "allow": (x["data"]["user"], x["data"]["room"]) == ("ada", "chat:j")}
    with RawClient(node.port, auth={"name": "ada"}) as ada, \
            RawClient(node.port, auth={"name": "eve"}) as eve:
        ada.join("chat:j")
        for since in ([], [{"since": "0:0"}]):
            assert is_denied(eve.emit("join", "chat:j", *since))
        assert is_denied(ada.emit("join", "chat:k"))
        assert endpoint.asked("join")[0] == {
            "namespace": "/", "address": "127.0.0.1", "user": "ada",
            "room": "chat:j", "claims": None}
        assert say(eve, "chat:j", 1)["status"] == "ok"
        assert next_of(ada, "say")[0]["n"] == 1
        assert is_denied(eve.emit("join", "chat:j"))
        assert all(x[0] != "say" for x in eve.events)


def test_it_is_asked_about_automatic_rooms(node, endpoint):
    endpoint.answer = {"allow": False}
    with RawClient(node.port, "/rooms") as client:
        assert next_of(client, "weir:left")[0] == {
            "room": "news", "reason": "not_allowed"}
    endpoint.answer = {"allow": True}
    with RawClient(node.port, "/rooms") as client:
        def hears():
            kcat.produce(node.bootstrap, "news", "news", {"n": 1})
            return not client.is_quiet()
        wait_until(hears, "an event")
        assert next_of(client, "message") == [{"n": 1}]


def test_who_comes_back_is_asked_about_again(node, endpoint):
    endpoint.answer = {"allow": True, "user": "ada"}
    with RawClient(node.port) as client:
        client.join("chat:r1"), client.join("chat:r2")
        back = {"pid": client.pid, "offset": client.events[-1][-1]}
    endpoint.answer = lambda x: {"allow": x["data"].get("room") != "chat:r1",
                                 "user": "ada"}
    with RawClient(node.port, auth=back) as again:
        assert again.socket_id == client.socket_id
        assert again.next_event()[:2] == [
            "weir:left", {"room": "chat:r1", "reason": "not_allowed"}]
        for room in ("chat:r1", "chat:r2"):
            assert say(again, room, room)["status"] == "ok"
        assert next_of(again, "say")[0]["n"] == "chat:r2"
    assert endpoint.asked("connect")[-1]["auth"] is None
    endpoint.answer = {"allow": True, "user": "eve"}
    with RawClient(node.port, auth=back) as other:
        assert other.socket_id != client.socket_id


# -- for how long -------------------------------------------------------------

def test_an_answer_is_used_for_as_long_as_it_says(node, endpoint):
    endpoint.answer = lambda x: {"allow": x["type"] == "weir.connect",
                                 "expires_at": int(time.time()) + 3600}
    before = outcomes(node, "cached")["cached"]
    for n in range(3):
        with RawClient(node.port, auth={"who": "cached"}) as client:
            assert is_denied(client.emit("join", "chat:cached"))
    assert len(endpoint.events) == 2
    assert outcomes(node, "cached")["cached"] == before + 4
    with RawClient(node.port, auth={"who": "another"}):
        assert len(endpoint.asked("connect")) == 2


def test_a_connection_ends_with_what_was_allowed(node, endpoint):
    endpoint.answer = lambda x: {"allow": True,
                                 "expires_at": int(time.time()) + 4}
    before = node.metric("weir_webhook_expired_total")
    with RawClient(node.port, auth={"n": 1}) as client:
        await_close(client)
    assert node.metric("weir_webhook_expired_total") == before + 1
    polling = Polling(node.port)
    assert answer_to(polling, {"n": 2})[0] == "0"
    while polling.session.get().status == 200:
        pass
    endpoint.answer = {"allow": True, "expires_at": int(time.time()) - 1}
    assert answer_to(WebSocket(node.port), {}) == refused("not_allowed")


def test_an_official_client_comes_back_when_it_ends(node, endpoint):
    endpoint.answer = lambda x: {"allow": True, "expires_at": int(
        time.time()) + (3600 if len(endpoint.events) > 1 else 4)}
    connected = threading.Semaphore(0)
    client = socketio.Client(reconnection_delay=0.1, randomization_factor=0)
    client.on("connect", lambda: connected.release())
    client.connect(node.url, auth={"who": "returns"})
    try:
        for _ in range(2):
            assert connected.acquire(timeout=PATIENCE)
        assert client.call("say", {"room": "chat:1"})["status"] == "ok"
    finally:
        client.disconnect()


# -- over which connections ----------------------------------------------------

# Afterwards a connection makes way for another one.
LIFETIME = 30.0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_questions_share_connections(tmp_path, scheme):
    authority = Authority(tmp_path)
    certificate = authority.issue() if scheme == "https" else None
    more = f"{PATIENT}\nca = '{authority.file}'"
    with Endpoint(certificate=certificate) as endpoint, \
            WeirNode(config(endpoint, more)) as node:
        begin = time.monotonic()
        for _ in range(20):
            with RawClient(node.port) as client:
                for room in range(4):  # one after the other
                    client.join(f"chat:{room}")
        assert len(endpoint.events) == 100
        assert endpoint.connections <= 1 + (time.monotonic() - begin) // LIFETIME
        before = endpoint.connections
        with RawClient(node.port) as client:
            joins = [client.start_emit("join", f"chat:{n}") for n in range(200)]
            assert all(client.ack_of(x)["status"] == "ok" for x in joins)
        assert len(endpoint.events) == 301
        # As many as there are questions at a time; `concurrency`.
        assert endpoint.connections - before <= 32 + (
            time.monotonic() - begin) // LIFETIME * 32


def test_an_endpoint_may_end_each_connection():
    with Endpoint(keeps=False) as endpoint, WeirNode(config(endpoint)) as node:
        for _ in range(10):
            with RawClient(node.port) as client:
                client.join("chat:1")
        assert len(endpoint.events) == endpoint.connections == 20
        assert outcomes(node, "failed") == {"failed": 0}


# -- an endpoint that does not do what it should ------------------------------

@contextlib.contextmanager
def a_client_is_served(node):
    """While this lasts, somebody who is not asked about notices nothing: more
    than a hundred round trips, and an event to itself each time."""
    with RawClient(node.port, "/free") as client:
        client.join("free:1")
        yield lambda: [serve(client, n) for n in range(100)]


def serve(client, n):
    assert client.emit("say", {"room": "free:1", "n": n})["status"] == "ok"
    assert next_of(client, "say")[0]["n"] == n


def test_while_it_hangs_all_others_are_served():
    hanging = Hangs()
    with Endpoint(hanging) as endpoint, WeirNode(config(endpoint)) as node, \
            a_client_is_served(node) as serve_others:
        clients = [WebSocket(node.port) for _ in range(20)]
        for i, client in enumerate(clients):
            client.send("0" + json.dumps({"hangs": i}))
        wait_until(lambda: endpoint.running == 20, "the questions")
        serve_others()
        assert node.get("/readyz")[0] == 200
        hanging.release()
        for client in clients:  # the machine may be so busy that it is late
            text = client.receive()
            assert text.startswith('0{"sid"') or "unavailable" in text, text


def test_an_answer_that_takes_longer_than_a_second_is_none():
    """Without a limit of its own in the configuration."""
    with Endpoint(Hangs()) as endpoint, \
            WeirNode(config(endpoint, more="")) as node:
        client = WebSocket(node.port)
        begin = time.monotonic()
        assert answer_to(client, {}) == refused("unavailable")
        assert time.monotonic() - begin > 0.9
        assert node.metric("weir_webhook_refused_total", code="unavailable") == 1
        assert outcomes(node, "failed") == {"failed": 1}
        node.wait_for_log("the webhook does not answer.*auth.webhook.url")


GOOD = {"allow": True}
LIES = [
    (500, {}, b'{"allow": true}'),
    (201, {}, b'{"allow": true}'),
    (204, {}, b""),
    (301, {"Location": "/good"}, b'{"allow": true}'),
    (302, {"Location": "/good"}, b'{"allow": true}'),
    (307, {"Location": "/good"}, b'{"allow": true}'),
    (401, {}, b'{"allow": true}'),
    (200, {}, b""),
    (200, {}, b"true"),
    (200, {}, b"<html>allow</html>"),
    (200, {}, b'{"allow": true'),
    (200, {}, b'{"allow": true}}'),
    (200, {}, b'{"allow": 1}'),
    (200, {}, b'{"allow": "true"}'),
    (200, {}, b'{"allow": [true]}'),
    (200, {}, b'{"result": {"allow": true}}'),
    (200, {}, b'{"allow": true, "rooms": "chat:1"}'),
    (200, {}, b'{"allow": true, "rooms": [1]}'),
    (200, {}, b'{"allow": true, "rooms": {"chat:1": true}}'),
    (200, {}, json.dumps({"allow": True, "rooms": ["r"] * 257}).encode()),
    (200, {}, json.dumps({"allow": True, "rooms": ["r" * 256]}).encode()),
    (200, {}, b'{"allow": true, "user": 7}'),
    (200, {}, b'{"allow": true, "user": ""}'),
    (200, {}, b'{"allow": true, "user": "a\\nb"}'),
    (200, {}, json.dumps({"allow": True, "user": "u" * 256}).encode()),
    (200, {}, b'{"allow": true, "expires_at": "2030-01-01T00:00:00Z"}'),
    (200, {}, b'{"allow": true, "expires_at": 1.5}'),
    (200, {}, b'{"allow": true, "expires_at": -1}'),
    (200, {}, b'{"allow": true, "expires_at": 99999999999999999999}'),
    (200, {}, b'{"allow": true, "x": "' + b"x" * 70_000 + b'"}'),
    (200, {}, b'{"allow": true}' + b" " * 10_000_000),
    (200, {"Content-Length": 10**12}, b'{"allow": true}'),
    (200, {"X": "x" * 20_000}, b'{"allow": true}'),
    (200, {}, b"[" * 60_000),
    (200, {}, b'{"allow": true, "user": "\xff\xfe"}'),
]


def test_what_it_says_wrongly_lets_nobody_in(node, endpoint):
    with a_client_is_served(node) as serve_others:
        for lie in LIES:
            endpoint.answer = lie
            answer = answer_to(WebSocket(node.port), {})
            assert answer == refused("unavailable"), (lie[:2], lie[2][:80])
            endpoint.answer = GOOD  # so that it is not left alone
            assert answer_to(WebSocket(node.port), {})[0] == "0", lie[2][:80]
        serve_others()


def test_one_that_is_gone_lets_nobody_in_until_it_is_back():
    with Endpoint() as endpoint:
        text = config(endpoint)
        with WeirNode(text) as node:
            with RawClient(node.port) as member:
                member.join("chat:1")
                endpoint.__exit__(None)

                def is_left_alone():
                    assert answer_to(WebSocket(node.port), {}) == refused(
                        "unavailable")
                    return outcomes(node, "left_alone")["left_alone"] > 0
                wait_until(is_left_alone, "nobody to ask any more")
                answer = member.emit("join", "chat:2")
                assert answer["code"] == "unavailable"
                # who is in stays, and may do what it may
                assert say(member, "chat:1", 1)["status"] == "ok"
                assert next_of(member, "say")[0]["n"] == 1
                with Endpoint(port=endpoint.port) as again:
                    wait_until(lambda: answer_to(
                        WebSocket(node.port), {})[0] == "0", "to be let in")
                    member.join("chat:2")
                    for n in range(10):  # not left alone any more
                        member.join(f"chat:{n}")
                    assert len(again.asked("join")) == 11


def test_it_is_asked_so_many_questions_at_a_time():
    hanging = Hangs()
    with Endpoint(hanging) as endpoint, \
            WeirNode(config(endpoint,
                            PATIENT + "\nconcurrency = 2\nwaiting = 3")) as node:
        clients = [WebSocket(node.port) for _ in range(9)]
        for i, client in enumerate(clients):
            client.send("0" + json.dumps({"n": i}))
        wait_until(lambda: outcomes(node, "too_many")["too_many"] == 4,
                   "those who are too many")
        hanging.release()
        answers = [client.receive() for client in clients]
        assert sum("unavailable" in x for x in answers) == 4, answers
        assert sum(x.startswith('0{"sid"') for x in answers) == 5, answers
        assert endpoint.most_running <= 2
        assert len(endpoint.events) == 5


def test_a_node_stops_with_questions_open():
    hanging = Hangs()
    with Endpoint() as endpoint, \
            WeirNode(config(endpoint, 'timeout = "2s"'),
                     "server.drain_time=60s") as node:
        with RawClient(node.port) as client:
            endpoint.answer = hanging
            join = client.start_emit("join", "chat:1")
            entering = WebSocket(node.port)
            entering.send("0{}")
            wait_until(lambda: endpoint.running == 2, "the questions")
            node.terminate()
            assert client.ack_of(join)["code"] == "unavailable"
            await_close(client)
        assert node.wait_for_exit() == 0


def test_a_node_does_not_stop_for_who_is_not_in_yet():
    """It ends with the question under way, which nobody waits for any more."""
    with Endpoint(Hangs()) as endpoint, WeirNode(config(endpoint)) as node:
        for transport in (WebSocket, Polling):
            transport(node.port).send("0{}")
        wait_until(lambda: endpoint.running == 2, "the questions")
        node.stop()


# -- over TLS -----------------------------------------------------------------

def test_over_https_it_must_be_the_one_that_is_meant(tmp_path):
    authority = Authority(tmp_path)
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    good = authority.issue()
    wrong_name = authority.issue("elsewhere.example.org", address=None)
    wrong_authority = other.issue()
    for certificate, ca, expected in [
            (good, authority.file, "0"), (good, other.file, "4"),
            (wrong_name, authority.file, "4"),
            (wrong_authority, authority.file, "4"), (good, None, "4")]:
        more = PATIENT + (f"\nca = '{ca}'" if ca else "")
        with Endpoint(certificate=certificate) as endpoint, \
                WeirNode(config(endpoint, more)) as node:
            kind, answer = answer_to(WebSocket(node.port), {})
            assert kind == expected, (certificate, ca)
            if expected == "4":
                assert answer["data"] == {"code": "unavailable"}
                assert not endpoint.events


# -- with tokens --------------------------------------------------------------

def test_with_tokens_it_is_told_their_claims_and_never_them():
    with Endpoint() as endpoint:
        text = config(endpoint).replace("[auth.webhook]", f"""
[auth.jwt]
algorithms = ["HS256"]
secret = "{TOKEN_SECRET}"
[auth.webhook]""").replace('events = ["say"]', """events = ["say"]
  allow = { join = ["/rooms = {id}"], emit = ["authenticated"] }""")
        with WeirNode(text) as node:
            shown = make_token("ada", rooms=["1", "2"])
            with RawClient(node.port, auth={"token": shown}) as client:
                asked = endpoint.asked("connect")[-1]
                assert asked["user"] == asked["claims"]["sub"] == "ada"
                assert asked["auth"] is None
                assert not any(shown.split(".")[2] in json.dumps(x)
                               for x in endpoint.events)
                client.join("chat:1")
                assert endpoint.asked("join")[-1]["claims"]["rooms"] == ["1", "2"]
                # it is asked about what the rules allow, and may deny it
                assert is_denied(client.emit("join", "chat:3"))
                assert len(endpoint.asked("join")) == 1
                endpoint.answer = {"allow": False}
                assert is_denied(client.emit("join", "chat:2"))
            assert answer_to(WebSocket(node.port), {}) == refused(
                "token_missing")
            endpoint.answer = {"allow": True, "user": "eve"}
            assert answer_to(WebSocket(node.port), {"token": shown}) == refused(
                "not_allowed")
            endpoint.answer = {"allow": True, "rooms": ["chat:1", "chat:3"]}
            with RawClient(node.port, auth={"token": shown}) as client:
                await_room(client, "chat:1")
                assert not any("chat:3" in str(x) for x in client.events)


# -- what is wrong with a configuration ---------------------------------------

@pytest.mark.parametrize("old,new,expected", [
    ("http://127.0.0.1", "http://192.0.2.1", "only on this machine"),
    ("http://127.0.0.1:", "nonsense:", "no URL of a server"),
    (SECRET, "whsec_c2hvcnQ=", "base64 of 24 to 64 bytes"),
    (f'secret = "{SECRET}"', "", "questions must be signed"),
    (f'secret = "{SECRET}"', 'secret_file = "empty"', "is empty"),
    (PATIENT, "ca = 'nowhere.pem'", "is not a file"),
    (PATIENT, 'timeout = "1m"', "timeout"),
    ('webhook = ["join"]', 'webhook = ["emit"]', "join"),
    ("[auth.webhook]", "[auth.webhok]", "did you mean")])
def test_what_is_wrong_is_reported_with_file_and_line(tmp_path, old, new,
                                                      expected):
    (tmp_path / "empty").write_text("")
    text = CONFIG.format(url="http://127.0.0.1:1/ask", secret=SECRET,
                         more=PATIENT)
    assert old in text and check(text)[0] == 0
    changed = text.replace(old, new.replace("empty", f"{tmp_path}/empty"), 1)
    status, said = check(changed)
    assert status == 1 and expected in said, said
    assert "weir.toml:" in said
    assert SECRET not in said and "c2hvcnQ" not in said


def test_no_output_shows_the_secret(node, endpoint):
    for word in (SECRET, SECRET.removeprefix("whsec_")):
        assert not any(word in x for x in node.log())
        assert word not in node.get("/metrics")[1]
