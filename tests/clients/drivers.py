"""The clients of other people, in processes of their own: one per language,
which runs as many clients as a test wants."""

import base64
import itertools
import json
import pathlib
import subprocess
import sys
import threading
import time
from collections import deque

import pytest

from kafka_cluster import QUICK_JVM, jars_folder, java_program
from waiting import PATIENCE
from weir_node import die_with_parent

HERE = pathlib.Path(__file__).resolve().parent


def java(file, *options):
    """The command that runs one file with the official client."""
    jars = jars_folder("java-client", HERE / "java/pom.xml") / "libs"
    return [java_program(), *QUICK_JVM, *options, "-cp", f"{jars}/*", str(file)]


COMMANDS = {"js": ["node", str(HERE / "js/driver.js")],
            "python": [sys.executable, str(HERE / "python/driver.py")],
            "java": java(HERE / "java/Driver.java")}
LANGUAGES = list(COMMANDS)
TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"],
              "upgrade": ["polling", "websocket"]}


def to_line(command):
    return json.dumps(command, default=lambda x: {
        "$bytes": base64.b64encode(x).decode()}) + "\n"


def from_line(line):
    return json.loads(line, object_hook=lambda x: base64.b64decode(
        x["$bytes"]) if "$bytes" in x else x)


class Driver:
    """One process."""

    def __init__(self, language):
        self.language = language
        self.process = subprocess.Popen(
            COMMANDS[language], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, preexec_fn=die_with_parent)
        self.news = threading.Condition()
        self.answers = {}
        self.events = {}  # by client: what it has told, in order
        self.numbers = itertools.count(1)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            told = from_line(line)
            with self.news:
                if "re" in told:
                    self.answers[told["re"]] = told["answer"]
                else:
                    self.events.setdefault(told["client"], deque()).append(told)
                self.news.notify_all()

    def do(self, what, **arguments):
        number = next(self.numbers)
        self.process.stdin.write(
            to_line({"do": what, "id": number, **arguments}))
        self.process.stdin.flush()
        return number

    def wait(self, find, what, timeout=PATIENCE):
        """The first result of `find()` that is not None."""
        until = time.monotonic() + timeout
        with self.news:
            while (found := find()) is None:
                left = until - time.monotonic()
                assert self.process.poll() is None, f"{self.language} has ended"
                if left <= 0 or not self.news.wait(left):
                    raise AssertionError(
                        f"{self.language}: waited {timeout} s for {what}; "
                        f"not asked for: {self.events}")
            return found

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def driver_of(*languages):
    """The fixture `driver`: for each language a process, which the tests of a
    module share."""
    @pytest.fixture(scope="module", params=languages)
    def driver(request):
        driver = Driver(request.param)
        yield driver
        driver.stop()
    return driver


class Client:
    """One client in one namespace."""

    names = itertools.count(1)

    def __init__(self, driver, url, transport, nsp="/", auth=None, **options):
        """`options` are those of the JavaScript client."""
        self.driver, self.nsp = driver, nsp
        self.name = f"client-{next(self.names)}"
        self.events = driver.events.setdefault(self.name, deque())
        driver.do("connect", client=self.name, url=url, nsp=nsp, auth=auth,
                  transports=TRANSPORTS[transport],
                  **({"options": options} if options else {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.do("close", client=self.name, nsp=self.nsp)

    # -- out ------------------------------------------------------------------

    def start_emit(self, *args, ack=True):
        return self.driver.do("emit", client=self.name, nsp=self.nsp,
                              args=args, ack=ack)

    def emit(self, *args):
        """Emits, and returns the one argument of the ack."""
        answer, = self.answer(self.start_emit(*args))
        return answer

    def answer(self, number):
        return self.driver.wait(
            lambda: self.driver.answers.pop(number, None), "an ack")

    def join(self, room):
        answer = self.emit("join", room)
        assert answer["status"] == "ok" and answer["room"] == room, answer
        return answer

    def cut(self):
        """The connection is lost; the client reconnects by itself."""
        self.driver.do("cut", client=self.name)

    def renew(self, auth):
        """What it shows when it connects the next time; Java."""
        self.driver.do("auth", client=self.name, auth=auth)

    def disconnect(self):
        self.driver.do("disconnect", client=self.name, nsp=self.nsp)

    # -- in -------------------------------------------------------------------

    def wait_for(self, what):
        """The next thing of this kind: connect, event, disconnect, ..."""
        def find():
            for x in self.events:
                if x["what"] == what:
                    self.events.remove(x)
                    return x
            return None
        return self.driver.wait(find, what)

    def next_event(self):
        """[name, arguments...]"""
        return self.wait_for("event")["args"]
