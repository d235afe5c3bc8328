"""A small Socket.IO client over one WebSocket, in one thread: what it receives
while it waits for something else is kept, in order."""

import json
import time
from collections import deque

from engineio_client import websocket_session
from waiting import PATIENCE


class RawClient:
    def __init__(self, port, nsp="/", auth=None, **options):
        self.websocket, self.handshake = websocket_session(port, **options)
        self.prefix = "" if nsp == "/" else nsp + ","
        self.events = deque()
        self.acks = {}
        self.next_id = 0
        self.send(f"0{self.prefix}" + (json.dumps(auth) if auth else ""))
        text = self.receive_packet(PATIENCE)
        assert text.startswith(f"0{self.prefix}"), text
        answer = json.loads(text[1 + len(self.prefix):])
        self.socket_id, self.pid = answer["sid"], answer.get("pid")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.websocket.close()

    # -- out ------------------------------------------------------------------

    def send(self, packet):
        """A Socket.IO packet, as it is."""
        self.websocket.send_text("4" + packet)

    def emit(self, *args):
        """Emits and returns the first argument of the ack."""
        return self.ack_of(self.start_emit(*args))

    def start_emit(self, *args):
        """Emits; the ack is asked for by `ack_of`."""
        self.next_id += 1
        self.send(f"2{self.prefix}{self.next_id}{json.dumps(args)}")
        return self.next_id

    def join(self, room):
        answer = self.emit("join", room)
        assert answer["status"] == "ok", answer
        return answer

    # -- in -------------------------------------------------------------------

    def receive_packet(self, timeout):
        """The next Socket.IO packet; pings are answered."""
        until = time.monotonic() + timeout
        while True:
            packet = self.websocket.receive(until - time.monotonic())
            if packet == "2":
                self.websocket.send_text("3")
                continue
            if isinstance(packet, bytes):
                return packet
            assert packet[0] == "4", packet
            return packet[1:]

    def take_packet(self, timeout):
        packet = self.receive_packet(timeout)
        if isinstance(packet, bytes):
            self.events.append(packet)
            return
        kind, rest = packet[0], packet[1:]
        assert rest.startswith(self.prefix), packet
        rest = rest[len(self.prefix):]
        if kind == "2":
            self.events.append(json.loads(rest))
        elif kind == "3":
            begin = rest.index("[")
            self.acks[int(rest[:begin])] = json.loads(rest[begin:])
        else:
            self.events.append(packet)

    def ack_of(self, number, timeout=PATIENCE):
        until = time.monotonic() + timeout
        while number not in self.acks:
            self.take_packet(until - time.monotonic())
        return self.acks.pop(number)[0]

    def next_event(self, timeout=PATIENCE):
        """[name, arguments...]"""
        until = time.monotonic() + timeout
        while not self.events:
            self.take_packet(until - time.monotonic())
        return self.events.popleft()

    def is_quiet(self):
        """Whether all that was sent to it is taken, as an answer to a request
        shows that comes after everything else."""
        self.emit("no such event")
        return not self.events
