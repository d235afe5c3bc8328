"""Bytes that no client should send. Each ends in an answer of the protocol's
own, and a well-behaved client that is connected at the same time notices
nothing."""

import itertools
import json
import re
import socket
import struct
import time
from random import Random

import pytest

from engineio_client import (PollingSession, finish, open_websocket, request,
                             target, websocket_session)
from raw_client import RawClient
from raw_websocket import (BINARY, CLOSE, PING, TEXT, frame, frame_head,
                           upgrade_request)
from waiting import PATIENCE, wait_until
from weir_fixtures import node_of

CONFIG = """
[server]
header_timeout = "1s"
max_header = "8KiB"
[engineio]
max_payload = 100_000
upgrade_timeout = "1s"
[log]
limit_lines = 1000
[kafka]
embedded = true
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
  [[namespace.mapping]]
  room = "raw"
  topic = "raw"
  events = ["raw"]
  format = "raw"
"""


node = node_of(CONFIG)


@pytest.fixture(scope="module")
def bystander(node):
    with RawClient(node.port) as client:
        client.join("chat:bystander")
        client.count = itertools.count()
        yield client


@pytest.fixture(autouse=True)
def nobody_else_notices(bystander):
    """What the bystander emits after each test is the next thing it hears, on
    the connection that it had before."""
    yield
    event = {"room": "chat:bystander", "n": next(bystander.count)}
    assert bystander.emit("chat message", event)["status"] == "ok"
    assert bystander.next_event() == ["chat message", event]


@pytest.fixture
def websocket(node):
    """A socket in the main namespace."""
    websocket, _ = websocket_session(node.port)
    with websocket:
        websocket.send_text("40")
        assert websocket.receive().startswith("40")
        yield websocket


# -- WebSocket frames ---------------------------------------------------------

BAD_FRAMES = {
    "unmasked": (frame(TEXT, b"40", masked=False), 1002),
    "a reserved bit": (b"\xf1" + frame(TEXT, b"40")[1:], 1002),
    "an unknown opcode": (frame(3, b"40"), 1002),
    "a control frame of two parts": (frame(PING, b"", final=False), 1002),
    "a long control frame": (frame(PING, b"x" * 126), 1002),
    "a continuation of nothing": (frame(0, b"40"), 1002),
    "a text within a text": (
        frame(TEXT, b"4", final=False) + frame(TEXT, b"0"), 1002),
    "a close frame of one byte": (frame(CLOSE, b"\x03"), 1002),
    "invalid UTF-8": (frame(TEXT, b'42["\xff"]'), 1007),
    "a surrogate": (frame(TEXT, b'42["\xed\xa0\x80"]'), 1007),
    "half a character": (frame(TEXT, b'42["\xe2\x82'), 1007),
    "a size of 2^63": (b"\x81\xff" + struct.pack(">Q", 1 << 63) + b"\0" * 4,
                       None),
    "more than max_payload": (frame_head(TEXT, 100_001), 1009),
    "far more than max_payload": (frame_head(BINARY, 1 << 40), 1009),
    "parts that are too much together": (
        frame(TEXT, b"4" * 60_000, final=False) + frame(0, b"4" * 60_000),
        1009),
}


@pytest.mark.parametrize("what", BAD_FRAMES)
def test_a_bad_frame_closes_with_its_code(websocket, what):
    data, code = BAD_FRAMES[what]
    websocket.send_bytes(data)
    found = websocket.code_of_close()
    assert found == code or code is None and found in (1002, 1009)


def pieces(data, seed):
    """Of random sizes, most of them small."""
    random = Random(seed)
    while data:
        n = min(random.choice([1, 2, 3, 7, 50, 1000]), len(data))
        yield data[:n]
        data = data[n:]


def send_in_pieces(peer, data, seed):
    """As segments of their own: what has come back after a moment, which keeps
    the kernel from joining them."""
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answer = b""
    for piece in pieces(data, seed):
        try:
            peer.sendall(piece)
            peer.settimeout(0.001)
            answer += peer.recv(65536)
        except TimeoutError:
            pass
        except OSError:  # it has been answered before its end
            break
    peer.settimeout(PATIENCE)
    return answer


@pytest.mark.parametrize("what", [x for x in BAD_FRAMES if len(
    BAD_FRAMES[x][0]) < 1000])
