"""Who is let in by a client's certificate, as whom, and for how long:
auth.certificate_user."""

import json
import ssl
import time
import urllib.parse

import pytest
import requests
import socketio

import kcat
from engineio_client import open_websocket, request
from raw_client import RawClient
from raw_websocket import Closed
from test_tokens import (SHORT, TRANSPORTS, Polling, WebSocket, answer_to,
                         await_close, refused)
from tls_authority import Authority
from tokens import SECRET, make_token
from waiting import PATIENCE, wait_until
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import WeirNode, check

ADA, EVE = "spiffe://example.org/ada", "spiffe://example.org/eve"

CONFIG = """
[kafka]
{kafka}
[cluster]
name = "{name}"
secret = "a secret of the tests"
[server.tls]
certificate = "{pair[0]}"
key = "{pair[1]}"
client_ca = "{ca}"
[admin.tls]
certificate = "{pair[0]}"
key = "{pair[1]}"
[auth]
certificate_user = "{kind}"
deny_topic = "{name}.denied"
{more}
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "{name}.chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["/sub = spiffe://example.org/{{id}}"], emit = ["authenticated"] }}
  [[namespace.mapping]]
  room = "own:{{user}}"
  topic = "{name}.own"
  join = "claim:/sub"
  history = 10
  allow = {{ history = ["/sub = {{user}}"] }}
[[namespace]]
name = "/optional"
auth = "optional"
[[namespace]]
name = "/open"
auth = "none"
"""

TOKENS = f"""
[auth.jwt]
algorithms = ["HS256"]
secret = "{SECRET}"
leeway = "0s"
"""


EMIT = '21["say",{"room":"chat:ada"}]'


class World:
    """An authority, and whom it has signed."""

    def __init__(self, folder):
        self.authority = Authority(folder)
        self.pair = self.authority.issue("weir.example.org")
        self.made = 0

    def config(self, kind="uri", more="", kafka="embedded = true", name="weir"):
        return CONFIG.format(pair=self.pair, ca=self.authority.file, kind=kind,
                             more=more, kafka=kafka, name=name)

    def context(self, *names, lasts=600):
        """Of a client with a certificate for these names."""
        self.made += 1
        result = self.nobody()
        result.load_cert_chain(*self.authority.sign(f"client-{self.made}",
                                                    *names, lasts=lasts))
        return result

    def nobody(self):
        return ssl.create_default_context(cafile=self.authority.file)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def node(world):
    with WeirNode(world.config(), tls=world.nobody()) as node:
        yield node


@pytest.fixture(scope="module")
def with_tokens(world):
    with WeirNode(world.config(more=TOKENS), tls=world.nobody()) as node:
        yield node


@pytest.fixture(scope="module")
def ada(world):
    return world.context(f"URI:{ADA}", "DNS:ada.example.org")


@pytest.fixture(scope="module")
def eve(world):
    return world.context(f"URI:{EVE}")


def user_of_last_record(node):
    record = wait_until(lambda: kcat.consume(node.bootstrap, "weir.chat"),
                        "a record")[-1]
    return record.headers.get("ce_weiruser")


def say(client):
    """By whatever transport; the ack."""
    client.send(EMIT)
    while not (text := client.receive()).startswith("31"):
        pass
    return json.loads(text[2:])[0]


# -- as whom ------------------------------------------------------------------

@TRANSPORTS
def test_records_name_the_certificates_user(node, ada, transport):
    client = transport(node.port, tls=ada)
    assert answer_to(client, None)[0] == "0"
    assert say(client)["status"] == "ok"
    assert user_of_last_record(node) == ADA


@pytest.mark.parametrize("kind, user", [
    ("dns", "ada.example.org"), ("email", "Ada@example.org")])
def test_it_may_be_a_host_or_a_mailbox(world, kind, user):
    shown = world.context(f"URI:{ADA}", "DNS:Ada.Example.org",
                          "email:Ada@Example.org", "IP:127.0.0.1")
    with WeirNode(world.config(kind), tls=world.nobody()) as node:
        client = WebSocket(node.port, tls=shown)
        assert answer_to(client, None)[0] == "0"
        assert say(client)["status"] == "ok"
        assert user_of_last_record(node) == user


def test_rules_know_the_user(node, ada):
    for user in (EVE, ADA):
        kcat.produce(node.bootstrap, "weir.own", f"own:{user}", {"to": user})
    with RawClient(node.port, tls=ada) as client:
        client.join("chat:ada")
        assert client.emit("join", "chat:eve")["code"] == "not_allowed"
        while (event := client.next_event())[0] != "message":
            pass
        assert event[1] == {"to": ADA}


@pytest.mark.parametrize("transports", [["polling"], ["websocket"],
                                        ["polling", "websocket"]])
