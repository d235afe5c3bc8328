"""How often, how many, how large: each limit refuses whoever is over it, with
the protocol's own answer, over both transports, and nobody else notices."""

import http.client
import json
import time
from contextlib import ExitStack, contextmanager

import pytest

from engineio_client import PollingSession, open_websocket, request, target
from raw_client import RawClient
from raw_websocket import Closed, RawWebSocket
from test_floods import FLOODS, Flood
from tokens import SECRET, make_token
from waiting import PATIENCE, wait_until
from weir_node import WeirNode

CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "0123456789abcdef"
[limits]
{limits}
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  events = ["say", "whisper"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["typing"]
  to = "room"
  room_from = "/0/room"
"""


def weir(limits, *settings):
    return WeirNode(CONFIG.format(limits=limits), *settings)


def rate_limited(node, limit):
    return node.metric("weir_rate_limited_total", limit=limit)


# -- clients -------------------------------------------------------------------

class PollingClient(PollingSession):
    """As RawClient, over long-polling."""

    def __init__(self, port):
        super().__init__(port)
        self.acks, self.next_id = {}, 0
        self.send("40")
        assert self.packets()[0].startswith("40")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.post("1")

    def start_emit(self, *args):
        self.next_id += 1
        self.send(f"42{self.next_id}{json.dumps(args)}")
        return self.next_id

    def emit(self, *args):
        number = self.start_emit(*args)
        until = time.monotonic() + PATIENCE
        while number not in self.acks and time.monotonic() < until:
            for packet in self.packets():
                if packet == "2":
                    self.send("3")
                elif packet.startswith("43"):
                    begin = packet.index("[")
                    self.acks[int(packet[2:begin])] = json.loads(packet[begin:])
        return self.acks.pop(number)[0]


CLIENTS = {"polling": PollingClient, "websocket": RawClient}
both_transports = pytest.mark.parametrize("transport", CLIENTS)


def open_session(node, transport, address="127.0.0.1", **headers):
    """(status, headers) of the answer to what begins a session there."""
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    if transport == "websocket":
        headers |= {"Upgrade": "websocket", "Connection": "Upgrade",
                    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version": "13"}
    connection = http.client.HTTPConnection("127.0.0.1", node.port,
                                            timeout=PATIENCE,
                                            source_address=(address, 0))
    connection.request("GET", target(transport), headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, connection


def status_of(node, transport, address="127.0.0.1", **headers):
    status, _, connection = open_session(node, transport, address, **headers)
    node.kept.append(connection)  # a WebSocket lasts as long
    return status


@contextmanager
def sessions_of(node):
    node.kept = []
    yield
    for x in node.kept:
        x.close()


def assert_later(answer):
    status, headers, connection = answer
    connection.close()
    assert status == 429
    assert int(headers["Retry-After"]) >= 1


SUCCESS = {"polling": 200, "websocket": 101}


# -- sessions ------------------------------------------------------------------

@both_transports
def test_an_address_may_begin_so_many_sessions(transport):
    with weir("connection_rate = { rate = 1, burst = 3 }") as node, \
            sessions_of(node):
        # As many as it takes: a second may pass on a machine that is busy.
        for _ in range(100):
            answer = open_session(node, transport)
            if answer[0] != SUCCESS[transport]:
                break
            node.kept.append(answer[2])
        assert_later(answer)
        assert status_of(node, transport, "127.0.0.2") == SUCCESS[transport]
        assert rate_limited(node, "connection_rate") >= 1
        node.wait_for_log("sessions begin too often .*limits.connection_rate")
        wait_until(lambda: status_of(node, transport) == SUCCESS[transport],
                   "the address to be let in again", step=0.5)


@both_transports
def test_a_node_lets_so_many_sessions_begin(transport):
    with weir("handshakes = { rate = 1, burst = 3 }") as node, \
            CLIENTS[transport](node.port) as bystander, sessions_of(node):
        for i in range(100):
            answer = open_session(node, transport, f"127.0.0.{i + 1}")
            if answer[0] != SUCCESS[transport]:
                break
            node.kept.append(answer[2])
        assert_later(answer)
        assert rate_limited(node, "handshakes") >= 1
        assert bystander.emit("join", "chat:1")["status"] == "ok"


@both_transports
def test_an_address_may_have_so_many_sessions(transport):
    with weir("connections_per_address = 2") as node, sessions_of(node):
        for _ in range(2):
            assert status_of(node, transport) == SUCCESS[transport]
        assert_later(open_session(node, transport))
        assert status_of(node, transport, "127.0.0.2") == SUCCESS[transport]
        assert rate_limited(node, "connections_per_address") == 1


@both_transports
def test_a_node_that_is_full_says_so(transport):
    with weir("", "server.max_connections=3") as node, \
            CLIENTS[transport](node.port) as bystander, sessions_of(node):
        for _ in range(2):
            assert status_of(node, transport) == SUCCESS[transport]
        for n in range(20):
            status, headers, connection = open_session(node, transport,
                                                       "127.0.0.2")
            connection.close()
            assert status == 503 and int(headers["Retry-After"]) >= 1
            assert bystander.emit("join", f"chat:{n}")["status"] == "ok"
        assert node.metric("weir_connections_refused_total") == 20


# -- proxies -------------------------------------------------------------------

FORWARDED = {
    "X-Forwarded-For": lambda *xs: {"X-Forwarded-For": ", ".join(xs)},
    "Forwarded": lambda *xs: {"Forwarded": ", ".join(f'for="{x}"' for x in xs)},
}


@both_transports
@pytest.mark.parametrize("header", FORWARDED)
def test_clients_of_a_trusted_proxy_are_told_apart(transport, header):
    says = FORWARDED[header]
    with weir("connections_per_address = 1",
              "server.trust_proxy=127.0.0.1,10.0.0.0/8") as node, \
            sessions_of(node):
        def come(*named, address="127.0.0.1"):
            return status_of(node, transport, address, **says(*named))
        good = SUCCESS[transport]
        assert come("192.0.2.1") == good
        assert come("192.0.2.1") == 429
        assert come("192.0.2.2") == good
        # What a client has said itself stands to the left.
        assert come("192.0.2.3", "192.0.2.1") == 429
        assert come("192.0.2.3", "192.0.2.4", "10.1.1.1") == good
        assert come("192.0.2.3") == good
        # A client has as many addresses as it likes of its network.
        v6 = "[2001:db8:0:1::%d]" if header == "Forwarded" else "2001:db8:0:1::%d"
        assert come(v6 % 1) == good
        assert come(v6 % 2) == 429
        assert come(v6.replace("0:1", "0:2") % 1) == good
        # Whoever is no proxy is who it is.
        assert come("192.0.2.9", address="127.0.0.2") == good
        assert come("192.0.2.10", address="127.0.0.2") == 429


def test_nobody_is_believed_without_a_trusted_proxy():
    with weir("connections_per_address = 1") as node, sessions_of(node):
        assert status_of(node, "polling", X_Forwarded_For="192.0.2.1") == 200
        assert status_of(node, "polling", X_Forwarded_For="192.0.2.2") == 429


def test_two_headers_that_disagree_are_not_believed():
    with weir("connections_per_address = 1",
              "server.trust_proxy=127.0.0.1") as node, sessions_of(node):
        def come(a, b):
            return status_of(node, "polling", X_Forwarded_For=a,
                             Forwarded=f"for={b}")
        assert come("192.0.2.1", "192.0.2.1") == 200
        assert come("192.0.2.1", "192.0.2.2") == 200  # the proxy's own
        assert come("192.0.2.3", "192.0.2.4") == 429
        assert come("192.0.2.2", "192.0.2.2") == 200


# -- users ---------------------------------------------------------------------

TOKENS = f"""
[auth.jwt]
algorithms = ["HS256"]
secret = "{SECRET}"
"""
ALLOW = '  allow = { join = ["authenticated"], emit = ["authenticated"] }\n'


def weir_with_tokens(limits):
    config = CONFIG.format(limits=limits).replace(
        '  topic = "chat"\n', f'  topic = "chat"\n{ALLOW}')
    return WeirNode(config + TOKENS)


def refusal_of(node, user):
    """What CONNECT_ERROR tells a further connection of the user."""
    websocket = open_websocket(node.port)
    assert websocket.receive()[0] == "0"
    websocket.send_text("40" + json.dumps({"token": make_token(user)}))
    packet = websocket.receive()
    websocket.close()
    return json.loads(packet[2:]) if packet.startswith("44") else None


def test_a_user_may_have_so_many_connections():
    with weir_with_tokens("connections_per_user = 2") as node, \
            ExitStack() as stack:
        def come(user):
            return stack.enter_context(
                RawClient(node.port, auth={"token": make_token(user)}))
        ada, _, bob = come("ada"), come("ada"), come("bob")
        refused = refusal_of(node, "ada")
        assert refused["data"]["code"] == "rate_limited", refused
        assert refused["data"]["retry_after_ms"] > 0
        assert rate_limited(node, "connections_per_user") == 1
        assert bob.emit("join", "chat:1")["status"] == "ok"
        assert ada.emit("join", "chat:1")["status"] == "ok"
        ada.websocket.close()
        wait_until(lambda: refusal_of(node, "ada") is None,
                   "the place of the connection that has gone")


def test_a_user_that_comes_back_takes_its_own_place():
    with weir_with_tokens("connections_per_user = 1") as node:
        token = make_token("ada")
        old = RawClient(node.port, auth={"token": token})
        old.join("chat:1")
        event = {"room": "chat:1", "n": 1}
        old.emit("say", event)
        name, *args = old.next_event()
        back = {"token": token, "pid": old.pid, "offset": args[-1]}
        with RawClient(node.port, auth=back) as client:  # the old one is open
            assert client.socket_id == old.socket_id
        old.websocket.close()


# -- what one connection asks for ----------------------------------------------

def until_refused(client, *event):
    """Emits until that is refused: the answer, and how many were not."""
    for n in range(1000):
        answer = client.emit(*event)
        if answer["status"] == "error":
            return answer, n
    raise AssertionError("nothing was refused")


ROOM = {"room": "chat:1"}
ASKED = {
    "events": ("events = { rate = 1, burst = 5 }", ("say", ROOM), 5),
    "bytes": ('bytes = { rate = 2_000, burst = 20_000 }',
              ("say", ROOM | {"text": "x" * 4000}), 4),
    "joins": ("joins = { rate = 1, burst = 5 }", ("join", "chat:1"), 5),
}


@both_transports
@pytest.mark.parametrize("limit", ASKED)
def test_a_connection_may_ask_so_often(transport, limit):
    limits, event, burst = ASKED[limit]
    client_of = CLIENTS[transport]
    with weir(limits) as node, client_of(node.port) as client, \
            client_of(node.port) as bystander:
        if limit != "joins":
            client.emit("leave", "chat:1")  # costs as much, and is no join
        answer, n = until_refused(client, *event)
        assert answer["code"] == "rate_limited", answer
        assert 0 < answer["retry_after_ms"] <= 10_000
        assert n >= burst - 2
        assert rate_limited(node, limit) >= 1
        node.wait_for_log(f"a client is over a limit .*limits.{limit}")
        time.sleep(answer["retry_after_ms"] / 1000)  # as it was told
        assert client.emit(*event)["status"] == "ok"
        assert bystander.emit(*event)["status"] == "ok"


@both_transports
@pytest.mark.parametrize("limit", ["events", "bytes"])
def test_an_event_may_have_a_limit_of_its_own(transport, limit):
    burst = {"events": 2, "bytes": 10_000}[limit]
    limits = f"""
[[limits.event]]
name = "whisper"
{limit} = {{ rate = 1, burst = {burst} }}
"""
    whisper = ROOM | {"text": "x" * 3000}
    with weir(limits) as node, CLIENTS[transport](node.port) as client, \
            CLIENTS[transport](node.port) as bystander:
        answer, _ = until_refused(client, "whisper", whisper)
        assert answer["code"] == "rate_limited"
        assert rate_limited(node, f"event.{limit}") >= 1
        assert bystander.emit("whisper", whisper)["status"] == "ok"
        for _ in range(20):
            assert client.emit("say", ROOM)["status"] == "ok"


def test_a_client_that_goes_on_is_sent_away_where_that_is_wanted():
    limits = "events = { rate = 50, burst = 5 }\nmax_rate_limited = 10"
    with weir(limits) as node, RawClient(node.port) as bystander:
        with RawClient(node.port) as client:
            packets = []
            with pytest.raises((Closed, OSError)):
                for _ in range(100_000):
                    client.send('2["say",{"room":"chat:1"}]')
                while True:
                    packets.append(client.receive_packet(PATIENCE))
            node.wait_for_log("over a limit too often")
        assert bystander.emit("join", "chat:1")["status"] == "ok"


@pytest.mark.parametrize("what", ["joins", "emits", "local events"])
def test_a_flood_of_one_client_is_held_to_its_rate(what):
    rate, burst = 100, 100
    limits = f"events = {{ rate = {rate}, burst = {burst} }}"
    with weir(limits) as node, RawClient(node.port) as bystander:
        began = time.monotonic()
        with Flood(node.port, FLOODS[what]) as flood:
            for i in range(20):
                assert bystander.emit("join", f"chat:b{i}")["status"] == "ok"
            # It is not read any more; what it sends waits in its own buffers.
            wait_until(lambda: stands_still(flood), "the flood to be held")
        if what == "emits":
            stored = node.metric("weir_emits_total", code="ok")
            assert 0 < stored <= burst + rate * (time.monotonic() - began) + 1


def stands_still(flood):
    before = flood.sent
    time.sleep(0.2)
    return 0 < flood.sent and flood.sent - before < 1 << 20


# -- sizes ---------------------------------------------------------------------

@both_transports
def test_a_url_has_a_limit_of_its_own(transport):
    with weir("", "server.max_url=1KiB") as node:
        def ask(padding):
            where = target(transport) + "&x=" + "x" * padding
            if transport == "polling":
                return request(node.port, "GET", where).status
            websocket = RawWebSocket(node.port, where)
            websocket.close()
            return websocket.status
        assert ask(100) == SUCCESS[transport]
        assert ask(1024) == 414
        assert ask(100) == SUCCESS[transport]