def test_a_bad_frame_closes_with_its_code_however_it_is_cut(node, what):
    data, code = BAD_FRAMES[what]
    if code is None:
        code = 1009
    for seed in range(4):
        with websocket_session(node.port)[0] as websocket:
            websocket.reader.feed(send_in_pieces(websocket.socket, data, seed))
            assert websocket.code_of_close() == code


@pytest.mark.parametrize("size", [1, 3, 5, 20])
def test_a_truncated_frame_is_an_end_and_no_packet(node, websocket, size):
    whole = frame(TEXT, b'42["chat message",{"room":"chat:bystander"}]')
    websocket.send_bytes(whole[:size])
    websocket.socket.shutdown(socket.SHUT_WR)
    websocket.code_of_close()


def test_a_message_of_exactly_max_payload_is_fine(websocket):
    text = '42["no such event","' + "x" * 100_000
    websocket.send_text(text[:100_000 - 2] + '"]')
    websocket.send_text('421["join","chat:1"]')
    assert '"status":"ok"' in websocket.receive()


# -- packets ------------------------------------------------------------------

def deep(depth):
    return "[" * depth + "]" * depth


BAD_PACKETS = {
    "invalid JSON": '42["chat message",{"room":"chat:bystander",}]',
    "cut JSON": '42["chat message",{"room":"chat:bystander"',
    "a control character in a string": '42["chat\x00message"]',
    "a lone escape": '42["\\x"]',
    "half a surrogate pair's escape": '42["chat message","\\u12"]',
    "a number that is none": '42["chat message",01]',
    "more attachments than there may be": '4511-["raw"]',
    "an attachment count that overflows": '4599999999999999999999-["raw"]',
    "a placeholder without attachments":
        '451-["raw",{"_placeholder":true,"num":7}]',
    "a reserved event name": '42["disconnect"]',
    "another reserved event name": '42["connect_error",{}]',
    "an escaped reserved event name": '42["\\u0063onnect"]',
    "a namespace that was not joined": '42/other,["chat message"]',
    "CONNECT once more": "40",
    "DISCONNECT with data": "41{}",
    "what only servers send": '44{"message":"no"}',
    "a name that is an object": "42[{}]",
    "no name": "42[]",
    "text in the middle of attachments": '452-["raw"]',
}


@pytest.mark.parametrize("what", BAD_PACKETS)
def test_a_bad_packet_closes(websocket, what):
    packet = BAD_PACKETS[what]
    websocket.send_text(packet)
    if packet.startswith("451-"):
        websocket.send_binary(b"\x01")
    if packet.startswith("452-"):
        websocket.send_text('42["join","chat:1"]')
    websocket.code_of_close()


PLACEHOLDER = '{"_placeholder":true,"num":0}'

REFUSED_PACKETS = {
    "a number for a name": ("427[0,1]", "unknown_event"),
    "half a surrogate pair in the name": ('427["\\ud83d"]', "unknown_event"),
    "no arguments, and so no name": ("427", "invalid_payload"),
    "nesting deeper than json_depth": (
        f'427["chat message",{deep(200)}]', "invalid_payload"),
    "nesting as deep as fits": (
        f'427["chat message",{deep(45_000)}]', "invalid_payload"),
    "an attachment that no placeholder names": (
        '451-7["raw",1]', "invalid_payload"),
    "an attachment that two placeholders name": (
        f'451-7["raw",{PLACEHOLDER},{PLACEHOLDER}]', "invalid_payload"),
    "a placeholder that holds more": (
        '451-7["raw",{"_placeholder":true,"num":0,"x":1}]', "invalid_payload"),
}


@pytest.mark.parametrize("what", REFUSED_PACKETS)
def test_what_the_reference_takes_and_nobody_can_carry_is_refused(websocket,
                                                                  what):
    """The connection stays: with it, other namespaces, and `retries` would only
    have repeated it."""
    packet, code = REFUSED_PACKETS[what]
    websocket.send_text(packet)
    if packet.startswith("451-"):
        websocket.send_binary(b"\x01")
    answer = websocket.receive()
    assert answer.startswith(f'437[{{"status":"error","code":"{code}"'), answer
    websocket.send_text('421["join","chat:1"]')
    assert '"status":"ok"' in websocket.receive()


