"""Engine.IO v4 over the wire, as config/conformance.toml sets it up."""

import base64
import json
import socket
import time

import pytest

from engineio_client import (PollingSession, finish, open_websocket, request,
                             target, websocket_session)
from raw_websocket import RawWebSocket
from waiting import PATIENCE, wait_until
from weir_fixtures import node_of
from weir_node import ROOT

PING_INTERVAL, PING_TIMEOUT = 0.3, 0.2


node = node_of(ROOT / "config/conformance.toml")


@pytest.fixture
def port(node):
    return node.port


def join_main(session):
    """From here on text that the session sends comes back as an event."""
    session.send("40")
    received = []
    while not any(x.startswith("42[") for x in received):  # the greeting
        received += [x for x in session.packets() if isinstance(x, str)]


def join_main_by_websocket(websocket):
    websocket.send_text("40")
    while not receive_message(websocket).startswith("42["):
        pass


def receive_message(websocket):
    """The next packet that is no ping; pings are answered."""
    while (packet := websocket.receive()) == "2":
        websocket.send_text("3")
    return packet


def receive_messages(session):
    """Likewise, of one or more GETs."""
    while True:
        packets = session.packets()
        if "2" in packets:
            session.send("3")
        found = [x for x in packets if x not in ("2", "6")]
        if found:
            return found


# -- handshake ----------------------------------------------------------------

def check_handshake(data, upgrades):
    assert set(data) == {"sid", "upgrades", "pingInterval", "pingTimeout",
                         "maxPayload"}
    assert len(data["sid"]) == 20
    assert data["upgrades"] == upgrades
    assert (data["pingInterval"], data["pingTimeout"]) == (300, 200)
    assert data["maxPayload"] == 1_000_000
    assert all(type(data[x]) is int
               for x in ("pingInterval", "pingTimeout", "maxPayload"))


def test_polling_handshake_offers_the_upgrade(port):
    check_handshake(PollingSession(port).handshake, ["websocket"])


def test_websocket_handshake_offers_none(port):
    websocket, data = websocket_session(port)
    with websocket:
        check_handshake(data, [])


def test_every_session_has_an_id_of_its_own(port):
    assert len({PollingSession(port).sid for _ in range(20)}) == 20


BAD_HANDSHAKES = {
    "no EIO": (target("polling", EIO=None), 5),
    "an EIO that does not exist": (target("polling", EIO="abc"), 5),
    "an older EIO": (target("polling", EIO="3"), 5),
    "no transport": ("/socket.io/?EIO=4", 0),
    "an unknown transport": (target("carrier-pigeon"), 0),
    "webtransport": (target("webtransport"), 0),
    "websocket without an upgrade": (target("websocket"), 3),
    "an unknown session": (target("polling", "a" * 20), 1),
}


@pytest.mark.parametrize("what", BAD_HANDSHAKES)
def test_a_bad_get_is_refused(port, what):
    where, code = BAD_HANDSHAKES[what]
    answer = request(port, "GET", where)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.body)["code"] == code


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_only_get_begins_a_session(port, method):
    answer = request(port, method, target("polling"))
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == 2


@pytest.mark.parametrize("where", [
    target("websocket", EIO=None), target("websocket", EIO="abc"),
    "/socket.io/?EIO=4", target("carrier-pigeon"),
    target("websocket", "a" * 20)])
def test_a_bad_websocket_request_is_refused_before_the_upgrade(port, where):
    with RawWebSocket(port, where) as websocket:
        assert websocket.status == 400
        assert b"101" not in websocket.head


# -- heartbeat ----------------------------------------------------------------

def test_polling_gets_a_ping_after_each_pong(port):
    session = PollingSession(port)
    for _ in range(3):
        begin = time.monotonic()
        assert session.packets() == ["2"]
        assert time.monotonic() - begin > PING_INTERVAL / 2
        session.send("3")
    assert session.is_open()


def test_websocket_gets_a_ping_after_each_pong(port):
    websocket, _ = websocket_session(port)
    with websocket:
        for _ in range(3):
            begin = time.monotonic()
            assert websocket.receive() == "2"
            assert time.monotonic() - begin > PING_INTERVAL / 2
            websocket.send_text("3")


def test_polling_without_a_pong_is_closed(port):
    begin = time.monotonic()
    session = PollingSession(port)
    assert session.packets() == ["2"]
    assert session.packets() == ["1"]
    assert time.monotonic() - begin > PING_INTERVAL + PING_TIMEOUT - 0.05
    answer = session.get()
    assert (answer.status, json.loads(answer.body)["code"]) == (400, 1)


def test_websocket_without_a_pong_is_closed(port):
    websocket, _ = websocket_session(port)
    with websocket:
        assert websocket.receive() == "2"
        websocket.code_of_close()


