"""Who is let in, as whom, and for how long: [auth.jwt]."""

import contextlib
import http.client
import json
import pathlib
import queue
import re
import signal
import subprocess
import threading
import time

import pytest
import socketio

import kcat
from engineio_client import (PollingSession, open_websocket, target,
                             websocket_session)
from raw_client import RawClient
from raw_websocket import Closed
from tokens import SECRET, KeyServer, RsaKey, make_token
from waiting import PATIENCE, wait_until
from weir_fixtures import node_of
from weir_node import ROOT, WeirNode, binary, die_with_parent

# Seconds that a token lasts whose end is waited for: enough to connect with it
# on a machine that is busy.
SHORT = 10

CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "a secret of the tests"
[auth.jwt]
algorithms = ["HS256"]
secret = "{secret}"
issuer = "tests"
audience = ["chat", "news"]
leeway = "0s"
token = {places}
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["anyone"], emit = ["anyone"] }}
[[namespace]]
name = "/optional"
auth = "optional"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "optional"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["anyone"], emit = ["anyone"] }}
[[namespace]]
name = "/open"
auth = "none"
"""


def config(*places):
    return CONFIG.format(secret=SECRET,
                         places=json.dumps(places or ["auth:/token"]))


def token(user="ada", **claims):
    return make_token(user, **{"iss": "tests", "aud": "chat", **claims})


def auth(user="ada", **claims):
    return {"token": token(user, **claims)}


node = node_of(config())


class Polling:
    """The answers to one CONNECT over long-polling."""

    def __init__(self, port, **query):
        self.session = PollingSession(port, **query)
        self.received = []

    def send(self, text):
        self.session.send("4" + text)

    def receive(self):
        while not self.received:
            self.received = [packet[1:] for packet in self.session.packets()
                             if packet[0] == "4"]
        return self.received.pop(0)


class WebSocket:
    def __init__(self, port, **options):
        self.websocket, _ = websocket_session(port, **options)

    def send(self, text):
        self.websocket.send_text("4" + text)

    def receive(self):
        while True:
            packet = self.websocket.receive(PATIENCE)
            if packet[0] == "4":
                return packet[1:]


TRANSPORTS = pytest.mark.parametrize("transport", [Polling, WebSocket])


def answer_to(client, payload, nsp="/"):
    """(type, JSON) of the answer to a CONNECT."""
    prefix = "" if nsp == "/" else nsp + ","
    client.send(f"0{prefix}" + ("" if payload is None else json.dumps(payload)))
    text = client.receive()
    assert text[1:].startswith(prefix), text
    return text[0], json.loads(text[1 + len(prefix):])


def refused(code):
    return "4", {"message": "unauthorized", "data": {"code": code}}


def await_close(client):
    """The transport is closed by the node."""
    with pytest.raises(Closed):
        while True:
            client.receive_packet(PATIENCE)


# -- let in and kept out ------------------------------------------------------

@TRANSPORTS
def test_a_token_lets_in_and_nothing_else_does(node, transport):
    for payload, code in [
            (None, "token_missing"),
            ({}, "token_missing"),
            ({"token": 1}, "token_missing"),
            ({"token": "x"}, "token_malformed"),
            ({"token": "x" * 9000}, "token_too_large"),
            (auth(header={"alg": "none"}, sign=lambda _: b""),
             "algorithm_refused"),
            (auth(header={"alg": "HS512"}), "algorithm_refused"),
            (auth(header={"crit": ["x"]}), "token_malformed"),
            (auth(key="x" * 32), "signature_invalid"),
            (auth(lasts=-1), "token_expired"),
            (auth(exp=None), "claims_invalid"),
            (auth(sub=None), "claims_invalid"),
            (auth(nbf=int(time.time()) + 600), "token_not_yet_valid"),
            (auth(iss="others"), "issuer_refused"),
            (auth(iss=None), "issuer_refused"),
            (auth(aud="other"), "audience_refused"),
            (auth(aud=None), "audience_refused")]:
        client = transport(node.port)
        before = node.metric("weir_tokens_refused_total", code=code)
        assert answer_to(client, payload) == refused(code), payload
        assert node.metric("weir_tokens_refused_total", code=code) == before + 1
        assert answer_to(client, auth())[0] == "0"
    client = transport(node.port)
    kind, answer = answer_to(client, auth(aud=["other", "news"]))
    assert kind == "0" and answer["sid"]


def test_a_client_does_not_keep_a_loop_busy_with_tokens(node):
    """All in one body, of which ten are looked at."""
    before = node.metric("weir_tokens_refused_total", code="signature_invalid")
    bad = json.dumps(auth(key="x" * 32))
    client = PollingSession(node.port)
    client.post("\x1e".join([f"40{bad}"] * 2000))
    wait_until(lambda: client.get().status != 200, "the connection's end")
    assert node.metric("weir_tokens_refused_total",
                  code="signature_invalid") == before + 10


def test_each_namespace_has_its_own_rule(node):
    client = WebSocket(node.port)
    assert answer_to(client, {}, "/") == refused("token_missing")
    assert answer_to(client, {}, "/optional")[0] == "0"
    assert answer_to(client, {"token": "x"}, "/open")[0] == "0"
    client = WebSocket(node.port)
    assert answer_to(client, {"token": "x"},
                     "/optional") == refused("token_malformed")


def test_who_is_refused_is_told_in_the_log_without_the_token(node):
    shown = token(user="mallory", lasts=-1)
    client = WebSocket(node.port)
    answer_to(client, {"token": shown})
    node.wait_for_log(r"a token is refused.*address=127\.0\.0\.1.*code=\w+")
    for part in shown.split("."):
        assert not any(part in line for line in node.log())


@pytest.mark.parametrize("place,header", [
    ("header", lambda x: [f"Authorization: Bearer {x}"]),
    ("cookie:id", lambda x: [f"Cookie: a=b; id={x}; c=d"])])
def test_a_token_may_come_in_a_header(place, header):
    with WeirNode(config("auth:/token", place)) as node:
        good = websocket_session(node.port, headers=header(token()))[0]
        good.send_text("40")
        assert good.receive(PATIENCE).startswith("40{")
        bad = websocket_session(node.port, headers=header("x"))[0]
        bad.send_text("40")
        assert "token_malformed" in bad.receive(PATIENCE)


def test_a_large_token_may_come_in_the_query():
    with WeirNode(config("query:access_token")) as node:
        for length, expected in [(5000, "0"), (9000, "4")]:
            shown = token(more="x" * (length * 3 // 4 - 200))
            client = Polling(node.port, access_token=shown)
            assert answer_to(client, None)[0] == expected, length


# -- as whom ------------------------------------------------------------------

def test_records_name_the_user(node):
    with RawClient(node.port, auth=auth("auth0|ada")) as client:
        assert client.emit("say", {"room": "chat:1"})["status"] == "ok"
    with RawClient(node.port, nsp="/optional") as client:
        assert client.emit("say", {"room": "chat:2"})["status"] == "ok"
    record = wait_until(lambda: kcat.consume(node.bootstrap, "chat"),
                        "a record")[-1]
    assert record.headers["ce_weiruser"] == "auth0|ada"
    record = wait_until(lambda: kcat.consume(node.bootstrap, "optional"),
                        "a record")[-1]
    assert "ce_weiruser" not in record.headers


def test_a_recovery_is_of_the_same_user_only(node):
    def position_of(client):
        while (event := client.next_event())[0] != "weir:position":
            pass
        return event[-1]

    with RawClient(node.port, auth=auth()) as client:
        back = {"pid": client.pid, "offset": position_of(client)}
    other = WebSocket(node.port)
    assert answer_to(other, back) == refused("token_missing")
    assert answer_to(other, {**back, **auth(lasts=-1)}) == refused(
        "token_expired")
    kind, answer = answer_to(other, {**back, **auth("eve")})
    assert kind == "0" and answer["sid"] != client.socket_id
    with RawClient(node.port, auth={**back, **auth()}) as again:
        assert again.socket_id == client.socket_id


# -- a stolen session id ------------------------------------------------------

THIEF = "127.0.0.2"


def from_elsewhere(node, method, sid, body=None):
    """The status of a thief's answer."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", node.port, timeout=PATIENCE, source_address=(THIEF, 0))
    with contextlib.closing(connection):
        connection.request(method, target("polling", sid), body)
        return connection.getresponse().status


