"""A link that lies, once: the checker must notice each of these lies.

They are what a faulty server would do, done between a right one and its
clients. Only light clients are lied to, over WebSocket.
"""

import json
import struct
import time
from collections import defaultdict

from link import End, Link
from raw_websocket import TEXT, frame

# Frames that pass before the lie: clients are in their rooms by then.
TRUTHS = 100
# Seconds without a word from a node, which pings more often: it stands still.
STILL = 4.5


class Mutation:
    """Takes each text of a WebSocket and returns those that continue."""

    def __init__(self, topic):
        self.topic = topic
        self.count = 0
        self.done = False

    def to_client(self, wire, text):
        return [text]

    def to_node(self, wire, text):
        return [text]

    def due(self, is_target):
        """Once, after some that were let pass."""
        self.count += is_target
        return is_target and not self.done and self.count > TRUTHS

    @staticmethod
    def is_event(text):
        return text.startswith('42["event"')

    @staticmethod
    def is_emit(text):
        return text.startswith("42") and '["event"' in text

    def ack(self, wire, text):
        number = text[2:text.index("[")]
        answer = {"status": "ok", "topic": self.topic, "partition": 0,
                  "offset": 1}
        wire.send_to_client(f"43{number}[{json.dumps(answer)}]")


class Drop(Mutation):
    def to_client(self, wire, text):
        if not self.due(self.is_event(text)):
            return [text]
        self.done = True
        return []


class Duplicate(Mutation):
    def to_client(self, wire, text):
        if not self.due(self.is_event(text)):
            return [text]
        self.done = True
        return [text, text]


class Swap(Mutation):
    """Holds an event back until after the next one of its room."""
    held = None  # (wire, text)

    def to_client(self, wire, text):
        if self.held and self.held[0] is wire:
            if self.is_event(text) and room_of(text) == room_of(self.held[1]):
                held, self.held = self.held[1], None
                self.done = True
                return [text, held]
        elif self.due(self.is_event(text)) and not self.is_held():
            self.held = wire, text
            return []
        return [text]

    def is_held(self):
        return self.held and not self.held[0].closed


class AckEarly(Mutation):
    """Acks an emit that goes no further."""

    def to_node(self, wire, text):
        if not self.due(self.is_emit(text)):
            return [text]
        self.done = True
        self.ack(wire, text)
        return []


class LoseAnswer(Mutation):
    def to_client(self, wire, text):
        if not self.due(text.startswith("43") and '"topic"' in text):
            return [text]
        self.done = True
        return []


class AnswerTwice(LoseAnswer):
    def to_client(self, wire, text):
        return [text] * (2 - len(super().to_client(wire, text)))


class Refuse(Mutation):
    """Says of what is stored that it is not."""

    def to_client(self, wire, text):
        if not self.due(text.startswith("43") and '"topic"' in text):
            return [text]
        self.done = True
        answer = {"status": "error", "code": "too_large", "message": ""}
        return [f"{text[:text.index('[')]}[{json.dumps(answer)}]"]


class NeedlessGap(Mutation):
    """Leaves an event out, and says so, although the log has it."""

    def to_client(self, wire, text):
        if not self.due(self.is_event(text)):
            return [text]
        self.done = True
        gap = {"room": room_of(text), "partition": 0, "from": 0, "to": 1_000}
        return [f'42["weir:gap",{json.dumps(gap)}]']


class OldOffset(Mutation):
    """Whenever a client comes back, it seems to have seen less than it has."""

    def __init__(self, topic):
        super().__init__(topic)
        self.offsets = defaultdict(list)  # of each pid, in order

    def to_client(self, wire, text):
        if text.startswith("40"):
            wire.pid = json.loads(text[2:]).get("pid")
        elif self.is_event(text) and wire.pid:
            self.offsets[wire.pid].append(json.loads(text[2:])[-1])
        return [text]

    def to_node(self, wire, text):
        auth = json.loads(text[2:] or "{}") if text.startswith("40") else {}
        older = self.offsets.get(auth.get("pid"), [])
        if len(older) < 5:
            return [text]
        return ["40" + json.dumps({**auth, "offset": older[-4]})]


