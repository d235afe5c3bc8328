"""Floods of what is no event: packets and frames that ask for nothing, and
requests of no session. They wait with who sends them, nothing of them is lost,
and others do not notice."""

import http.client
import json
import socket
import time

import pytest

from engineio_client import target
from raw_client import RawClient
from raw_websocket import PING, PONG, TEXT, frame
from test_floods import Flood, joins_of, median_ms
from test_limits import PollingClient, rate_limited, stands_still, weir
from waiting import PATIENCE, SANITIZED, wait_until

MiB = 1024 * 1024
RATE, BURST = 2_000, 1_000
LIMITS = f"packets = {{ rate = {RATE}, burst = {BURST} }}"
FRAMES = 5_000

SINGLE_FRAMES = {
    "pongs": frame(TEXT, b"3"),
    "noops": frame(TEXT, b"6"),
    "pings of a WebSocket": frame(PING, b"x" * 125),
    "pongs of a WebSocket": frame(PONG, b""),
}


def say(number):
    """An emit that is acked and comes back, as a packet's text."""
    event = ["say", {"room": "chat:flood", "n": number}]
    return f"42{number}{json.dumps(event)}"


def in_fragments(text):
    data = text.encode()
    return b"".join(frame(TEXT if i == 0 else 0, data[i:i + 1],
                          final=i + 1 == len(data)) for i in range(len(data)))


def flood_of(what):
    """(frames, how many, the numbers of the emits among them)."""
    if what == "fragments of a byte":
        parts = [in_fragments(say(n) + " " * 500)  # white space is JSON, too
                 for n in range(100, 110)]
        return b"".join(parts), sum(len(say(n)) + 500 for n in range(100, 110)), \
            list(range(100, 110))
    numbers = list(range(100, 105))
    part = SINGLE_FRAMES[what] * (FRAMES // len(numbers))
    data = b"".join(part + frame(TEXT, say(n).encode()) for n in numbers)
    return data, FRAMES + len(numbers), numbers


def check_others(node, bystander, before):
    """They are served as before, and the node is no larger."""
    took = joins_of(bystander, 0.5)
    grown = node.memory() - before
    print(f"joins of others {median_ms(took):.1f} ms, grown by "
          f"{grown / MiB:.1f} MiB")
    assert grown < 16 * MiB or SANITIZED


def check_pace(count, began):
    """So many take their time, at least."""
    assert count <= BURST + RATE * (time.monotonic() - began) + 1


def check_is_told(node):
    assert rate_limited(node, "packets") >= 1
    node.wait_for_log("a client sends too many packets from=127.0.0.1 "
                      ".*limits.packets")


@pytest.mark.parametrize("what", [*SINGLE_FRAMES, "fragments of a byte"])
def test_a_flood_is_held_to_its_rate_and_loses_nothing(what):
    data, count, numbers = flood_of(what)
    with weir(LIMITS) as node, RawClient(node.port) as bystander, \
            RawClient(node.port) as client:
        client.join("chat:flood")
        bystander.join("chat:first")
        before, began = node.memory(), time.monotonic()
        client.websocket.send_bytes(data)
        check_others(node, bystander, before)
        acked, heard, pongs = [], [], 0
        while len(acked) < len(numbers) or len(heard) < len(numbers):
            opcode, text = client.websocket.receive_frame()
            if opcode == PONG:
                pongs += 1
            elif text.startswith(b"43"):
                acked.append(int(text[2:text.index(b"[")]))
            elif text.startswith(b'42["say"'):
                heard.append(json.loads(text[2:])[1]["n"])
            elif text == b"2":
                client.websocket.send_text("3")
        check_pace(count, began)
        assert sorted(acked) == numbers and heard == numbers
        assert pongs == (FRAMES if what == "pings of a WebSocket" else 0)
        check_is_told(node)
        assert client.emit("leave", "chat:flood")["status"] == "ok"


@pytest.mark.parametrize("packets", [1, 500])
def test_a_flood_of_polls_is_held_to_its_rate_and_loses_nothing(packets):
    """With next to nothing in each, or with many packets in one."""
    with weir(LIMITS) as node, RawClient(node.port) as bystander, \
            PollingClient(node.port) as client:
        assert client.emit("join", "chat:flood")["status"] == "ok"
        bystander.join("chat:first")
        before, began = node.memory(), time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", node.port,
                                                timeout=PATIENCE)
        body = "\x1e".join("36"[i % 2] for i in range(packets))
        posts = FRAMES // packets
        for _ in range(posts):
            connection.request("POST", client.target(), body)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"ok")
        connection.close()
        check_pace(posts * packets, began)
        check_others(node, bystander, before)
        if packets > 1:  # one after the other may be slow enough by itself
            check_is_told(node)
        assert client.emit("say", {"room": "chat:flood"})["status"] == "ok"


