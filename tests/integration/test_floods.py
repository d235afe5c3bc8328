"""One client that asks for as much as it can. Whatever it asks for, it cannot
fill a mailbox, and others are served as before."""

import threading
import time

import pytest

from raw_client import RawClient
from raw_websocket import TEXT, frame
from waiting import SANITIZED
from weir_node import WeirNode

CONFIG = """
[kafka]
embedded = true
[cluster]
secret = "0123456789abcdef"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["typing"]
  to = "room"
  room_from = "/0/room"
[[namespace]]
name = "/lobby"
recovery = "2m"
  [[namespace.mapping]]
  room = "lobby"
  topic = "lobby"
  join = "auto"
"""

MiB = 1024 * 1024
SECONDS = 2
UNANSWERED = 64  # limits.unanswered_emits


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
    """A client that sends the same again and again, and reads what it gets."""

    def __init__(self, port, data):
        self.client = RawClient(port)
        self.client.join("chat:mine")
        self.data = data * (1 + 32_768 // len(data))
        self.sent = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=x, daemon=True)
                        for x in (self.write, self.read)]

    def __enter__(self):
        self.client.websocket.socket.settimeout(None)
        for x in self.threads:
            x.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.client.websocket.socket.shutdown(2)
        for x in self.threads:
            x.join()
        self.client.websocket.close()

    def write(self):
        try:
            while not self.over.is_set():
                self.client.websocket.socket.sendall(self.data)
                self.sent += len(self.data)
        except OSError:
            pass

    def read(self):
        try:
            while self.client.websocket.socket.recv(65536):
                pass
        except OSError:
            pass


def mailboxes(node):
    return {x["type"]: int(x["mailbox"])
            for x in node.get("/v1/actors")[1]["actors"]}


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
def node():
    with WeirNode(CONFIG) as node:
        with RawClient(node.port) as client:  # the topic is there from now on
            client.join("chat:first")
        yield node


@pytest.mark.parametrize("what", FLOODS)
def test_a_flood_fills_no_mailbox(node, what):
    with RawClient(node.port) as bystander:
        calm = joins_of(bystander, 0.5)
        before = node.memory()
        largest = {}
        with Flood(node.port, FLOODS[what]) as flood:
            watch = threading.Event()

            def look():
                while not watch.wait(0.05):
                    for actor, n in mailboxes(node).items():
                        largest[actor] = max(n, largest.get(actor, 0))
            watcher = threading.Thread(target=look)
            watcher.start()
            took = joins_of(bystander, SECONDS)
            watch.set()
            watcher.join()
            grown = node.memory() - before
        print(f"{what}: sent {flood.sent / MiB:.1f} MiB, grown by "
              f"{grown / MiB:.1f} MiB, joins of others {median_ms(took):.1f} ms"
              f" (calm {median_ms(calm):.1f} ms), mailboxes",
              {k: v for k, v in largest.items() if v > 0})
        # What it has asked for, once on the way there and once back.
        assert max(largest.values()) <= 4 * UNANSWERED, largest
        assert grown < 64 * MiB or SANITIZED