def test_attachments_that_are_too_large_together_are_refused(websocket):
    websocket.send_text('452-7["raw",{"_placeholder":true,"num":0},'
                        '{"_placeholder":true,"num":1}]')
    for _ in range(2):
        websocket.send_binary(b"x" * 60_000)
    assert '"code":"too_large"' in websocket.receive()


ACCEPTED_PACKETS = [
    '427 [ "join" , "chat:1" ] ', '42\t7\n["join","chat:1"]\r\n',
    '427[\n  "join",\n  "chat:1"\n]', '4500-7["join","chat:1"]',
    '42/?a=b,7["join","chat:1"]',
    '427[ "chat message" , { "room" : "chat:1" } ]',
    '427\r\n[\r\n"chat message"\r\n,\r\n{"room":\t"chat:1"}\r\n]\r\n']


@pytest.mark.parametrize("packet", ACCEPTED_PACKETS)
def test_what_the_reference_takes_is_taken(websocket, packet):
    websocket.send_text(packet)
    answer = websocket.receive()
    assert answer.startswith('437[{"status":"ok"'), answer


@pytest.mark.parametrize("packet", ["43", "43[]", "4399[1]", "42"])
def test_what_answers_nothing_is_ignored(websocket, packet):
    websocket.send_text(packet)
    websocket.send_text('421["join","chat:1"]')
    assert '"status":"ok"' in websocket.receive()


@pytest.mark.parametrize("nsp", ["/none", "/" + "n" * 5000, "/a\nb\x1e", "/\xe9"])
def test_a_namespace_that_is_not_there_is_a_connect_error(websocket, nsp):
    websocket.send_text(f"40{nsp},")
    assert websocket.receive() == f'44{nsp},{{"message":"Invalid namespace"}}'


def test_what_jsons_placeholders_look_like_in_a_text_packet(websocket):
    """The packet has no attachments: these are an object like any other, and
    must not be delivered as a promise of bytes that never come."""
    websocket.send_text('421["join","chat:2"]')
    websocket.receive()
    websocket.send_text('422["chat message",{"room":"chat:2",'
                        '"x":{"_placeholder":true,"num":0}}]')
    received = [websocket.receive(), websocket.receive()]
    assert any(x.startswith('42["chat message"') for x in received)
    assert not any(x.startswith("45") for x in received)


def test_what_cannot_be_stored_is_refused_and_no_end(bystander):
    for event, code in [
            (["no such event"], "unknown_event"),
            (["chat message", {"room": "cellar"}], "unknown_room"),
            (["chat message", {"room": {"x": 1}}], "invalid_payload"),
            (["chat message"], "invalid_payload"),
            (["join", "cellar"], "unknown_room"),
            (["join", ["chat:1"]], "invalid_payload"),
            (["join", ""], "unknown_room"),
            (["leave", "chat:never joined"], "not_a_member"),
            (["raw", "text"], "invalid_payload")]:
        answer = bystander.emit(*event)
        assert (answer["status"], answer["code"]) == ("error", code), event


def test_a_refusal_names_what_was_said_without_breaking_the_json(bystander):
    room = 'cellar"\\\n\u2028\x1e'
    answer = bystander.emit("join", room)
    assert answer["code"] == "unknown_room"


# -- polling ------------------------------------------------------------------

