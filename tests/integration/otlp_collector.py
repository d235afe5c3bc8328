"""A collector of traces, as somebody would write it who knows OTLP/HTTP and not
Weir: it reads what it gets with OpenTelemetry's published schemas."""

import contextlib
import http.server
import socket
import threading

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest, ExportTraceServiceResponse)

from waiting import wait_until


class Span:
    """One span, with its attributes as a dictionary."""

    def __init__(self, resource, span):
        self.resource = values_of(resource.attributes)
        self.trace_id, self.span_id = span.trace_id.hex(), span.span_id.hex()
        self.parent = span.parent_span_id.hex()
        self.state = span.trace_state
        self.name, self.kind = span.name, span.kind
        self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
        self.attributes = values_of(span.attributes)
        self.failed = span.status.code == span.status.STATUS_CODE_ERROR

    def __repr__(self):
        return f"{self.name} {self.trace_id} {self.attributes}"


def values_of(pairs):
    return {x.key: getattr(x.value, x.value.WhichOneof("value")) for x in pairs}


class Collector:
    """`answer`: what it answers, (status, headers); a function without
    arguments. With 200 it has taken the spans."""

    def __init__(self, answer=lambda: (200, {}), port=0):
        self.answer = answer
        self.spans = []
        self.statuses = []  # of its answers
        self.faults = []
        self.connections = 0
        self.rejects = 0  # of the next request
        self.lock = threading.Lock()
        self.open = set()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with collector.lock:
                    collector.connections += 1
                    collector.open.add(self.connection)

            def finish(self):
                with collector.lock:
                    collector.open.discard(self.connection)
                super().finish()

            def do_POST(self):
                collector.on_request(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a node that does not wait for its answer

        self.http = Server(("127.0.0.1", port), Handler)
        self.port = self.http.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1/traces"

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

    def on_request(self, x):
        body = x.rfile.read(int(x.headers["Content-Length"]))
        status, headers = self.answer()
        with self.lock:
            self.statuses.append(status)
            if x.path != "/v1/traces":
                self.faults.append(x.path)
            if x.headers["Content-Type"] != "application/x-protobuf":
                self.faults.append(x.headers["Content-Type"])
            answer = self.take(body) if status == 200 else b""
        x.send_response(status)
        for name, value in {"Content-Length": len(answer),
                            "Content-Type": "application/x-protobuf",
                            **headers}.items():
            x.send_header(name, value)
        x.end_headers()
        x.wfile.write(answer)

    def take(self, body):
        request = ExportTraceServiceRequest.FromString(body)
        found = [Span(resource.resource, span)
                 for resource in request.resource_spans
                 for scope in resource.scope_spans for span in scope.spans]
        if not found:
            self.faults.append("a batch without spans")
        if request.SerializeToString(deterministic=True) != body:
            self.faults.append("more than OTLP has, or in another order")
        rejected, self.rejects = self.rejects, 0
        self.spans += found[rejected:]
        answer = ExportTraceServiceResponse()
        if rejected:
            answer.partial_success.rejected_spans = rejected
            answer.partial_success.error_message = "not these"
        return answer.SerializeToString()

    def named(self, name, trace_id=None):
        with self.lock:
            return [x for x in self.spans if x.name == name
                    and trace_id in (None, x.trace_id)]

    def wait_for(self, name, trace_id, n=1):
        return wait_until(
            lambda: (found := self.named(name, trace_id))
            and len(found) >= n and found,
            f"{n} spans {name} of {trace_id}")