def test_a_stolen_sid_of_a_polling_client_is_of_use_until_its_user_has_to_go(
        node):
    """As SECURITY.md says: Engine.IO has nothing else."""
    user = "stolen-from"
    owner = Polling(node.port)
    assert answer_to(owner, auth(user))[0] == "0"
    sid = owner.session.sid
    said = '42["say",{"room":"chat:stolen"}]'
    assert from_elsewhere(node, "POST", sid, said) == 200
    record = wait_until(lambda: [
        x for x in kcat.consume(node.bootstrap, "chat")
        if x.headers["ce_weiruser"] == user], "what the thief has said")
    assert record[0].json["room"] == "chat:stolen"
    status, answer = node.delete(f"/v1/users/{user}/connections")
    assert (status, answer["disconnected"]) == (200, 1)
    from_elsewhere(node, "POST", sid, said)
    assert answer_to(Polling(node.port), auth(user))[0] == "0"
    assert len([x for x in kcat.consume(node.bootstrap, "chat")
                if x.headers["ce_weiruser"] == user]) == 1


def test_a_stolen_sid_of_a_websocket_is_of_no_use(node):
    owner, handshake = websocket_session(node.port)
    owner.send_text("40" + json.dumps(auth()))
    assert owner.receive(PATIENCE).startswith("40{")
    for method in "GET", "POST":
        assert from_elsewhere(node, method, handshake["sid"], "41") == 400
    with open_websocket(node.port, handshake["sid"]) as thief:
        thief.code_of_close()
    owner.send_text('421["join","chat:1"]')
    while not (packet := owner.receive(PATIENCE)).startswith("431"):
        pass
    assert '"status":"ok"' in packet