BAD_BODIES = {
    "empty": b"",
    "only a separator": b"\x1e",
    "a separator at the end": b"40\x1e",
    "two separators": b"40\x1e\x1e40",
    "an unknown type": b"940",
    "invalid UTF-8": b'42["\xff"]',
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_bad_body_ends_the_session(node, what):
    session = PollingSession(node.port)
    session.post(BAD_BODIES[what])
    answer = session.get()
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == 1


@pytest.mark.parametrize("base64", [
    "AQIDBAUGBwgJCgsM", "AQID\nBAUG\r\nBwgJCgsM\n", "AQIDBAUGBwgJCgsM==",
    "AQ ID!BA UG\tBw\u00e9gJCgsM=garbage"])
def test_base64_of_any_form_is_read_as_the_reference_does(node, base64):
    """Java's client, which Android's apps use, breaks the lines."""
    session = PollingSession(node.port)
    session.post("40")
    session.get()
    assert session.post(
        f'451-7["raw",{PLACEHOLDER}]\x1eb{base64}').status == 200
    assert session.get().body.startswith(b'437[{"status":"ok"')


def test_a_bad_packet_ends_a_polling_session(node):
    session = PollingSession(node.port)
    session.post("4no packet")
    assert session.get().body == b"1"
    assert session.get().status == 400


def test_binary_bodies_are_of_an_older_protocol(node):
    session = PollingSession(node.port)
    answer = session.post(b"40", {"Content-Type": "application/octet-stream"})
    assert answer.status == 400
    assert session.get().status == 400


def test_a_body_over_the_limit_is_413(node):
    session = PollingSession(node.port)
    assert session.post("4" * 100_001).status == 413
    assert not session.is_open()


def test_a_chunked_body_over_the_limit_is_413(node):
    session = PollingSession(node.port)
    with socket.create_connection(("127.0.0.1", node.port), PATIENCE) as peer:
        peer.sendall(f"POST {session.target()} HTTP/1.1\r\nHost: x\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(3):
            peer.sendall(b"c350\r\n" + b"4" * 50_000 + b"\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 413")
    assert not session.is_open()


def test_a_length_that_lies_ends_the_session(node):
    session = PollingSession(node.port)
    with socket.create_connection(("127.0.0.1", node.port), PATIENCE) as peer:
        peer.sendall(f"POST {session.target()} HTTP/1.1\r\nHost: x\r\n"
                     "Content-Length: 100\r\n\r\n40".encode())
    wait_until(lambda: session.post("3").status == 400, "the session's end")


def test_a_session_nobody_has(node):
    for where in (target("polling", "a" * 20), target("polling", "%00"),
                  target("polling", "x" * 2000), target("polling", "../..")):
        for method in ("GET", "POST"):
            answer = request(node.port, method, where, "40")
            assert answer.status == 400
            assert json.loads(answer.body)["code"] == 1
    with open_websocket(node.port, "a" * 20) as websocket:
        assert (websocket.status, websocket.body) == (400,
                                                      b"Session ID unknown")


def test_two_polls_at_once_end_their_session_only(node):
    session, other = PollingSession(node.port), PollingSession(node.port)
    first = session.begin_get()
    assert sorted([session.get().status, finish(first).status]) == [200, 400]
    assert session.get().status == 400
    assert other.is_open()


# -- HTTP ---------------------------------------------------------------------

LAST = "GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

def send_and_read(port, data):
    """What comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
        peer.sendall(data)
        answer = b""
        try:
            while more := peer.recv(65536):
                answer += more
        except ConnectionResetError:
            pass
        return answer


def test_headers_that_trickle_in_are_cut_off(node):
    with socket.create_connection(("127.0.0.1", node.port), PATIENCE) as peer:
        peer.sendall(b"GET /socket.io/ HTTP/1.1\r\n")
        # As slow as it likes, but not forever: header_timeout is a second.
        peer.settimeout(0.1)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                peer.sendall(b"x: y\r\n")
                if not peer.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    raise AssertionError(f"still open after {PATIENCE} s")


def cut_off(node):
    """{at: how many}."""
    return {at: float(n) for at, n in re.findall(
        r'^weir_clients_cut_off_total{at="(\w+)"} (\S+)$',
        node.get("/metrics")[1], re.MULTILINE)}


def half_a_body(node):
    where = PollingSession(node.port).target()
    return (f"POST {where} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n4"
            .encode())


def half_an_upgrade(_):
    return upgrade_request(target("websocket"))[:-2]


def half_a_probe(node):
    where = PollingSession(node.port).target()
    return upgrade_request(where.replace("polling", "websocket")) + frame(
        TEXT, b"2probe")


def no_frame(_):
    return upgrade_request(target("websocket")) + b"\xff" * 20


def no_packet(_):
    return upgrade_request(target("websocket")) + frame(TEXT, b"x")


def no_socketio(_):
    return upgrade_request(target("websocket")) + frame(TEXT, b"4x")


def no_namespace(_):
    return upgrade_request(target("websocket")) + frame(TEXT, b"42[\"a\"]")


@pytest.mark.parametrize("listen, at, why, data", [
    ("port", "head", "head is not complete", lambda _: b"GET / HTTP/1.1\r\nHo"),
    ("admin_port", "head", "head is not complete", lambda _: b"GET"),
    ("port", "head", "head is not complete", half_an_upgrade),
    ("port", "body", "body comes slowly", half_a_body),
    ("port", "upgrade", "upgrades too slowly", half_a_probe),
    ("port", "frame", "no frames", no_frame),
    ("port", "packet", "a packet that is none", no_packet),
    ("port", "packet", "", no_socketio),
    ("port", "packet", "does not fit", no_namespace)])
def test_who_is_cut_off_is_counted_and_logged(node, listen, at, why, data):
    before = cut_off(node)
    with socket.create_connection(("127.0.0.1", getattr(node, listen)),
                                  PATIENCE) as peer:
        peer.sendall(data(node))
        wait_until(lambda: cut_off(node)[at] == before[at] + 1,
                   "it to be counted")
    node.wait_for_log(f"a client is cut off from=127.0.0.1 why=.*{why}")
    assert {**cut_off(node), at: 0} == {**before, at: 0}


def test_a_connection_that_says_nothing_is_cut_off(node):
    before = cut_off(node)
    assert send_and_read(node.port, b"") == b""
    answer = send_and_read(node.port, b"GET /none HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404")
    assert cut_off(node) == before  # nobody is obliged to ask for more


@pytest.mark.parametrize("listen", ["port", "admin_port"])
def test_headers_over_the_limit_are_431(node, listen):
    answer = send_and_read(
        getattr(node, listen),
        b"GET / HTTP/1.1\r\nx: " + b"y" * 20_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431") or not answer


@pytest.mark.parametrize("data", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300,  # TLS
    b"\x00" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nConnection: close\r\n\r\n", b"\r\n" * 50,
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"])
@pytest.mark.parametrize("listen", ["port", "admin_port"])
def test_what_is_no_request_gets_an_error_or_a_close(node, listen, data):
    answer = send_and_read(getattr(node, listen), data)
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


HTTP_STREAMS = [
    # Several, of which one may be wrong: each is answered, up to that.
    "GET /none HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + LAST,
    "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345" + LAST,
    "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;a=b\r\n12345\r\n0\r\nX: y\r\n\r\n" + LAST,
    "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "x\r\n12345\r\n0\r\n\r\n" + LAST,
    "POST /none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n" + LAST,
    "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\n12345" + LAST,
    "GET /none HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n" + LAST,
    "GET /none HTTP/1.1\r\n\r\n" + LAST,
    "GET /none\r\n\r\n" + LAST,
    "GET /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: x\r\n\r\n"
    + LAST]


@pytest.mark.parametrize("listen", ["port", "admin_port"])
@pytest.mark.parametrize("stream", HTTP_STREAMS)
def test_answers_do_not_depend_on_how_requests_are_cut(node, listen, stream):
    port = getattr(node, listen)

    def statuses(seed):
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer:
            answer = b""
            if seed is None:
                peer.sendall(stream.encode())
            else:
                answer = send_in_pieces(peer, stream.encode(), seed)
            try:
                while more := peer.recv(65536):
                    answer += more
            except ConnectionResetError:
                pass
            return re.findall(rb"^HTTP/1.1 (\d+)", answer, re.MULTILINE)
    whole = statuses(None)
    assert whole
    for seed in range(4):
        assert statuses(seed) == whole


@pytest.mark.parametrize("drop", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_half_a_websocket_handshake_is_refused(node, drop):
    lines = upgrade_request(target("websocket")).split(b"\r\n")
    data = b"\r\n".join(x for x in lines if not x.startswith(drop.encode()))
    answer = send_and_read(node.port, data)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 426"))


def test_paths_do_not_leave_the_folder(node):
    for path in ("/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                 "/socket.io/../../etc/passwd", "/socket.io/%2e%2e%2fx"):
        answer = request(node.port, "GET", path)
        assert answer.status in (400, 404)
        assert b"root:" not in answer.body


# -- many at once -------------------------------------------------------------

def test_connections_that_come_and_go_leave_nothing_behind(node):
    def connections():
        for actor in node.get("/v1/actors")[1]["actors"]:
            if actor["type"] == "connection":
                return int(actor["count"])
        return 0
    before = connections()
    for _ in range(100):
        websocket, _ = websocket_session(node.port)
        websocket.send_text('40')
        websocket.send_text('42["join","chat:3"]')
        websocket.close()
    wait_until(lambda: connections() <= before, "the connections' ends")
