"""Engine.IO requests one by one, as a test wants them."""

import base64
import http.client
import json
from collections import namedtuple

from raw_websocket import RawWebSocket
from waiting import PATIENCE

PATH = "/socket.io/"
Answer = namedtuple("Answer", "status body headers")


def target(transport, sid=None, **query):
    query = {"EIO": "4", "transport": transport, "sid": sid, **query}
    return PATH + "?" + "&".join(f"{k}={v}" for k, v in query.items()
                                 if v is not None)


def connect(port, timeout=PATIENCE, tls=None):
    if tls:
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout,
                                           context=tls)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)


def request(port, method, where, body=None, headers=None, timeout=PATIENCE,
            tls=None):
    """One HTTP request on a connection of its own."""
    connection = connect(port, timeout, tls)
    try:
        connection.request(method, where, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), answer.headers)
    finally:
        connection.close()


def open_websocket(port, sid=None, **options):
    """A WebSocket at Engine.IO's path: a session's own, or an upgrade's."""
    return RawWebSocket(port, target("websocket", sid), **options)


def websocket_session(port, **options):
    """A session over WebSocket: (WebSocket, the handshake's data)."""
    websocket = open_websocket(port, **options)
    assert websocket.status == 101, websocket.body
    text = websocket.receive()
    assert text[0] == "0", text
    return websocket, json.loads(text[1:])


class PollingSession:
    """A session over long-polling; no request is made unless told."""

    def __init__(self, port, tls=None, **query):
        self.port, self.tls = port, tls
        answer = request(port, "GET", target("polling", **query), tls=tls)
        assert answer.status == 200, answer
        assert answer.body[:1] == b"0", answer
        self.handshake = json.loads(answer.body[1:])
        self.sid = self.handshake["sid"]

    def target(self, transport="polling"):
        return target(transport, self.sid)

    def get(self, timeout=PATIENCE):
        return request(self.port, "GET", self.target(), timeout=timeout,
                       tls=self.tls)

    def post(self, body, headers=None):
        if isinstance(body, str):
            body = body.encode()
        headers = headers or {"Content-Type": "text/plain;charset=UTF-8"}
        return request(self.port, "POST", self.target(), body, headers,
                       tls=self.tls)

    def begin_get(self):
        """Sends a GET and returns the connection that will have its answer."""
        connection = connect(self.port, tls=self.tls)
        connection.request("GET", self.target())
        return connection

    def packets(self):
        """The packets of the next GET: str, or bytes where they are binary."""
        answer = self.get()
        assert answer.status == 200, answer
        return [base64.b64decode(x[1:]) if x[:1] == "b" else x
                for x in answer.body.decode().split("\x1e")]

    def send(self, *packets):
        answer = self.post("\x1e".join(packets))
        assert (answer.status, answer.body) == (200, b"ok"), answer

    def is_open(self):
        """Whether the server still knows the session. Ends it if it is on the
        way out, but leaves no request behind otherwise."""
        answer = self.post("3")  # an unasked pong changes nothing
        return answer.status == 200


def finish(connection):
    """The answer to a request that was begun earlier."""
    answer = connection.getresponse()
    found = Answer(answer.status, answer.read(), answer.headers)
    connection.close()
    return found
