"""HTTP, Engine.IO and Socket.IO as attackers speak it, with blocking sockets."""

import base64
import itertools
import json
import os

from engineio_client import target
from raw_websocket import TEXT, FrameReader, frame, upgrade_request


def forever(data, units=1):
    return itertools.repeat((data, units))


def first(begin, then):
    """Bytes that are no unit, then the endless rest."""
    yield begin, 0
    yield from then


def http(method, where, *headers, body=b""):
    lines = [f"{method} {where} HTTP/1.1", "Host: localhost", *headers]
    return "".join(f"{x}\r\n" for x in lines).encode() + b"\r\n" + body


def event(*args, ack="", nsp=""):
    return f"42{nsp}{ack}{json.dumps(args, separators=(',', ':'))}".encode()


def texts(*packets):
    """WebSocket frames of Engine.IO packets."""
    return b"".join(frame(TEXT, x if isinstance(x, bytes) else x.encode())
                    for x in packets)


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            raise ConnectionResetError
        data += more
    return data.split(b"\r\n\r\n", 1)


def read_answer(connection):
    """(status, body) of an answer that has a length."""
    head, body = read_head(connection)
    lines = head.decode("latin1").split("\r\n")
    fields = dict(x.lower().split(": ", 1) for x in lines[1:] if ": " in x)
    while len(body) < int(fields.get("content-length", 0)):
        more = connection.recv(65536)
        if not more:
            raise ConnectionResetError
        body += more
    return int(lines[0].split()[1]), body


def polling_sid(attacker):
    """A session that has joined the namespace "/"."""
    with attacker.connect() as connection:
        connection.sendall(http("GET", target("polling")))
        status, body = read_answer(connection)
        assert status == 200, status
        sid = json.loads(body[1:])["sid"]
        connection.sendall(http("POST", target("polling", sid),
                                "Content-Length: 2", body=b"40"))
        assert read_answer(connection)[0] == 200
        return sid


def websocket(attacker, receive_buffer=None):
    """A socket behind the handshake, and the rest of what was read."""
    connection = attacker.connect(receive_buffer=receive_buffer)
    connection.sendall(upgrade_request(target("websocket")))
    head, rest = read_head(connection)
    assert b" 101 " in head, head
    return connection, rest


def socketio(attacker, *packets, receive_buffer=None, nsp=""):
    """A WebSocket that has joined a namespace; `packets` are sent then, and each
    is answered (they ask for acks)."""
    connection, rest = websocket(attacker, receive_buffer)
    frames = FrameReader()
    frames.feed(rest)
    connection.sendall(texts(f"40{nsp}"))
    wait_for(connection, frames, f"40{nsp}".encode())
    for x in packets:
        connection.sendall(texts(x))
        wait_for(connection, frames, b"43")
    return connection


def wait_for(connection, frames, begin):
    while True:
        while (found := frames.next()) is not None:
            if found.data.startswith(begin):
                return found.data
            if found.data == b"2":
                connection.sendall(texts("3"))
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        frames.feed(data)


def junk(size):
    """Text that no compression or table makes smaller."""
    return base64.b64encode(os.urandom(size * 3 // 4 + 3))[:size].decode()