# -- for how long -------------------------------------------------------------

def test_a_token_that_ends_is_announced_and_ends_the_connection(node):
    shown = auth(lasts=SHORT)
    with RawClient(node.port, auth=shown) as client:
        while (event := client.next_event())[0] != "weir:token_expiring":
            pass
        assert event[1]["expires_at"] > time.time() - 1
        before = node.metric("weir_tokens_expired_total")
        await_close(client)
        wait_until(lambda: node.metric("weir_tokens_expired_total") > before,
                   "the metric")
    assert answer_to(WebSocket(node.port), shown) == refused("token_expired")


def test_over_polling_too(node):
    client = Polling(node.port)
    assert answer_to(client, auth(lasts=SHORT))[0] == "0"
    while client.session.get().status == 200:
        pass
    assert not client.session.is_open()


def test_a_token_is_renewed_by_one_of_the_same_user(node):
    with RawClient(node.port, auth=auth(lasts=SHORT)) as client:
        answer = client.emit("weir:token", token("eve"))
        assert (answer["status"], answer["code"]) == ("error", "not_allowed")
        assert "user_mismatch" in answer["message"]
        answer = client.emit("weir:token", 1)
        assert answer["code"] == "invalid_payload"
        answer = client.emit("weir:token", token(lasts=3600))
        assert answer["status"] == "ok"
        assert answer["expires_at"] > time.time() + 3000
        until = time.time() + SHORT + 1
        wait_until(lambda: time.time() > until, "the former token's end")
        assert client.emit("say", {"room": "chat:1"})["status"] == "ok"


@pytest.mark.parametrize("transports", [["polling"], ["websocket"]])
def test_an_official_client_comes_back_with_a_new_token(node, transports):
    """Its `auth` is a function, as the documents tell."""
    shown = []
    connected = threading.Semaphore(0)
    client = socketio.Client(reconnection_delay=0.1, randomization_factor=0)
    client.on("connect", lambda: connected.release())
    client.on("weir:token_expiring", lambda *_: None)

    def fresh():
        shown.append(token(lasts=600 if shown else SHORT))
        return {"token": shown[-1]}

    client.connect(node.url, auth=fresh, transports=transports)
    try:
        for _ in range(2):
            assert connected.acquire(timeout=PATIENCE)
        assert len(shown) == 2
        assert client.call("say", {"room": "chat:1"})["status"] == "ok"
    finally:
        client.disconnect()


def test_an_official_client_is_told_why_it_is_refused(node):
    client = socketio.Client(reconnection=False)
    told = []
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(node.url, auth={"token": "x"})
    assert told == [{"message": "unauthorized",
                     "data": {"code": "token_malformed"}}]


