"""Which reconnects must go on with the session they had."""

from dataclasses import dataclass

from violation import Violation

# Before a client notices that a connection is dead: ping interval and timeout,
# its own attempts to connect, and some more.
NOTICE = 20.0


@dataclass(frozen=True)
class Promise:
    """What the run expects of recovery."""
    window: float = 0.0  # seconds; 0: recovery is off
    may_lose: frozenset = frozenset()  # faults that may cost a session


def check(entries, promise):
    for x in entries:
        if x.what == "wrong":
            yield Violation("wrong", x.at, x.who, x.more["text"], x.room)
    if promise.window:
        excuses = Excuses(entries, promise)
        yield from Sessions(excuses).check(entries)


class Excuses:
    """When a fault was at work that may cost a session."""

    def __init__(self, entries, promise):
        self.window = promise.window
        self.spans = []
        begun = {}
        for x in entries:
            if x.what == "fault" and x.who in promise.may_lose:
                begun[x.more["number"]] = x.at
            elif x.what == "healed" and x.more["number"] in begun:
                self.spans.append((begun.pop(x.more["number"]), x.at))
        self.spans += [(at, float("inf")) for at in begun.values()]

    def cover(self, begin, end):
        return any(a < end and b > begin - NOTICE for a, b in self.spans)


class Sessions:
    def __init__(self, excuses):
        self.excuses = excuses
        self.asked = {}  # by client: its last `connecting`
        self.gone = {}  # likewise: its last `disconnected`
        self.sids = {}

    def check(self, entries):
        for x in entries:
            if x.what == "connecting":
                self.asked[x.who] = x
            elif x.what == "disconnected":
                self.gone[x.who] = x.at
            elif x.what == "connected":
                yield from self.on_connected(x)
                self.sids[x.who] = x.more["sid"]

    def on_connected(self, x):
        before = self.sids.get(x.who)
        if x.more["recovered"]:
            if before != x.more["sid"]:
                yield Violation("another sid", x.at, x.who, f"recovered {before} "
                                f"as {x.more['sid']}")
            return
        gone = self.gone.get(x.who)
        if gone is None or not self.asked[x.who].more["fresh_offset"]:
            return
        if x.at - gone > self.excuses.window or self.excuses.cover(gone, x.at):
            return
        yield Violation("not recovered", x.at, x.who, "got a new session "
                        f"{x.at - gone:.1f} s after it lost {before}")
