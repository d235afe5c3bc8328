"""An HTTP server of a test, in the place of somebody else's."""

import contextlib
import http.server
import socket
import ssl
import sys
import threading

from free_ports import free_ports


class HttpServer:
    """Gives `answer`, (status, headers, body), to each GET, POST and DELETE;
    `on_request` does otherwise in a class that derives from this one.

        with HttpServer(answer=(200, {}, b"{}")) as server:
            ... server.url, server.connections ...

    It listens from the begin, and answers within `with`. The end of that cuts
    what connections there are, and fails if there are `faults`: what was wrong
    with the requests, and errors of the server itself. Its port, unless one is
    named, is this process's to the end, so that another server may follow. With
    a (certificate, key) it speaks TLS; without `keeps` it ends each connection
    after its answer, as HTTP/1.0 does."""

    path = ""  # of `url`

    def __init__(self, answer=None, port=0, address="127.0.0.1",
                 certificate=None, keeps=True):
        self.answer = answer
        self.faults = []
        self.connections = 0  # so far
        self.open = set()
        self.lock = threading.Lock()  # each connection has a thread
        protocol = "HTTP/1.1" if keeps else "HTTP/1.0"
        self.http = listener((address, port or free_ports(1)[0]),
                             handler(self, protocol), self)
        self.address, self.port = self.http.server_address
        self.scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(
                self.http.socket, server_side=True,
                do_handshake_on_connect=False)

    @property
    def url(self):
        return f"{self.scheme}://{self.address}:{self.port}{self.path}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.http.serve_forever,
                                       kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stop()
        if kind is None:
            assert not self.faults, self.faults

    def stop(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()
        with self.lock:
            for x in self.open:
                with contextlib.suppress(OSError):  # which has just ended
                    x.shutdown(socket.SHUT_RDWR)

    def on_request(self, request, body):
        """The answer to a request, a BaseHTTPRequestHandler. Many may be
        answered at a time."""
        return self.answer

    def respond(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        status, headers, answer = self.on_request(request, body)
        request.send_response(status)
        for name, value in {"Content-Length": len(answer), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(answer)


def handler(server, protocol):
    """The class of the requests of an HttpServer."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = protocol

        def setup(self):
            super().setup()
            with server.lock:
                server.connections += 1
                server.open.add(self.connection)

        def finish(self):
            with server.lock:
                server.open.discard(self.connection)
            super().finish()

        def do_GET(self):
            server.respond(self)

        do_POST = do_DELETE = do_GET

        def log_message(self, *_):
            pass

    return Handler


def listener(place, handler, server):
    class Listener(http.server.ThreadingHTTPServer):
        request_queue_size = 100
        daemon_threads = True

        def handle_error(self, *_):
            error = sys.exception()
            if not isinstance(error, OSError):  # who does not wait for answers
                server.faults.append(repr(error))

    return Listener(place, handler)