def test_a_ping_is_the_servers_privilege(port):
    websocket, _ = websocket_session(port)
    with websocket:
        websocket.send_text("2")
        websocket.code_of_close()


# -- close --------------------------------------------------------------------

def close_while_a_get_waits(port):
    """The answer to the GET, which may come too late to wait."""
    session = PollingSession(port)
    waiting = session.begin_get()
    session.send("1")
    assert session.get().status == 400
    return finish(waiting)


def test_polling_closed_by_the_client(port):
    answers = (close_while_a_get_waits(port) for _ in range(20))
    waited = next(x for x in answers if x.status == 200)
    assert waited.body in (b"6", b"1")


def test_websocket_closed_by_the_client(port):
    websocket, data = websocket_session(port)
    with websocket:
        websocket.send_text("1")
        websocket.code_of_close()
    assert request(port, "GET", target("polling", data["sid"])).status == 400


def test_websocket_closed_by_its_close_frame(port):
    websocket, data = websocket_session(port)
    with websocket:
        websocket.send_bytes(b"\x88\x82\0\0\0\0\x03\xe8")
        assert websocket.code_of_close() == 1000


def test_a_get_that_the_client_abandons_ends_the_session(port):
    session = PollingSession(port)
    session.begin_get().close()
    wait_until(lambda: session.post("3").status == 400, "the session's end")


# -- upgrade ------------------------------------------------------------------

def probe(session):
    websocket = open_websocket(session.port, session.sid)
    assert websocket.status == 101
    websocket.send_text("2probe")
    assert websocket.receive() == "3probe"
    return websocket


def upgrade(session):
    websocket = probe(session)
    websocket.send_text("5")
    return websocket


def test_an_upgraded_session_goes_on_over_websocket(port):
    session = PollingSession(port)
    with upgrade(session) as websocket:
        assert websocket.receive() == "2"
        websocket.send_text("3")
        join_main_by_websocket(websocket)
        websocket.send_text('42["message","over websocket"]')
        assert (receive_message(websocket)
                == '42["message-back","over websocket"]')


def test_the_get_that_waits_while_probing_is_answered_by_a_noop(port):
    session = PollingSession(port)
    waiting = session.begin_get()
    with probe(session) as websocket:
        answer = finish(waiting)
        assert (answer.status, answer.body) == (200, b"6")
        websocket.send_text("5")


def test_packets_before_the_upgrade_come_over_polling(port):
    session = PollingSession(port)
    join_main(session)
    with probe(session) as websocket:
        session.send('42["message","early"]')
        received = []
        while '42["message-back","early"]' not in received:
            received += session.packets()
        websocket.send_text("5")


def test_nothing_is_lost_across_an_upgrade(port):
    session = PollingSession(port)
    join_main(session)
    session.send(*(f'42["message",{i}]' for i in range(50)))
    with upgrade(session) as websocket:
        received = [receive_message(websocket) for _ in range(50)]
    assert received == [f'42["message-back",{i}]' for i in range(50)]


def test_after_the_upgrade_polling_is_refused(port):
    session = PollingSession(port)
    with upgrade(session) as websocket:
        join_main_by_websocket(websocket)  # the upgrade has been taken
        for answer in (session.get(), session.post("3")):
            assert answer.status == 400
            assert json.loads(answer.body)["code"] == 3


def test_after_the_upgrade_a_second_websocket_changes_nothing(port):
    session = PollingSession(port)
    with upgrade(session) as websocket:
        join_main_by_websocket(websocket)
        with open_websocket(port, session.sid) as second:
            assert second.status == 101, "an error instead of a close"
            second.code_of_close()
        websocket.send_text('42["message",1]')
        assert receive_message(websocket) == '42["message-back",1]'


def test_a_wrong_probe_ends_only_the_websocket(port):
    session = PollingSession(port)
    with open_websocket(port, session.sid) as websocket:
        websocket.send_text("2not a probe")
        websocket.code_of_close()
    assert session.is_open()


def test_an_upgrade_without_a_probe_ends_only_the_websocket(port):
    session = PollingSession(port)
    with open_websocket(port, session.sid) as websocket:
        websocket.send_text("5")
        websocket.code_of_close()
    assert session.is_open()


# -- messages -----------------------------------------------------------------

TEXT = '42["message","\u20ac \U0001f30a hello"]'
TEXT_BACK = '42["message-back","\u20ac \U0001f30a hello"]'


def test_polling_carries_text_both_ways(port):
    session = PollingSession(port)
    join_main(session)
    session.send(TEXT)
    assert receive_messages(session) == [TEXT_BACK]


def test_websocket_carries_text_both_ways(port):
    websocket, _ = websocket_session(port)
    with websocket:
        join_main_by_websocket(websocket)
        websocket.send_text(TEXT)
        assert receive_message(websocket) == TEXT_BACK