@pytest.mark.parametrize("what", [*SINGLE_FRAMES, "fragments of a byte"])
def test_a_flood_without_an_end_is_held_to_its_rate(what):
    if what in SINGLE_FRAMES:
        data = SINGLE_FRAMES[what]
    else:
        data = in_fragments("6" + "x" * 10_000)
    with weir(LIMITS) as node, RawClient(node.port) as bystander:
        bystander.join("chat:first")
        before = node.memory()
        with Flood(node.port, data) as flood:
            # It is not read any more; what it sends waits in its own buffers.
            wait_until(lambda: stands_still(flood), "the flood to be held")
            check_others(node, bystander, before)
        check_is_told(node)


# -- requests of no session ----------------------------------------------------

REQUESTS = {
    "what is not there": ("GET", "/none", {}),
    "a handshake that is none": ("GET", target("none"), {}),
    "a WebSocket that is none": ("GET", target("websocket"), {}),
    "another protocol": ("GET", "/socket.io/?EIO=3&transport=polling", {}),
    "a session that is unknown": ("GET", target("polling", "none"), {}),
    "a session of no loop": ("GET", target("polling", "x" * 19), {}),
    "a way to change files": ("POST", "/index.html", {}),
}


ELSEWHERE = "GET", target("polling", "x" * 20), {}  # as another node names it


def ask(node, what, address):
    method, where, headers = REQUESTS.get(what, ELSEWHERE)
    connection = http.client.HTTPConnection(
        "127.0.0.1", node.port, timeout=PATIENCE, source_address=(address, 0))
    connection.request(method, where, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("what", REQUESTS)
def test_an_address_may_ask_so_often_without_a_session(what):
    with weir("requests = { rate = 1, burst = 5 }") as node, \
            RawClient(node.port) as client, PollingClient(node.port) as poller:
        for n in range(100):
            answer = ask(node, what, "127.0.0.1")
            if answer.status == 429:
                break
        assert n >= 5 and answer.status == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.headers["Connection"] == "close"
        assert ask(node, what, "127.0.0.2").status != 429
        assert rate_limited(node, "requests") >= 1
        node.wait_for_log("requests come too often from=127.0.0.1 "
                          ".*limits.requests")
        for x in (client, poller):  # sessions have limits of their own
            assert x.emit("join", "chat:1")["status"] == "ok"
        with RawClient(node.port) as another:
            another.join("chat:2")
        wait_until(lambda: ask(node, what, "127.0.0.1").status != 429,
                   "the address to be answered again", step=0.5)


def test_who_asks_for_sessions_of_other_nodes_has_to_wait():
    """Nobody but those knows whether there are any."""
    with weir("requests = { rate = 20, burst = 5 }") as node, \
            PollingClient(node.port) as bystander:
        began = time.monotonic()
        for _ in range(25):
            assert ask(node, "elsewhere", "127.0.0.1").status == 400
        assert 25 <= 5 + 1 + 20 * (time.monotonic() - began)
        assert rate_limited(node, "requests") >= 1
        assert bystander.emit("join", "chat:1")["status"] == "ok"


def test_a_flood_of_requests_holds_nobody_up():
    """Many on one connection, and no look at the answers."""
    request = b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with weir("requests = { rate = 10, burst = 10 }") as node, \
            RawClient(node.port) as bystander:
        bystander.join("chat:first")
        before = node.memory()
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", node.port),
                                          PATIENCE) as peer:
                try:
                    peer.sendall(request * 1000)
                    while peer.recv(65536):
                        pass
                except ConnectionError:
                    pass  # it is closed with its first request too many
        assert rate_limited(node, "requests") >= 1
        check_others(node, bystander, before)
