"""What one client may cost, before and beside its packets: connections,
sessions, bytes that are no data, and answers that it does not read. While it
tries, the node answers everybody else."""

import contextlib
import http.client
import itertools
import pathlib
import re
import resource
import socket
import time

import pytest

from engineio_client import PollingSession, open_websocket, request, target
from promptness import Promptness
from raw_client import RawClient
from waiting import PATIENCE, SANITIZED, wait_until
from weir_fixtures import node_of
from weir_node import WeirNode

CONFIG = """
[server]
io_threads = 2
header_timeout = "60s"
[limits]
requests.rate = 0
[kafka]
embedded = true
[[namespace]]
name = "/"
"""

PORTS = ["port", "admin_port"]
MIB = 1 << 20


node = node_of(CONFIG)


@pytest.fixture(autouse=True)
def nobody_else_notices(request):
    if "node" not in request.fixturenames:
        yield
        return
    node = request.getfixturevalue("node")
    with Promptness(node):
        yield
        # Each loop, as connections are spread over them.
        for _ in range(10):
            assert PollingSession(node.port).is_open()


def push(peer, chunks, most):
    """Sends without a look at what comes back, until the node takes no more
    for a while. How much it took."""
    peer.settimeout(1)
    sent = 0
    try:
        for chunk in chunks:
            sent += peer.send(chunk)
            if sent > most:
                break
    except (TimeoutError, ConnectionError):
        pass
    return sent


def answer_of(peer):
    peer.settimeout(PATIENCE)
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while more := peer.recv(65536):
            answer += more
    return answer


# -- bytes that nobody reads ---------------------------------------------------

@pytest.mark.parametrize("listen", PORTS)
def test_answers_that_are_not_read_hold_no_loop_up(node, listen):
    requests = [
        "POST {} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
        "Content-Length: 1\r\n\r\n3",
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"]
    with contextlib.ExitStack() as stack:
        for data in requests:
            for _ in range(4):  # for each loop
                where = (PollingSession(node.port).target()
                         if listen == "port" else "/x")
                batch = data.format(where).encode() * 100
                peer = stack.enter_context(socket.socket())
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                peer.connect(("127.0.0.1", getattr(node, listen)))
                push(peer, itertools.repeat(batch), 8 * MIB)
        for _ in range(20):
            assert node.get("/livez")[0] == 200
            assert request(node.port, "GET", "/").status == 404


# -- bytes that are no data ----------------------------------------------------

CHUNKED = b"POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a chunk's extension": (CHUNKED + b"1;", b"x" * 65536),
    "the last chunk's extension": (CHUNKED + b"0;", b"x" * 65536),
    "extensions of small chunks": (CHUNKED, b"1;x=y\r\na\r\n" * 6000),
    "a chunk's size": (CHUNKED, b"0" * 65536),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 10000),
    "a trailer": (CHUNKED + b"0\r\nA: ", b"x" * 65536),
    "a method": (b"", b"x" * 65536),
    "a target": (b"GET /", b"x" * 65536),
    "a header": (b"GET / HTTP/1.1\r\nA: ", b"x" * 65536),
    "headers": (b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 10000),
}


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("listen", PORTS)
def test_a_request_without_an_end_is_refused(node, listen, what):
    begin, more = ENDLESS[what]
    where = (PollingSession(node.port).target() if listen == "port" else "/x")
    before = node.memory()
    with socket.create_connection(("127.0.0.1", getattr(node, listen)),
                                  PATIENCE) as peer:
        peer.sendall(begin.replace(b"%s", where.encode()))
        push(peer, itertools.repeat(more), 64 * MIB)
        if not SANITIZED:
            assert node.memory() < before + 32 * MIB
        assert answer_of(peer)[9:12] in (b"400", b"413", b"431", b"")


def test_a_file_of_any_size_is_looked_at_at_once(tmp_path):
    pathlib.Path(tmp_path, "big.bin").write_bytes(b"x" * 30_000_000)
    with WeirNode(CONFIG, f"server.files={tmp_path}") as node:
        connection = http.client.HTTPConnection("127.0.0.1", node.port,
                                                timeout=PATIENCE)
        before = node.memory()
        with Promptness(node):
            for _ in range(200):
                connection.request("HEAD", "/big.bin")
                answer = connection.getresponse()
                assert answer.getheader("Content-Length") == "30000000"
                answer.read()
        connection.close()
        if not SANITIZED:
            assert node.memory() < before + 16 * MIB