PLACEHOLDER = '{"_placeholder":true,"num":0}'
BYTES = b"\x00\x01\x02\xff"


def test_polling_carries_binary_as_base64(port):
    session = PollingSession(port)
    join_main(session)
    session.send(f'451-["message",{PLACEHOLDER}]',
                 "b" + base64.b64encode(BYTES).decode())
    assert receive_messages(session) == [
        f'451-["message-back",{PLACEHOLDER}]', BYTES]


def test_websocket_carries_binary(port):
    websocket, _ = websocket_session(port)
    with websocket:
        join_main_by_websocket(websocket)
        websocket.send_text(f'451-["message",{PLACEHOLDER}]')
        websocket.send_binary(BYTES)
        assert (receive_message(websocket)
                == f'451-["message-back",{PLACEHOLDER}]')
        assert receive_message(websocket) == BYTES


def test_several_packets_share_a_payload(port):
    session = PollingSession(port)
    join_main(session)
    session.send('42["message",1]', '42["message",2]', '42["message",3]')
    received = []
    while len(received) < 3:
        received += receive_messages(session)
    assert received == [f'42["message-back",{i}]' for i in (1, 2, 3)]


def test_a_client_without_binary_gets_base64_over_websocket(port):
    with RawWebSocket(port, target("websocket", b64="1")) as websocket:
        assert websocket.receive()[0] == "0"
        join_main_by_websocket(websocket)
        websocket.send_text(f'451-["message",{PLACEHOLDER}]')
        websocket.send_binary(BYTES)
        receive_message(websocket)
        assert (receive_message(websocket)
                == "b" + base64.b64encode(BYTES).decode())


def test_posts_are_answered_ok_as_text(port):
    answer = PollingSession(port).post("3")
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_payloads_are_text_that_nobody_stores(port):
    session = PollingSession(port)
    answer = session.get()
    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_packets_of_no_known_type_end_the_session(port):
    session = PollingSession(port)
    session.post("abc")
    assert session.get().status == 400


def test_websocket_packets_of_no_known_type_end_the_session(port):
    websocket, _ = websocket_session(port)
    with websocket:
        websocket.send_text("abc")
        websocket.code_of_close()


# -- parallel requests --------------------------------------------------------

def test_two_parallel_gets_end_the_session(port):
    session = PollingSession(port)
    first = session.begin_get()
    second = session.get()
    # Whichever comes first waits, until the other is one too many.
    answers = sorted([(x.status, x.body) for x in (second, finish(first))])
    assert answers == [(200, b"1"), (400, b"")]
    assert session.get().status == 400


def begin_post(session):
    """A POST whose body is still to come."""
    connection = socket.create_connection(("127.0.0.1", session.port), PATIENCE)
    connection.sendall(f"POST {session.target()} HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\n4"
                       .encode())
    return connection


def test_two_parallel_posts_end_the_session(port):
    session = PollingSession(port)
    with begin_post(session) as first:
        # Until the first one has been seen, the second is the only one.
        wait_until(lambda: session.post("3").status == 400, "a refusal")
        assert session.get().status == 400
        first.sendall(b"0\r\n")


def test_a_get_and_a_post_go_together(port):
    session = PollingSession(port)
    waiting = session.begin_get()
    session.send("40")
    assert finish(waiting).body.startswith(b"40")


# -- limits -------------------------------------------------------------------

def test_a_body_over_max_payload_is_refused(port):
    session = PollingSession(port)
    assert session.post("4" + "x" * 1_000_000).status == 413
    assert not session.is_open()  # who waited for an answer would do so for ever


def test_a_websocket_message_over_max_payload_closes(port):
    websocket, _ = websocket_session(port)
    with websocket:
        websocket.send_text("4" + "x" * 1_000_000)
        assert websocket.code_of_close() == 1009


# -- Engine.IO alone ----------------------------------------------------------

ECHO = "/engine.io/?EIO=4&transport="


def test_the_echo_sends_packets_back_over_a_websocket(port):
    with RawWebSocket(port, ECHO + "websocket") as websocket:
        check_handshake(json.loads(websocket.receive()[1:]), [])
        websocket.send_text("4hello")
        assert websocket.receive() == "4hello"
        websocket.send_binary(b"\1\2")
        assert websocket.receive() == b"\1\2"


def test_the_echo_sends_a_payload_back_over_polling(port):
    opened = request(port, "GET", ECHO + "polling")
    sid = json.loads(opened.body[1:])["sid"]
    where = f"{ECHO}polling&sid={sid}"
    payload = b"4hello\x1ebAQIDBA=="
    assert request(port, "POST", where, payload).body == b"ok"
    assert request(port, "GET", where).body == payload


def test_the_echo_closes_upon_what_is_no_packet(port):
    with RawWebSocket(port, ECHO + "websocket") as websocket:
        websocket.send_text("abc")
        websocket.code_of_close()
