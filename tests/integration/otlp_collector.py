"""A collector of traces, as somebody would write it who knows OTLP/HTTP and not
Weir: it reads what it gets with OpenTelemetry's published schemas."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest, ExportTraceServiceResponse)

from http_server import HttpServer
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


class Collector(HttpServer):
    """`answer`: what it answers, (status, headers); a function without
    arguments. With 200 it has taken the spans."""

    path = "/v1/traces"

    def __init__(self, answer=lambda: (200, {}), port=0):
        super().__init__(answer, port)
        self.spans = []
        self.statuses = []  # of its answers
        self.rejects = 0  # of the next request

    def on_request(self, request, body):
        status, headers = self.answer()
        kind = "application/x-protobuf"
        with self.lock:
            self.statuses.append(status)
            if (request.command, request.path) != ("POST", self.path):
                self.faults.append(request.requestline)
            if request.headers["Content-Type"] != kind:
                self.faults.append(request.headers["Content-Type"])
            answer = self.take(body) if status == 200 else b""
        return status, {"Content-Type": kind, **headers}, answer

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