# -- sessions ------------------------------------------------------------------

def test_sessions_are_counted_whatever_they_come_by():
    with WeirNode(CONFIG, "server.max_connections=5") as node:
        connection = http.client.HTTPConnection("127.0.0.1", node.port,
                                                timeout=PATIENCE)
        for _ in range(4):
            connection.request("GET", target("polling"))
            assert connection.getresponse().read().startswith(b"0{")
        with RawClient(node.port):
            connection.request("GET", target("polling"))
            answer = connection.getresponse()
            assert answer.status == 503 and answer.read()
            refused = open_websocket(node.port)
            assert refused.status == 503 and refused.body
            refused.close()
            assert node.metric("weir_connections_refused_total") == 2
            node.wait_for_log("too many sessions")
        session = wait_until(lambda: try_to_open(node),
                             "the place of the client that has gone")
        assert session.is_open()


def test_sessions_of_one_address_have_a_limit_of_their_own():
    with WeirNode(CONFIG, "limits.connections_per_address=3") as node:
        for _ in range(3):
            PollingSession(node.port)
        assert request(node.port, "GET", target("polling")).status == 429
        assert node.metric("weir_connections_refused_total") == 1


# -- descriptors ---------------------------------------------------------------

@pytest.mark.parametrize("soft, hard", [(128, 2048), (2047, 2048),
                                        (2048, 2048)])
def test_a_node_takes_as_many_descriptors_as_it_may_have(soft, hard):
    with WeirNode(CONFIG, "server.max_connections=1000",
                  descriptors=(soft, hard)) as node:
        text = pathlib.Path(f"/proc/{node.process.pid}/limits").read_text()
        found = re.search(r"^Max open files +(\d+) +(\d+)", text, re.MULTILINE)
        assert (int(found[1]), int(found[2])) == (hard, hard)
        assert not [x for x in node.log() if "fewer clients can connect" in x]

def test_a_node_without_descriptors_answers_its_operator():
    # More than a node needs by itself; half of them are for clients.
    with WeirNode(CONFIG, descriptors=110) as node:
        node.wait_for_log("fewer clients can connect than "
                          "server.max_connections says .*open_files=110")
        with contextlib.ExitStack() as stack:
            for _ in range(120):
                peer = stack.enter_context(socket.socket())
                peer.connect(("127.0.0.1", node.port))
            for path in ("/livez", "/readyz", "/metrics") * 5:
                assert node.get(path)[0] == 200
        session = wait_until(lambda: try_to_open(node), "room for a client")
        assert session.is_open()


@pytest.mark.skipif(SANITIZED, reason="UBSan looks at objects through a pipe, "
                    "and takes them for none where it cannot open one")
def test_an_accept_that_fails_is_told_and_counted():
    """The node has descriptors for its clients, but something else takes them:
    it is told to count on more than there are."""
    with WeirNode(CONFIG, "server.io_threads=1", descriptors=200) as node:
        used = len(list(pathlib.Path(f"/proc/{node.process.pid}/fd").iterdir()))
        limit_descriptors(node.process.pid, used + 10)
        with contextlib.ExitStack() as stack:
            for _ in range(30):
                peer = stack.enter_context(socket.socket())
                peer.connect(("127.0.0.1", node.port))
            node.wait_for_log("connections cannot be accepted")
            for path in ("/livez", "/readyz", "/metrics") * 5:
                assert node.get(path)[0] == 200
            assert node.metric("weir_accepts_failed_total") > 0
        session = wait_until(lambda: try_to_open(node), "room for a client")
        assert session.is_open()


def limit_descriptors(process, number):
    resource.prlimit(process, resource.RLIMIT_NOFILE, (number, number))


def try_to_open(node):
    try:
        return PollingSession(node.port)
    except (OSError, http.client.HTTPException, AssertionError):
        return None


def test_a_loop_that_is_held_up_is_noticed():
    """By what the other tests here ask: a node that stands still is as late."""
    with WeirNode(CONFIG) as node, pytest.raises(AssertionError):
        with Promptness(node) as prompt, node.frozen():
            until = time.monotonic()
            while time.monotonic() < until + 2 * prompt.lateness.allowance() + 1:
                time.sleep(0.1)