class Stale(Mutation):
    """What a node does that stood still while its partitions moved, and does not
    know it when it wakes up: its own consumer and the new owner's both deliver."""

    def to_client(self, wire, text):
        wire.woken = wire.woken or self.is_still(wire)
        wire.heard = time.monotonic()
        if self.done or not wire.woken or not self.is_event(text):
            return [text]
        self.done = True
        return [text, text]

    @staticmethod
    def is_still(wire):
        return wire.heard and time.monotonic() - wire.heard > STILL


class StaleAck(Stale):
    """Likewise: it acks what it no longer can store."""

    def to_client(self, wire, text):
        wire.heard = time.monotonic()
        return [text]

    def to_node(self, wire, text):
        if self.done or not self.is_still(wire) or not self.is_emit(text):
            return [text]
        self.done = True
        self.ack(wire, text)
        return []


MUTATIONS = {"drop": Drop, "duplicate": Duplicate, "swap": Swap,
             "ack_early": AckEarly, "lose_answer": LoseAnswer,
             "answer_twice": AnswerTwice, "refuse": Refuse,
             "needless_gap": NeedlessGap, "old_offset": OldOffset, "stale": Stale,
             "stale_ack": StaleAck}


def room_of(text):
    return json.loads(text[2:])[1]["room"]


# -- between the bytes and the texts ------------------------------------------

class MutatingLink(Link):
    def __init__(self, name, target, mutation):
        super().__init__(name, target)
        self.mutation = mutation

    def make_end(self, near):
        return MutatingEnd(self, near)


class MutatingEnd(End):
    """The near end stands for the connection: `pid`, `closed`, `heard`: when
    something came from the node, `woken`: after long silence."""
    pid = heard = None
    woken = False

    def __init__(self, link, near):
        super().__init__(link, near)
        self.data = bytearray()
        self.kind = None  # of what follows the first head: "frames", "plain"

    @property
    def closed(self):
        return self.lost

    def send_to_client(self, text):
        self.write(to_frame(text, masked=False))

    def data_received(self, data):
        if not self.other:
            return
        self.data += data
        if self.kind is None:
            self.read_head()
        if self.kind == "plain":
            self.pass_on(len(self.data))
        elif self.kind == "frames":
            self.pass_frames()

    def read_head(self):
        """The request, or the answer to it; it tells what follows."""
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return
        if self.near:
            light = b"\r\nHost: localhost\r\n" in self.data[:end]
            self.kind = "frames" if light else "plain"
        else:
            self.kind = self.other.kind
        self.pass_on(end + 4)

    def pass_on(self, size):
        self.other.write(bytes(self.data[:size]))
        del self.data[:size]

    def pass_frames(self):
        mutation = self.link.mutation
        for raw, opcode, payload in take_frames(self.data):
            if opcode != TEXT:
                self.other.write(raw)
            elif self.near:
                self.pass_texts(mutation.to_node(self, payload.decode()), True)
            else:
                self.pass_texts(
                    mutation.to_client(self.other, payload.decode()), False)

    def pass_texts(self, texts, masked):
        for text in texts:
            self.other.write(to_frame(text, masked))


def to_frame(text, masked):
    return frame(TEXT, text.encode(), masked=masked)


def take_frames(data):
    """(bytes, opcode, payload) of each whole frame. Masks are zeros: these are
    frames of light clients, or of the node, which masks nothing."""
    while len(data) >= 2:
        size, at = data[1] & 0x7F, 2
        if size == 126:
            if len(data) < 4:
                return
            size, at = struct.unpack_from(">H", data, 2)[0], 4
        elif size == 127:
            if len(data) < 10:
                return
            size, at = struct.unpack_from(">Q", data, 2)[0], 10
        at += 4 if data[1] & 0x80 else 0
        if len(data) < at + size:
            return
        whole = bytes(data[:at + size])
        del data[:at + size]
        yield whole, whole[0] & 0x0F, whole[at:]