def test_an_official_client_shows_its_certificate(world, node, transports):
    session = requests.Session()
    session.trust_env = False  # which may name other authorities
    session.verify = world.authority.file
    session.cert = world.authority.sign("official", f"URI:{ADA}")
    client = socketio.Client(http_session=session, reconnection=False)
    client.connect(node.url, transports=transports)
    try:
        assert client.call("say", {"room": "chat:ada"},
                           timeout=PATIENCE)["status"] == "ok"
    finally:
        client.disconnect()
    assert user_of_last_record(node) == ADA


# -- kept out -----------------------------------------------------------------

REFUSED = [
    ([], "certificate_user_missing"),  # its CN does not count
    (["DNS:ada.example.org", "email:a@b"], "certificate_user_missing"),
    ([f"URI:{ADA}", f"URI:{EVE}"], "certificate_user_ambiguous"),
    ([f"URI:{ADA}", f"URI:{ADA}"], "certificate_user_ambiguous"),
    (["URI:ada"], "certificate_user_invalid"),
    (["URI:spiffe://example.org/" + "a" * 300], "certificate_user_invalid")]


@TRANSPORTS
def test_who_shows_none_is_refused_where_it_is_required(node, transport):
    client = transport(node.port, tls=node.tls)
    before = node.metric("weir_tokens_refused_total", code="certificate_missing")
    assert answer_to(client, {"token": "x"}) == refused("certificate_missing")
    assert node.metric("weir_tokens_refused_total",
                  code="certificate_missing") == before + 1
    node.wait_for_log("a client's certificate is refused.*address=127.*nsp=/ "
                      "code=certificate_.*why=")
    assert answer_to(client, None, "/optional")[0] == "0"
    assert answer_to(client, None, "/open")[0] == "0"


@TRANSPORTS
@pytest.mark.parametrize("names, code", REFUSED)
def test_who_names_no_user_is_refused(world, node, with_tokens, transport,
                                      names, code):
    shown = world.context(*names)
    before = node.metric("weir_tokens_refused_total", code=code)
    client = transport(node.port, tls=shown)
    assert answer_to(client, None) == refused(code)
    assert node.metric("weir_tokens_refused_total", code=code) == before + 1
    assert answer_to(client, None, "/optional") == refused(code)
    assert answer_to(client, None, "/open")[0] == "0"
    client = transport(with_tokens.port, tls=shown)
    assert answer_to(client, {"token": make_token(ADA)}) == refused(code)


def test_who_is_signed_by_another_gets_no_session(world, node, tmp_path):
    stranger = Authority(tmp_path, "stranger")
    context = world.nobody()
    context.load_cert_chain(*stranger.sign("ada", f"URI:{ADA}"))
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        WebSocket(node.port, tls=context)


@pytest.mark.parametrize("method", ["GET", "POST", "websocket"])
def test_a_session_is_asked_for_with_its_certificate_only(world, node, ada, eve,
                                                          method):
    client = Polling(node.port, tls=ada)
    assert answer_to(client, None)[0] == "0"
    own = client.session
    before = node.metric("weir_http_requests_refused_total")
    for thief in (eve, node.tls, world.context("DNS:a")):
        if method == "websocket":
            found = open_websocket(node.port, own.sid, tls=thief)
        else:
            found = request(node.port, method, own.target(), tls=thief,
                            body='4' + EMIT if method == "POST" else None)
        assert found.status == 400 and b"Session ID unknown" in found.body
    assert node.metric("weir_http_requests_refused_total") == before + 3
    node.wait_for_log("a session was asked for without its user's certificate")
    own.tls = world.context(f"URI:{ADA}")  # renewed meanwhile
    assert say(client)["status"] == "ok"


def test_nor_is_it_by_way_of_another_node(world, kafka, ada, eve):
    name = unique("certificates")
    for topic in ("chat", "own"):
        create_topic(kafka, f"{name}.{topic}")
    create_topic(kafka, f"{name}.denied", cleanup_policy="compact")
    config = world.config(kafka=f'brokers = "{kafka}"', name=name)
    with WeirCluster(config, "ab", tls=world.nobody()) as cluster:
        client = Polling(cluster["a"].port, tls=ada)
        assert answer_to(client, None)[0] == "0"
        client.session.port = cluster["b"].port
        where = client.session.target()
        for thief in (eve, world.nobody()):
            for method, body in (("GET", None), ("POST", "4" + EMIT)):
                found = request(cluster["b"].port, method, where, body,
                                tls=thief)
                assert found.status == 400
                assert b"Session ID unknown" in found.body
        assert say(client)["status"] == "ok"


# -- beside tokens ------------------------------------------------------------

@TRANSPORTS
def test_a_token_beside_it_is_of_the_same_user(with_tokens, ada, transport):
    node = with_tokens

    def answer(context, *users, **claims):
        shown = {"token": make_token(*users, **claims)} if users else None
        return answer_to(transport(node.port, tls=context), shown)

    assert answer(ada)[0] == "0"
    assert answer(ada, ADA)[0] == "0"
    assert answer(node.tls, EVE)[0] == "0"
    assert answer(ada, EVE) == refused("user_mismatch")
    assert answer(ada, ADA, lasts=-1) == refused("token_expired")
    assert answer(node.tls) == refused("token_missing")


