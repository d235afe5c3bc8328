"""WebSocket without manners: frames as bytes, right or wrong."""

import base64
import os
import socket
import struct
import time
from collections import namedtuple

from waiting import PATIENCE

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

Frame = namedtuple("Frame", "opcode data")


class Closed(Exception):
    """The server has closed; `code` is that of its close frame, if any."""

    def __init__(self, code=None):
        super().__init__(f"closed with {code}")
        self.code = code


def frame_head(opcode, size, final=True, masked=True):
    """A frame's begin, with a mask of zeros, so that the rest is the data."""
    first = (0x80 if final else 0) | opcode
    bit = 0x80 if masked else 0
    if size < 126:
        head = struct.pack(">BB", first, bit | size)
    elif size < 65536:
        head = struct.pack(">BBH", first, bit | 126, size)
    else:
        head = struct.pack(">BBQ", first, bit | 127, size)
    return head + (b"\0\0\0\0" if masked else b"")


def frame(opcode, data, final=True, masked=True):
    return frame_head(opcode, len(data), final, masked) + data


def upgrade_request(target, headers=()):
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {target} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
             "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
             "Sec-WebSocket-Version: 13", *headers]
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


class FrameReader:
    """The server's frames out of its bytes."""

    def __init__(self):
        self.data = bytearray()

    def feed(self, data):
        self.data += data

    def next(self):
        """A frame, or None until there is a whole one."""
        data = self.data
        if len(data) < 2:
            return None
        size, at = data[1] & 0x7F, 2
        if size == 126:
            if len(data) < 4:
                return None
            size, at = struct.unpack_from(">H", data, 2)[0], 4
        elif size == 127:
            if len(data) < 10:
                return None
            size, at = struct.unpack_from(">Q", data, 2)[0], 10
        if len(data) < at + size:
            return None
        found = Frame(data[0] & 0x0F, bytes(data[at:at + size]))
        del data[:at + size]
        return found


class RawWebSocket:
    """One WebSocket. Opens with a valid request; from there on it sends what it
    is told. `status` is that of the HTTP answer; `body` belongs to an error."""

    def __init__(self, port, target, headers=(), receive_buffer=None,
                 tls=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                   receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        if tls:
            self.socket = tls.wrap_socket(self.socket,
                                          server_hostname="127.0.0.1")
        self.socket.sendall(upgrade_request(target, headers))
        self.reader = FrameReader()
        self.read_answer()

    def read_answer(self):
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(4096)
            if not more:
                raise Closed()
            data += more
        self.head, rest = data.split(b"\r\n\r\n", 1)
        self.status = int(self.head.split()[1])
        self.body = b""
        if self.status == 101:
            self.reader.feed(rest)
            return
        while more := self.socket.recv(4096):
            rest += more
        self.body = rest

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def close(self):
        self.socket.close()

    # -- out ------------------------------------------------------------------

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send_text(self, text):
        data = text.encode() if isinstance(text, str) else text
        self.send_bytes(frame(TEXT, data))

    def send_in_pieces(self, text, size):
        """Each as large as `size()` says."""
        data = frame(TEXT, text.encode())
        while data:
            n = size()
            self.send_bytes(data[:n])
            data = data[n:]

    def send_binary(self, data):
        self.send_bytes(frame(BINARY, data))

    # -- in -------------------------------------------------------------------

    def receive_frame(self, timeout=PATIENCE):
        """The next frame. Closed: there is none. TimeoutError: not yet."""
        until = time.monotonic() + timeout
        while (found := self.reader.next()) is None:
            self.socket.settimeout(max(0.001, until - time.monotonic()))
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                raise Closed() from None
            if not data:
                raise Closed()
            self.reader.feed(data)
        if found.opcode == CLOSE:
            code, = struct.unpack(">H", found.data[:2]) if found.data else (None,)
            raise Closed(code)
        return found

    def receive(self, timeout=PATIENCE):
        """The next text (str) or binary (bytes) message."""
        opcode, data = self.receive_frame(timeout)
        assert opcode in (TEXT, BINARY), f"opcode {opcode}"
        return data.decode() if opcode == TEXT else data

    def code_of_close(self, timeout=PATIENCE):
        """Reads until the server closes: the code of its close frame."""
        until = time.monotonic() + timeout
        try:
            while True:
                self.receive_frame(until - time.monotonic())
        except Closed as closed:
            return closed.code