# -- keys ---------------------------------------------------------------------

PUBLIC = """
[kafka]
embedded = true
[auth.jwt]
algorithms = ["RS256"]
{keys}
[[namespace]]
name = "/"
"""


def test_public_keys_of_files_are_known(tmp_path):
    one, two, other = (RsaKey(tmp_path, x) for x in ("one", "two", "other"))
    pathlib.Path(tmp_path, "set.json").write_text(
        json.dumps({"keys": [two.jwk(kid="2", use="sig")]}))
    keys = f"keys = ['{one.public}']\njwks = '{tmp_path}/set.json'"
    with WeirNode(PUBLIC.format(keys=keys)) as node:
        client = WebSocket(node.port)
        public = one.public.read_text()
        for shown, code in [
                (make_token(key=public), "algorithm_refused"),
                (make_token(key=public, header={"alg": "RS256"}),
                 "signature_invalid"),
                (other.token(), "signature_invalid"),
                (one.token(header={"kid": "2"}), "signature_invalid"),
                (other.token(header={"kid": "2", "jwk": other.jwk()}),
                 "signature_invalid")]:
            assert answer_to(client, {"token": shown}) == refused(code), code
        for shown in (one.token(), two.token(),
                      two.token(header={"kid": "2"}),
                      one.token(header={"kid": "unknown"})):
            assert answer_to(WebSocket(node.port), {"token": shown})[0] == "0"


def test_key_files_are_read_again(tmp_path):
    one, two = (RsaKey(tmp_path, x) for x in ("one", "two"))
    file = tmp_path / "public.pem"
    file.write_text(one.public.read_text())

    def is_known(node, key):
        return answer_to(WebSocket(node.port), {"token": key.token()})[0] == "0"

    with WeirNode(PUBLIC.format(keys=f"keys = ['{file}']")) as node:
        assert is_known(node, one) and not is_known(node, two)
        file.write_text(two.public.read_text())
        wait_until(lambda: is_known(node, two), "the new key")
        assert not is_known(node, one)
        file.write_text("no key")
        node.wait_for_log('files not read again.*what="keys of tokens"'
                          ".*public.pem")
        assert is_known(node, two)
        file.write_text(one.public.read_text())
        node.process.send_signal(signal.SIGHUP)
        wait_until(lambda: is_known(node, one), "the former key")


@pytest.mark.parametrize("text,expected", [
    ("", r":4:\d+: \[auth.jwt\] needs algorithms"),
    ('algorithms = ["none"]', r":5:\d+: algorithms: .*none"),
    ('algorithms = ["RS256"]\nkeys = ["weak.pem"]', r":6:\d+: .*1024 bits"),
    ('algorithms = ["RS256"]\nkeys = ["private.pem"]',
     r":6:\d+: .*a private key"),
    ('algorithms = ["RS256"]\nkeys = ["missing.pem"]',
     r":6:\d+: .*is not a file"),
    ('algorithms = ["HS256"]\nsecret = "short secret"',
     r":6:\d+: .*has 12 bytes"),
    ('algorithms = ["HS512"]\nsecret_file = "secret"',
     r":6:\d+: .*has 32 bytes"),
    ('algorithms = ["HS256"]', r":5:\d+: .*need a secret")])
def test_what_is_wrong_is_reported_with_file_and_line(tmp_path, text, expected):
    private = tmp_path / "private.pem"
    RsaKey.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
                   "rsa_keygen_bits:1024", "-out", private)
    RsaKey.openssl("pkey", "-in", private, "-pubout", "-out",
                   tmp_path / "weak.pem")
    (tmp_path / "secret").write_text(SECRET + "\n")
    file = tmp_path / "weir.toml"
    file.write_text(f"\n[kafka]\nembedded = true\n[auth.jwt]\n{text}\n"
                    "[[namespace]]\n")
    for command in (["check", file], [file]):
        run = subprocess.run([binary(), *map(str, command)], text=True,
                             capture_output=True, timeout=PATIENCE)
        assert run.returncode == 1, run.stdout
        assert re.search(expected, run.stderr), run.stderr
        assert "short secret" not in run.stderr + run.stdout


# -- a key set at a URL -------------------------------------------------------

