"""One client that asks for as much as it can. Whatever it asks for, it cannot
fill a mailbox, and others are served as before."""

import contextlib
import json
import socket
import threading
import time

import pytest

from engineio_client import PollingSession, target
from promptness import Promptness
from raw_client import RawClient
from raw_websocket import TEXT, frame
from tokens import SECRET as TOKEN_SECRET
from tokens import make_token
from waiting import PATIENCE, SANITIZED
from webhook_endpoint import SECRET, Endpoint, Hangs
from weir_node import WeirNode

# Bystanders are in the first namespace, which neither tokens nor the webhook
# have to do with. No rate holds a flood: what is unanswered has to.
CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "0123456789abcdef"
[limits]
requests.rate = 0
packets.rate = 0
[auth.jwt]
algorithms = ["HS256"]
secret = "{token_secret}"
[auth.webhook]
url = "{url}"
secret = "{secret}"
[[namespace]]
name = "/"
auth = "none"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  allow = {{ join = ["anyone"], emit = ["anyone"], history = ["anyone"] }}
  events = ["say"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["typing"]
  to = "room"
  room_from = "/0/room"
[[namespace]]
name = "/lobby"
auth = "none"
recovery = "2m"
  [[namespace.mapping]]
  room = "lobby"
  topic = "lobby"
  allow = {{ join = ["anyone"], emit = ["anyone"], history = ["anyone"] }}
  join = "auto"
[[namespace]]
name = "/told"
  [[namespace.mapping]]
  room = "told:{{id}}"
  topic = "told"
  key = "{{id}}"
  join = "claim:/rooms"
[[namespace]]
name = "/asked"
auth = "none"
webhook = ["join"]
  [[namespace.mapping]]
  room = "asked:{{id}}"
  topic = "asked"
  allow = {{ join = ["anyone"], emit = ["anyone"], history = ["anyone"] }}
  key = "{{id}}"
"""

MiB = 1024 * 1024
SECONDS = 1
UNANSWERED = 64  # limits.unanswered_emits
TURN = 300  # messages that an actor handles before it counts them


def frames(*packets):
    return b"".join(frame(TEXT, b"4" + x.encode()) for x in packets)


PADDING = "x" * 500
FLOODS = {
    "joins": frames('2["join","chat:flood"]'),
    "joins with an ack": frames('21["join","chat:flood"]'),
    "joins of one room after the other": frames(
        *(f'2["join","chat:{i}"]' for i in range(500))),
    "joins from the log's begin": frames(
        '2["join","chat:flood",{"since":"0:0,1:0,2:0,3:0"}]'),
    "leaves": frames('2["leave","chat:flood"]', '2["leave","chat:mine"]'),
    "leaves with an ack": frames('21["leave","chat:flood"]'),
    "leaves of one room after the other": frames(
        *(f'2["leave","chat:{i}"]' for i in range(500))),
    "joins and leaves": frames('2["join","chat:flood"]',
                               '2["leave","chat:flood"]'),
    "local events": frames('2["typing",{"room":"chat:mine"},"%s"]' % PADDING),
    "namespaces": frames("0/lobby,", "1/lobby,"),
    "emits": frames('2["say",{"room":"chat:flood","text":"%s"}]' % PADDING),
    "unknown events": frames('2["no such event","%s"]' % PADDING),
    "names that are too long": frames('2["join","chat:%s"]' % PADDING,
                                      '2["%s"]' % PADDING),
}


class Flood:
    """A client that sends the same again and again, and reads what it gets.
    `opens` connects it, and does so again where the node has closed; so it is
    more than one, where that has to be."""

    def __init__(self, port, data, opens=None):
        self.opens = opens or (lambda: member(port))
        self.data = data * (1 + 32_768 // len(data))
        self.sent = 0
        self.heard = b""  # the last of it
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.socket = self.opens()

    def __enter__(self):
        self.threads = [threading.Thread(target=x, daemon=True)
                        for x in (self.write, self.read)]
        for x in self.threads:
            x.start()
        return self

    def __exit__(self, *_):
        with self.lock:
            self.over.set()
            with contextlib.suppress(OSError):  # the node has closed it
                self.socket.shutdown(2)
        for x in self.threads:
            x.join()
        self.socket.close()

    def write(self):
        while not self.over.is_set():
            try:
                self.socket.sendall(self.data)
                self.sent += len(self.data)
            except OSError:
                self.again()

    def read(self):
        while not self.over.is_set():
            with contextlib.suppress(OSError):
                while data := self.socket.recv(65536):
                    self.heard = data
            self.over.wait(0.01)

    def again(self):
        with self.lock:
            if not self.over.is_set():
                self.socket.close()
                self.socket = self.opens()


def member(port, nsp="/", room="chat:mine", auth=None):
    """The socket of a client that is in a namespace, and in a room."""
    client = RawClient(port, nsp, auth)
    if room:
        client.join(room)
    client.websocket.socket.settimeout(None)
    return client.websocket.socket


def mailboxes(node):
    return {x["type"]: int(x["mailbox"])
            for x in node.get("/v1/actors")[1]["actors"]}


@contextlib.contextmanager
def watched(node):
    """The longest mailboxes of each type of actor, within the block."""
    largest, over = {}, threading.Event()

    def look():
        while not over.wait(0.05):
            for actor, n in mailboxes(node).items():
                largest[actor] = max(n, largest.get(actor, 0))
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield largest
    finally:
        over.set()
        watcher.join()


def joins_of(client, seconds):
    """Joins and leaves rooms for so long: how long the joins took."""
    took = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        room = f"chat:bystander-{len(took)}"
        begin = time.monotonic()
        client.join(room)
        took.append(time.monotonic() - begin)
        assert client.emit("leave", room)["status"] == "ok"
    return took


def median_ms(xs):
    return 1000 * sorted(xs)[len(xs) // 2]


@pytest.fixture(scope="module")
def endpoint():
    with Endpoint() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def node(endpoint):
    with WeirNode(CONFIG.format(url=endpoint.url, secret=SECRET,
                                token_secret=TOKEN_SECRET)) as node:
        with RawClient(node.port) as client:  # the topic is there from now on
            client.join("chat:first")
        yield node


def check(node, what, floods):
    """What they have asked for waits once on the way there and once back, for
    each of them, and that is all of it."""
    with RawClient(node.port) as bystander:
        calm = joins_of(bystander, 0.5)
        before = node.memory()
        with contextlib.ExitStack() as stack:
            for x in floods:
                stack.enter_context(x)
            with watched(node) as largest, Promptness(node):
                took = joins_of(bystander, SECONDS)
            grown = node.memory() - before
        sent = sum(x.sent for x in floods)
        print(f"{what}: sent {sent / MiB:.1f} MiB, grown by "
              f"{grown / MiB:.1f} MiB, joins of others {median_ms(took):.1f} ms"
              f" (calm {median_ms(calm):.1f} ms), mailboxes",
              {k: v for k, v in largest.items() if v > 0})
        assert sent > 0
        assert max(largest.values()) <= 4 * UNANSWERED + TURN, largest
        assert grown < 64 * MiB or SANITIZED


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_fills_no_mailbox(node, what):
    check(node, what, [Flood(node.port, FLOODS[what])])


# -- packets that are for nobody ----------------------------------------------

FOR_NOBODY = {
    "acks that nobody asked for": frames(
        '37["x"]', '399999999999["%s"]' % PADDING, "30[]"),
    "acks with attachments": frames('61-37[{"_placeholder":true,"num":0}]')
    + frame(2, b"x" * 100),
    "namespaces that are not there": frames(
        "0/nowhere,", "0/%s," % PADDING[:200]),
    # These close the connection, and come again on the next.
    "events for namespaces that are not there": frames('2/nowhere,["x"]'),
    "acks for namespaces that are not there": frames('3/nowhere,1["x"]'),
    "namespaces that are left and not there": frames("1/nowhere,"),
}


@pytest.mark.parametrize("what", FOR_NOBODY)
def test_a_flood_for_nobody_fills_no_mailbox(node, what):
    check(node, what, [Flood(node.port, FOR_NOBODY[what])])


# -- tokens -------------------------------------------------------------------

def tokens_of(what):
    """As texts of `weir:token`, in turns."""
    rooms = [[f"{x}{i}" for i in range(8)] for x in "ab"]
    if what == "the same":
        return [make_token(rooms=rooms[0])]
    if what == "with other rooms":
        return [make_token(rooms=x) for x in rooms]
    return [make_token(key="of somebody else's " * 4)]


@pytest.mark.parametrize("what", ["the same", "with other rooms", "refused"])
def test_a_flood_of_tokens_fills_no_mailbox(node, what):
    data = frames(*(f'2/told,7{json.dumps(["weir:token", x])}'
                    for x in tokens_of(what)))

    def opens():
        return member(node.port, "/told", None,
                      {"token": make_token(rooms=["a0"])})
    flood = Flood(node.port, data, opens)
    check(node, f"tokens {what}", [flood])
    if what == "refused":
        assert node.metric("weir_tokens_refused_total") > 0
    else:
        assert b'7[{"status":"ok"' in flood.heard


# -- polls --------------------------------------------------------------------

def http(method, where, body=""):
    return (f"{method} {where} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def polling_flood(port, *posts):
    """Bodies that one session posts, and the polls for what they are answered
    with, on a connection each."""
    session = PollingSession(port)
    session.send("40")
    assert session.packets()[0].startswith("40")

    def opens():
        return socket.create_connection(("127.0.0.1", port), PATIENCE)
    return [Flood(port, b"".join(http("POST", session.target(), x)
                                 for x in posts), opens),
            Flood(port, http("GET", session.target()), opens)]


POSTS = {
    "with next to nothing": ["3", "6"],
    "with joins": ["\x1e".join(['421["join","chat:flood"]'] * 50)],
    "with joins and leaves of many rooms": [
        "\x1e".join(f'42["{what}","chat:{i}"]' for i in range(60))
        for what in ("join", "leave")],
}


@pytest.mark.parametrize("what", POSTS)
def test_a_flood_of_polls_fills_no_mailbox(node, what):
    floods = polling_flood(node.port, *POSTS[what])
    check(node, f"polls {what}", floods)
    assert b" 200 OK" in floods[0].heard  # it is a session still


@pytest.mark.parametrize("sid", ["none", "x" * 19, "x" * 20])
def test_a_flood_of_polls_without_a_session_fills_no_mailbox(node, sid):
    """Of none that could be, of no loop of the node's, and of another node."""
    def opens():
        return socket.create_connection(("127.0.0.1", node.port), PATIENCE)
    data = http("GET", target("polling", sid)) + http(
        "POST", target("polling", sid), "3")
    check(node, f"polls of {sid}",
          [Flood(node.port, data, opens) for _ in range(8)])


# -- joins that wait for somebody else ----------------------------------------

JOINS_TO_ASK_FOR = {
    "one room": frames('2/asked,7["join","asked:1"]'),
    "many rooms": frames(*(f'2/asked,["join","asked:{i}"]'
                           for i in range(500))),
    "joins and leaves": frames(*(f'2/asked,["{what}","asked:{i}"]'
                                 for i in range(100)
                                 for what in ("join", "leave"))),
}


@pytest.mark.parametrize("answer", ["yes", "none"])
@pytest.mark.parametrize("what", JOINS_TO_ASK_FOR)
def test_a_flood_of_joins_that_wait_fills_no_mailbox(node, endpoint, what,
                                                     answer):
    hangs = Hangs()
    endpoint.events.clear()
    endpoint.answer = hangs if answer == "none" else {"allow": answer == "yes"}
    check(node, f"{what}, answer: {answer}", [Flood(
        node.port, JOINS_TO_ASK_FOR[what],
        lambda: member(node.port, "/asked", None))])
    hangs.release()
    assert endpoint.asked("join")
