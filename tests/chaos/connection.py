"""One WebSocket that speaks Engine.IO and Socket.IO; it lives once."""

import asyncio
import contextlib
import json
import socket

from engineio_client import target
from raw_websocket import CLOSE, TEXT, FrameReader, frame, upgrade_request

CONNECT_TIMEOUT = 5.0


class ConnectionEnded(Exception):
    pass


class Connection:
    """`receiver` has on_connect(data), on_connect_error(data), on_event(args),
    on_ack(number, args) and on_server_disconnect()."""

    def __init__(self, receiver, context=None):
        """With a context it speaks TLS."""
        self.receiver, self.context = receiver, context
        self.frames = FrameReader()
        self.reading = asyncio.Event()  # cleared: a reader that has stopped
        self.reading.set()
        self.writer = None
        self.silence = None  # ends the connection when no ping comes
        self.ended = None  # why
        self.held = None  # frames that are to leave together

    async def open(self, port):
        """Until the WebSocket is open and the Engine.IO handshake is there."""
        async with asyncio.timeout(CONNECT_TIMEOUT):
            # A small buffer: what is not read waits at the server.
            plain = socket.socket()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            plain.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(
                    plain, ("127.0.0.1", port))
            except BaseException:
                plain.close()
                raise
            tls = {"ssl": self.context, "server_hostname": "127.0.0.1"}
            self.reader, self.writer = await asyncio.open_connection(
                sock=plain, **(tls if self.context else {}))
            self.writer.write(upgrade_request(target("websocket")))
            head = await self.reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionEnded(f"{head[:60]}")
            while (found := self.frames.next()) is None:
                await self.feed()
        self.handshake = json.loads(found.data[1:])
        self.expect_ping()

    def abort(self, why):
        if self.ended is None:
            self.ended = why
        if self.writer:
            self.writer.transport.abort()
        if self.silence:
            self.silence.cancel()

    # -- out ------------------------------------------------------------------

    def send(self, packet):
        data = frame(TEXT, packet.encode())
        if self.held is not None:
            self.held += data
        elif not self.writer.transport.is_closing():
            self.writer.write(data)

    @contextlib.contextmanager
    def together(self):
        """What is sent meanwhile leaves in one piece."""
        self.held = b""
        try:
            yield
        finally:
            held, self.held = self.held, None
            if not self.writer.transport.is_closing():
                self.writer.write(held)

    def connect(self, auth):
        self.send("40" + (json.dumps(auth) if auth else ""))

    def emit(self, number, *args):
        self.send(f"42{number}{json.dumps(args)}")

    # -- in -------------------------------------------------------------------

    async def serve(self):
        """Reads until the connection ends, and says why it did."""
        try:
            while self.ended is None:
                while (found := self.frames.next()) is not None:
                    self.on_frame(*found)
                    if not self.reading.is_set():
                        await self.reading.wait()
                await self.feed()
        except (OSError, ConnectionEnded) as error:
            self.abort(str(error) or type(error).__name__)
        return self.ended

    async def feed(self):
        data = await self.reader.read(65536)
        if not data:
            raise ConnectionEnded(self.ended or "closed")
        self.frames.feed(data)

    def expect_ping(self):
        if self.silence:
            self.silence.cancel()
        wait = (self.handshake["pingInterval"]
                + self.handshake["pingTimeout"]) / 1000
        self.silence = asyncio.get_running_loop().call_later(
            wait, self.abort, "ping timeout")

    def on_frame(self, opcode, data):
        if opcode == CLOSE:
            raise ConnectionEnded("close frame")
        text = data.decode()
        if text == "2":
            self.send("3")
            self.expect_ping()
        elif text.startswith("42"):
            self.receiver.on_event(json.loads(text[2:]))
        elif text.startswith("43"):
            begin = text.index("[")
            self.receiver.on_ack(int(text[2:begin]), json.loads(text[begin:]))
        elif text.startswith("40"):
            self.receiver.on_connect(json.loads(text[2:]))
        elif text.startswith("44"):
            self.receiver.on_connect_error(text[2:])
        elif text.startswith("41"):
            self.receiver.on_server_disconnect()
