"""An endpoint that says what clients may do, as somebody would write it who
knows the standards and not Weir."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import socket
import ssl
import threading
import time

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Hangs:
    """An answer that does not come before `release`."""

    def __init__(self, then=None):
        self.then = then or {"allow": True}
        self.released = threading.Event()

    def release(self):
        self.released.set()


class Endpoint:
    """`answer`: what it answers, or a function of the event; a dictionary, or
    (status, headers, body), or `Hangs`. What is not signed is refused. Without
    `keeps` it ends each connection after its answer, as HTTP/1.0 does."""

    def __init__(self, answer=None, certificate=None, port=0, cluster="weir",
                 address="127.0.0.1", keeps=True):
        self.answer = answer or {"allow": True}
        self.source = f"/weir/{cluster}"
        self.events = []
        self.ids = set()
        self.faults = []
        self.running = self.most_running = 0
        self.lock = threading.Lock()
        self.hanging = []
        self.connections = 0
        self.open = set()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1" if keeps else "HTTP/1.0"

            def setup(self):
                super().setup()
                with endpoint.lock:
                    endpoint.connections += 1
                    endpoint.open.add(self.connection)

            def finish(self):
                with endpoint.lock:
                    endpoint.open.discard(self.connection)
                super().finish()

            def do_POST(self):
                endpoint.on_request(self)

            def do_GET(self):
                endpoint.faults.append("GET " + self.path)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 100
            daemon_threads = True

            def handle_error(self, *_):
                pass  # whoever does not wait for its answer

        self.http = Server((address, port), Handler)
        self.address, self.port = self.http.server_address
        self.scheme = "http"
        if certificate:
            self.scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(
                self.http.socket, server_side=True,
                do_handshake_on_connect=False)

    @property
    def url(self):
        return f"{self.scheme}://{self.address}:{self.port}/ask?of=weir"

    def __enter__(self):
        self.thread = threading.Thread(target=self.http.serve_forever,
                                       kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        for x in self.hanging:
            x.release()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
        with self.lock:
            for x in self.open:
                with contextlib.suppress(OSError):  # which has just ended
                    x.shutdown(socket.SHUT_RDWR)
        if kind is None:
            assert not self.faults, self.faults

    def asked(self, what):
        """`data` of the events of that type."""
        return [x["data"] for x in self.events if x["type"] == f"weir.{what}"]

    # -- one request ----------------------------------------------------------

    def on_request(self, x):
        body = x.rfile.read(int(x.headers["Content-Length"]))
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            event = self.verify(x, body)
        answer = self.answer(event) if callable(self.answer) else self.answer
        if isinstance(answer, Hangs):
            self.hanging.append(answer)
            answer.released.wait()
            answer = answer.then
        if isinstance(answer, dict):
            answer = 200, {}, json.dumps(answer).encode()
        with self.lock:
            self.running -= 1
        self.respond(x, *answer)

    @staticmethod
    def respond(x, status, headers, body):
        x.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            x.send_header(name, value)
        x.end_headers()
        x.wfile.write(body)

    def verify(self, x, body):
        """The event, once it is known to be right in every respect."""
        number, at = x.headers["webhook-id"], x.headers["webhook-timestamp"]
        signed = f"{number}.{at}.".encode() + body
        expected = "v1," + base64.b64encode(
            hmac.digest(KEY, signed, hashlib.sha256)).decode()
        event = json.loads(body)
        for right, what in [
                (expected in x.headers["webhook-signature"].split(" "), "signed"),
                (abs(time.time() - int(at)) < 300, "of now"),
                (number not in self.ids, "asked once"),
                (x.path == "/ask?of=weir", "at the path"),
                (x.headers["Content-Type"].split(";")[0]
                 == "application/cloudevents+json", "of CloudEvents' type"),
                (event["specversion"] == "1.0", "CloudEvents 1.0"),
                (event["id"] == number, "under its id"),
                (event["source"] == self.source, "of the cluster"),
                (event["type"] in ("weir.connect", "weir.join"), "of a type")]:
            if not right:
                self.faults.append(f"not {what}: {dict(x.headers)} {body}")
        self.ids.add(number)
        self.events.append(event)
        return event