def at_url(server, **more):
    keys = [f"jwks = 'https://127.0.0.1:{server.port}/keys'",
            f"jwks_ca = '{server.ca}'",
            *(f"{k} = '{v}'" for k, v in more.items())]
    return PUBLIC.format(keys="\n".join(keys))


def folder(parent, name):
    (parent / name).mkdir()
    return parent / name


def fetches(node, result):
    return node.metric("weir_key_fetches_total", result=result)


def test_keys_of_a_url_are_known_and_rotated(tmp_path):
    one, two, three = (RsaKey(tmp_path, x) for x in ("one", "two", "three"))
    with KeyServer(tmp_path) as server:
        server.set_keys(one.jwk(kid="1"), Cache_Control="max-age=31")
        with WeirNode(at_url(server)) as node:
            wait_until(lambda: fetches(node, "fetched") == 1, "the keys")
            assert server.asked == ["/keys"]
            good = {"token": one.token(header={"kid": "1"})}
            new = {"token": two.token(header={"kid": "2"})}
            assert answer_to(WebSocket(node.port), good)[0] == "0"
            # a key that is not there has it asked again, but not at once
            assert answer_to(WebSocket(node.port), new) == refused(
                "key_unknown")
            assert server.asked == ["/keys"]
            server.set_keys(two.jwk(kid="2"), Cache_Control="max-age=600")
            wait_until(lambda: fetches(node, "fetched") == 2,
                       "the server's max-age to be over")
            assert answer_to(WebSocket(node.port), new)[0] == "0"
            assert answer_to(WebSocket(node.port), good) == refused(
                "key_unknown")
            # 30 s later an unknown one waits for its key, in no I/O loop's time
            until = time.monotonic() + 31
            wait_until(lambda: time.monotonic() > until, "the pause to be over")
            server.set_keys(two.jwk(kid="2"), three.jwk(kid="3"))
            newest = {"token": three.token(header={"kid": "3"})}
            assert answer_to(WebSocket(node.port), newest)[0] == "0"
            assert len(server.asked) == 3
            assert answer_to(WebSocket(node.port), good) == refused(
                "key_unknown")
            assert len(server.asked) == 3


def test_the_last_good_keys_are_kept(tmp_path):
    key = RsaKey(tmp_path)
    good = {"token": key.token(header={"kid": "1"})}
    with KeyServer(tmp_path) as server:
        server.set_keys(key.jwk(kid="1"), Cache_Control="no-store")
        with WeirNode(at_url(server, jwks_timeout="1s")) as node:
            wait_until(lambda: fetches(node, "fetched") == 1, "the keys")
            for answer in [(500, {}, b""), (302, {"Location": "/"}, b""),
                           (200, {}, b'{"keys": []}'),
                           (200, {}, b" " * 300_000), None]:
                server.answer = answer
                failed = fetches(node, "failed")
                wait_until(lambda: fetches(node, "failed") > failed,
                           f"{str(answer)[:40]} to be refused")
                assert answer_to(WebSocket(node.port), good)[0] == "0"
            node.wait_for_log("the keys of tokens cannot be fetched")


def test_keys_beside_a_url_change(tmp_path):
    fetched, own = (RsaKey(tmp_path, x) for x in ("fetched", "own"))
    with KeyServer(tmp_path) as server:
        server.set_keys(fetched.jwk(kid="1"))
        text = at_url(server)
        with_own = text.replace("jwks_ca", f"keys = ['{own.public}']\njwks_ca")
        good = {"token": fetched.token(header={"kid": "1"})}
        new = {"token": own.token()}
        with WeirNode(text) as node:
            wait_until(lambda: fetches(node, "fetched") == 1, "the keys")
            assert answer_to(WebSocket(node.port), new)[0] == "4"
            node.file.write_text(with_own)
            assert node.ask("POST", "/v1/reload")[0] == 200
            for shown in good, new:
                assert answer_to(WebSocket(node.port), shown)[0] == "0"
            assert server.asked == ["/keys"]


# -- another URL --------------------------------------------------------------