def test_a_token_that_comes_later_is_of_the_same_user(with_tokens, ada):
    with RawClient(with_tokens.port, tls=ada) as client:
        answer = client.emit("weir:token", make_token(EVE))
        assert answer["code"] == "not_allowed"
        assert "user_mismatch" in answer["message"]
        assert client.emit("weir:token", make_token(ADA))["status"] == "ok"


# -- for how long -------------------------------------------------------------

def test_a_connection_ends_with_its_certificate(world, node):
    begin = time.time()
    shown = world.context(f"URI:{ADA}", lasts=SHORT)
    before = node.metric("weir_certificates_expired_total")
    polling = Polling(node.port, tls=shown)
    assert answer_to(polling, None)[0] == "0"
    with RawClient(node.port, tls=shown) as client:
        await_close(client)
        assert time.time() >= int(begin + SHORT)
    wait_until(lambda: node.metric("weir_certificates_expired_total")
               >= before + 2, "both to be counted")
    failed = node.metric("weir_tls_handshakes_failed_total")
    with pytest.raises((ssl.SSLError, ConnectionError, Closed)):
        WebSocket(node.port, tls=shown)
    wait_until(lambda: node.metric("weir_tls_handshakes_failed_total")
               > failed, "it to be counted")


class Resuming:
    """Opens connections by the session of an earlier one."""

    def __init__(self, context, session):
        self.context, self.session = context, session
        self.reused = None

    def wrap_socket(self, plain, **options):
        result = self.context.wrap_socket(plain, session=self.session,
                                          **options)
        self.reused = result.session_reused
        return result


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2,
                                     ssl.TLSVersion.TLSv1_3])
def test_a_resumed_session_outlives_no_certificate(world, node, version):
    shown = world.context(f"URI:{ADA}", lasts=SHORT)
    shown.maximum_version = version
    end = time.time() + SHORT
    client = WebSocket(node.port, tls=shown)  # reads what brings the ticket
    resuming = Resuming(shown, client.websocket.socket.session)
    again = WebSocket(node.port, tls=resuming)
    assert resuming.reused
    assert answer_to(again, None)[0] == "0"
    assert say(again)["status"] == "ok"
    assert user_of_last_record(node) == ADA
    wait_until(lambda: time.time() > end + 1, "the certificate's end")
    late = WebSocket(node.port, tls=resuming)
    assert resuming.reused
    assert answer_to(late, None) == refused("certificate_expired")


# -- who is to go, and who comes back -----------------------------------------

def test_an_operator_ends_the_sockets_of_a_user(node, ada, eve):
    with RawClient(node.port, tls=ada) as client, \
            RawClient(node.port, tls=eve) as other:
        where = f"/v1/users/{urllib.parse.quote(EVE, safe='')}/connections"
        status, body = node.delete(where)
        assert (status, body["disconnected"]) == (200, 1)
        while other.next_event() != "1":
            pass
        assert client.emit("say", {"room": "chat:ada"})["status"] == "ok"


def test_who_is_denied_goes_and_stays_away(node, world):
    mallory = "spiffe://example.org/mallory"
    shown = world.context(f"URI:{mallory}")
    with RawClient(node.port, tls=shown) as client:
        kcat.produce(node.bootstrap, "weir.denied", mallory, {"why": "stolen"})
        while client.next_event() != "1":
            pass
    assert answer_to(WebSocket(node.port, tls=shown), None) == refused(
        "revoked")


@TRANSPORTS
def test_a_recovery_is_of_the_same_certificates_user_only(world, node, ada, eve,
                                                          transport):
    with RawClient(node.port, tls=ada) as client:
        client.join("chat:ada")
        while not (client.events and client.events[-1][0] == "weir:position"):
            client.take_packet(PATIENCE)
        back = {"pid": client.pid, "offset": client.events[-1][-1]}
    assert answer_to(transport(node.port, tls=node.tls), back) == refused(
        "certificate_missing")
    kind, answer = answer_to(transport(node.port, tls=eve), back)
    assert kind == "0" and answer["sid"] != client.socket_id
    renewed = world.context(f"URI:{ADA}")  # another one of the same user
    kind, answer = answer_to(transport(node.port, tls=renewed), back)
    assert kind == "0" and answer["sid"] == client.socket_id


# -- the configuration --------------------------------------------------------

def test_users_need_certificates(world):
    text = world.config().replace("client_ca", "# client_ca")
    status, said = check(text)
    assert status != 0
    line = 1 + text[:text.index("certificate_user")].count("\n")
    assert f":{line}:20: certificate_user: no client shows" in said
    assert check(world.config())[0] == 0
