"""Whether a node holds nobody up: how late its loops come to what is due, beside
how late this machine is anyway."""

import re
import threading
import time

from waiting import SANITIZED

# Seconds, of a machine that has nothing else to do. What a loop has held its
# clients up for was minutes where something was wrong.
MOST = 8 if SANITIZED else 2
INTERVAL = 0.05
BUCKET = re.compile(r'^weir_loop_delay_seconds_bucket\{le="([^"]+)"\} (\d+)$',
                    re.MULTILINE)


class Lateness(threading.Thread):
    """How late a thread is that wants to run every now and then. It has no
    higher priority than a loop of a node, so a loop may be as late and have
    done nothing wrong."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.worst = 0.0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        due = time.monotonic() + INTERVAL
        while not self.over.wait(INTERVAL):
            self.worst = max(self.worst, time.monotonic() - due)
            due = time.monotonic() + INTERVAL

    def allowance(self):
        """Seconds that nobody may be held up for. A loop has several turns of
        its own between two looks, each of which may come late."""
        return MOST + 8 * self.worst


def delays(node):
    """How often a loop was late by so many seconds or less, by those."""
    return {float(bound): int(n)
            for bound, n in BUCKET.findall(node.get("/metrics")[1])}


def slowest(before, after):
    """Seconds: what all that came between was below, within a power of two."""
    return next(bound for bound in sorted(after)
                if after[bound] - before[bound]
                == after[float("inf")] - before[float("inf")]) / 2


class Promptness:
    """No loop of a node is held up within the block, and `/livez` is answered
    at once."""

    def __init__(self, node):
        self.node = node
        self.lateness = Lateness()

    def __enter__(self):
        self.before = delays(self.node)
        self.lateness.__enter__()
        return self

    def __exit__(self, kind, *_):
        begin = time.monotonic()
        alive = self.node.get("/livez")[0] == 200
        answered = time.monotonic() - begin
        self.lateness.__exit__()
        if kind is None:
            late = slowest(self.before, delays(self.node))
            allowed = self.lateness.allowance()
            assert alive and answered <= allowed, (answered, allowed)
            assert late <= allowed, (late, allowed)