class Move:
    """From the key set of one server to that of another, whose certificate is
    of another authority."""

    def __init__(self, path):
        self.one, self.two = (RsaKey(path, x) for x in ("one", "two"))
        self.former = KeyServer(folder(path, "former"))
        self.next = KeyServer(folder(path, "next"))
        self.former.set_keys(self.one.jwk(kid="1"))
        self.next.set_keys(self.two.jwk(kid="2"))

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.former), stack.enter_context(self.next)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        return self.stack.__exit__(*exception)

    def lets_in(self, node):
        """Whom: by the key of the former set, and of the next one."""
        result = []
        for key, kid in (self.one, "1"), (self.two, "2"):
            kind, answer = answer_to(WebSocket(node.port), {
                "token": key.token(header={"kid": kid})})
            # a key of a file has no id, so that it is tried for any token
            assert kind == "0" or answer in (
                refused("key_unknown")[1], refused("signature_invalid")[1])
            result.append(kind == "0")
        return tuple(result)

    FORMER, NEXT, BOTH = (True, False), (False, True), (True, True)


@pytest.fixture
def move(tmp_path):
    with Move(tmp_path) as x:
        yield x


def change_to(node, text):
    node.file.write_text(text)
    status, answer = node.ask("POST", "/v1/reload")
    assert status == 200, answer


def test_keys_move_to_another_url(move):
    with WeirNode(at_url(move.former)) as node:
        node.wait_for_log("keys of tokens fetched.*" + str(move.former.port))
        assert move.lets_in(node) == move.FORMER
        change_to(node, at_url(move.next))
        node.wait_for_log("keys of tokens fetched.*" + str(move.next.port))
        assert move.lets_in(node) == move.NEXT
        assert move.former.asked == ["/keys"] and move.next.asked == ["/keys"]


def test_former_keys_are_kept_until_the_new_url_has_answered(move):
    move.next.answer = 503, {}, b""
    with WeirNode(at_url(move.former)) as node:
        node.wait_for_log("keys of tokens fetched")
        change_to(node, at_url(move.next))
        wait_until(lambda: fetches(node, "failed") >= 1, "an attempt")
        node.wait_for_log(f"cannot be fetched.*:{move.next.port}/.*status 503"
                          ".*those of before this URL")
        assert move.lets_in(node) == move.FORMER
        move.next.set_keys(move.two.jwk(kid="2"))
        wait_until(lambda: move.lets_in(node) == move.NEXT,
                   "the next attempt")


def test_what_a_former_url_answers_late_counts_no_more(move):
    move.former.answer = None
    with WeirNode(at_url(move.former, jwks_timeout="1m")) as node:
        wait_until(lambda: move.former.asked, "the former to be asked")
        change_to(node, at_url(move.next))
        wait_until(lambda: fetches(node, "fetched") == 1, "the new keys")
        move.former.release(move.one.jwk(kid="1"))
        assert move.lets_in(node) == move.NEXT
        assert fetches(node, "fetched") == 1 and fetches(node, "failed") == 0


def test_who_shows_a_new_key_waits_for_the_new_url(move):
    with WeirNode(at_url(move.former)) as node:
        node.wait_for_log("keys of tokens fetched")
        move.next.answer = None
        change_to(node, at_url(move.next, jwks_timeout="1m"))
        wait_until(lambda: move.next.asked, "the new one to be asked")
        waiting = WebSocket(node.port)
        waiting.send("0" + json.dumps({
            "token": move.two.token(header={"kid": "2"})}))
        move.next.release(move.two.jwk(kid="2"))
        assert waiting.receive().startswith("0")


def test_keys_move_between_files_and_a_url(move, tmp_path):
    in_file = PUBLIC.format(keys=f"keys = ['{move.one.public}']")
    with WeirNode(in_file) as node:
        assert move.lets_in(node) == move.FORMER
        change_to(node, at_url(move.next))
        node.wait_for_log("keys of tokens fetched")
        assert move.lets_in(node) == move.NEXT
        change_to(node, at_url(move.next).replace(
            "jwks_ca", f"keys = ['{move.one.public}']\njwks_ca"))
        assert move.lets_in(node) == move.BOTH
        change_to(node, in_file)
        assert move.lets_in(node) == move.FORMER
        assert move.next.asked == ["/keys"]


def test_an_authority_that_is_of_no_use_leaves_the_url_as_it_is(move, tmp_path):
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    with WeirNode(at_url(move.former)) as node:
        node.wait_for_log("keys of tokens fetched")
        node.file.write_text(at_url(move.next).replace(move.next.ca, str(bad)))
        status, answer = node.ask("POST", "/v1/reload")
        assert status == 409 and "auth.jwt.jwks_ca" in answer["problems"][0]
        assert move.lets_in(node) == move.FORMER
        assert move.next.asked == []


