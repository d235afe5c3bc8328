"""What attacks send: many connections in one thread, as fast as a pace allows.

An attack opens streams; each is a socket that is ready, and an endless iterator
of (bytes, units of work). A stream that the node closes is opened again.
"""

import selectors
import socket
import time

CHUNK = 65536


class Pace:
    """Bytes and units a second, at most; None: as fast as the node takes them."""

    def __init__(self, bytes_per_second=None, units_per_second=None):
        self.per_byte = 1 / bytes_per_second if bytes_per_second else 0
        self.per_unit = 1 / units_per_second if units_per_second else 0
        self.next_at = time.monotonic()

    def wait(self, sent, units):
        now = time.monotonic()
        # What was not used before is not made up for.
        self.next_at = max(self.next_at, now - 0.05) + max(
            sent * self.per_byte, units * self.per_unit)
        if self.next_at > now:
            time.sleep(min(self.next_at - now, 1))


class Stream:
    def __init__(self, connection, data, reads=True, interval=0, chunk=CHUNK):
        """`reads`: what the node answers is read, and thrown away. `interval`:
        seconds from one piece of `chunk` bytes to the next."""
        self.socket = connection
        self.socket.setblocking(False)
        self.data = data
        self.reads = reads
        self.interval = interval
        self.chunk = chunk
        self.rest, self.units = b"", 0
        self.due = 0

    def send(self):
        """(bytes sent, units complete)"""
        if not self.rest:
            self.rest, self.units = next(self.data)
            self.rest = memoryview(self.rest)
        try:
            n = self.socket.send(self.rest[:self.chunk])
        except BlockingIOError:
            return 0, 0
        self.rest = self.rest[n:]
        self.due = time.monotonic() + self.interval
        return n, (self.units if not self.rest else 0)

    def receive(self):
        if not self.socket.recv(CHUNK):
            raise ConnectionResetError


class Attacker:
    """What an attack knows of its target, and how far it has got."""

    def __init__(self, target, source, pace):
        self.target = target  # the fields of hostile_node.target()
        self.source = source  # the address that it comes from
        self.pace = pace
        self.counts = {"units": 0, "bytes": 0, "opened": 0, "closed": 0,
                       "failed": 0}
        self.progress_at = time.monotonic()

    @property
    def port(self):
        return self.target["port"]

    @property
    def payload(self):
        return self.target["max_payload"]

    def count(self, what, n=1):
        self.counts[what] += n
        if n:
            self.progress_at = time.monotonic()

    def progress(self):
        """How far it has got, and for how many seconds it has not."""
        return {**self.counts, "stalled": time.monotonic() - self.progress_at}

    def connect(self, port=None, receive_buffer=None, timeout=5):
        found = socket.socket()
        if receive_buffer:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                             receive_buffer)
        found.bind((self.source, 0))
        found.settimeout(timeout)
        found.connect(("127.0.0.1", port or self.port))
        self.count("opened")
        return found

    # -- many at once -----------------------------------------------------------

    def drive(self, open_stream, count):
        """Keeps `count` streams of `open_stream(number)` open and sending."""
        selector = selectors.DefaultSelector()
        missing = list(range(count))
        retry_at = 0
        while True:
            if missing and time.monotonic() >= retry_at:
                missing = [n for n in missing
                           if not self.add(selector, open_stream, n)]
                retry_at = time.monotonic() + 0.2
            if not selector.get_map():
                time.sleep(0.05)
                continue
            for key, events in selector.select(0.05):
                if not self.serve(selector, key, events):
                    missing.append(key.data[0])
            self.rest(selector)

    def add(self, selector, open_stream, number):
        try:
            stream = open_stream(number)
        except (OSError, AssertionError, StopIteration):
            self.count("failed")
            return False
        events = selectors.EVENT_WRITE
        if stream.reads:
            events |= selectors.EVENT_READ
        selector.register(stream.socket, events, (number, stream))
        return True

    def serve(self, selector, key, events):
        """False: the stream has ended."""
        stream = key.data[1]
        try:
            if events & selectors.EVENT_READ:
                stream.receive()
            if events & selectors.EVENT_WRITE \
                    and time.monotonic() >= stream.due:
                sent, units = stream.send()
                self.count("bytes", sent)
                self.count("units", units)
                self.pace.wait(sent, units)
            return True
        except BlockingIOError:
            return True
        except (OSError, AssertionError, StopIteration):
            self.count("closed")
            selector.unregister(stream.socket)
            stream.socket.close()
            return False

    @staticmethod
    def rest(selector):
        """Streams that send slowly are always writable."""
        if all(x.data[1].interval for x in selector.get_map().values()):
            time.sleep(0.02)
