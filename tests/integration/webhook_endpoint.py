"""An endpoint that says what clients may do, as somebody would write it who
knows the standards and not Weir."""

import base64
import hashlib
import hmac
import json
import threading
import time

from http_server import HttpServer

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Hangs:
    """An answer that does not come before `release`."""

    def __init__(self, then=None):
        self.then = then or {"allow": True}
        self.released = threading.Event()

    def release(self):
        self.released.set()


class Endpoint(HttpServer):
    """`answer`: what it answers, or a function of the event; a dictionary, or
    (status, headers, body), or `Hangs`. What is not signed is refused."""

    path = "/ask?of=weir"

    def __init__(self, answer=None, certificate=None, port=0, cluster="weir",
                 **options):
        super().__init__(answer or {"allow": True}, port,
                         certificate=certificate, **options)
        self.source = f"/weir/{cluster}"
        self.events = []
        self.ids = set()
        self.running = self.most_running = 0
        self.hanging = []

    def stop(self):
        for x in self.hanging:
            x.release()
        super().stop()

    def asked(self, what):
        """`data` of the events of that type."""
        return [x["data"] for x in self.events if x["type"] == f"weir.{what}"]

    # -- one request ----------------------------------------------------------

    def on_request(self, request, body):
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            event = self.verify(request, body)
        answer = self.answer(event) if callable(self.answer) else self.answer
        if isinstance(answer, Hangs):
            self.hanging.append(answer)
            answer.released.wait()
            answer = answer.then
        if isinstance(answer, dict):
            answer = 200, {}, json.dumps(answer).encode()
        with self.lock:
            self.running -= 1
        return answer

    def verify(self, request, body):
        """The event, once it is known to be right in every respect."""
        headers = request.headers
        number, at = headers["webhook-id"], headers["webhook-timestamp"]
        signed = f"{number}.{at}.".encode() + body
        expected = "v1," + base64.b64encode(
            hmac.digest(KEY, signed, hashlib.sha256)).decode()
        event = json.loads(body)
        for right, what in [
                (expected in headers["webhook-signature"].split(" "), "signed"),
                (abs(time.time() - int(at)) < 300, "of now"),
                (number not in self.ids, "asked once"),
                ((request.command, request.path) == ("POST", self.path),
                 "at the path"),
                (headers["Content-Type"].split(";")[0]
                 == "application/cloudevents+json", "of CloudEvents' type"),
                (event["specversion"] == "1.0", "CloudEvents 1.0"),
                (event["id"] == number, "under its id"),
                (event["source"] == self.source, "of the cluster"),
                (event["type"] in ("weir.connect", "weir.join"), "of a type")]:
            if not right:
                self.faults.append(f"not {what}: {dict(headers)} {body}")
        self.ids.add(number)
        self.events.append(event)
        return event