def test_clients_wait_for_keys_that_are_being_fetched(tmp_path):
    """And nobody else does: the node serves others meanwhile."""
    key = RsaKey(tmp_path)
    with KeyServer(tmp_path) as server:
        server.answer = None
        text = at_url(server, jwks_timeout="3s") + (
            '[[namespace]]\nname = "/open"\nauth = "none"\n')
        with WeirNode(text) as node:
            wait_until(lambda: server.asked, "the first attempt")
            waiting = WebSocket(node.port)
            waiting.send("0" + json.dumps({"token": key.token()}))
            assert answer_to(WebSocket(node.port), None, "/open")[0] == "0"
            server.set_keys(key.jwk())
            text = waiting.receive()  # the first attempt has failed by now
            assert json.loads(text[1:])["data"] == {"code": "key_unknown"}
            wait_until(lambda: fetches(node, "fetched"), "the second attempt")
            assert answer_to(waiting, {"token": key.token()})[0] == "0"


@pytest.mark.parametrize("name,own_ca", [("localhost", True),
                                         ("127.0.0.1", False)])
def test_a_server_must_show_who_it_is(tmp_path, name, own_ca):
    key = RsaKey(tmp_path)
    other = folder(tmp_path, "other")
    with KeyServer(tmp_path, name) as server:
        server.set_keys(key.jwk())
        if not own_ca:
            server.ca = KeyServer(other).ca
        with WeirNode(at_url(server)) as node:
            wait_until(lambda: fetches(node, "failed"), "an attempt")
            node.wait_for_log("cannot be fetched.*certificate")
            assert answer_to(WebSocket(node.port),
                             {"token": key.token()}) == refused("key_unknown")
        assert server.asked == []


# -- the official JavaScript client -------------------------------------------

class JavaScript:
    def __init__(self, node, transport, *tokens):
        self.process = subprocess.Popen(
            ["node", str(ROOT / "tests/clients/js/token_client.js"), node.url,
             transport, *tokens], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        self.told = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.told.put(json.loads(line))

    def do(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def wait_for(self, what):
        while (told := self.told.get(timeout=PATIENCE))["what"] != what:
            pass
        return told

    def wait_for_all(self, *what):
        """In whatever order they come."""
        missing, found = set(what), []
        while missing:
            told = self.told.get(timeout=PATIENCE)
            if told["what"] in missing:
                missing.remove(told["what"])
                found.append(told)
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_javascript_comes_back_with_a_new_token_and_has_missed_nothing(
        node, transport):
    with JavaScript(node, transport, token(lasts=SHORT), token()) as client:
        first = client.wait_for("connect")
        client.do("join")
        client.wait_for("ack")
        client.wait_for("weir:token_expiring")
        # a polling client is closed by an error, after which it comes back
        assert client.wait_for("disconnect")["why"] == {
            "polling": "transport error", "websocket": "transport close",
        }[transport]
        with RawClient(node.port, auth=auth("eve")) as other:
            answer = other.emit("say", {"room": "chat:js", "n": transport})
            assert answer["status"] == "ok"
        # what was missed comes first, if it was emitted meanwhile
        told = {x["what"]: x for x in client.wait_for_all("connect", "say")}
        again, said = told["connect"], told["say"]
        assert (again["id"], again["recovered"]) == (first["id"], True)
        assert said["args"][0]["n"] == transport


def test_javascript_renews_its_token_and_stays(node):
    with JavaScript(node, "websocket", token(lasts=SHORT), token()) as client:
        client.wait_for("connect")
        client.wait_for("weir:token_expiring")
        client.do("renew")
        assert client.wait_for("ack")["status"] == "ok"
        until = time.time() + SHORT
        wait_until(lambda: time.time() > until, "the former token's end")
        client.do("join")
        assert client.wait_for("ack")["status"] == "ok"


def test_javascript_is_told_why_it_is_refused(node):
    with JavaScript(node, "websocket", token(lasts=-1)) as client:
        assert client.wait_for("connect_error") == {
            "what": "connect_error", "message": "unauthorized",
            "data": {"code": "token_expired"}}
