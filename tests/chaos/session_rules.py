"""Which reconnects must continue with the session they had."""

from dataclasses import dataclass, field

from violation import Violation

# Before a client notices that a connection is dead: ping interval and timeout,
# its own attempts to connect, and some more.
NOTICE = 20.0
# Until clients of a node have newer offsets: its heartbeat, and some more.
RENEWED = 5.0
ANY_NODE = "balancer"  # who comes through it may be at any


@dataclass(frozen=True)
class Promise:
    """What the run expects of recovery."""
    window: float = 0.0  # seconds; 0: recovery is off
    may_lose: frozenset = frozenset()  # faults that may cost a session
    may_refuse: dict = field(default_factory=dict)  # {fault: codes}


def check(entries, promise):
    for x in entries:
        if x.what == "wrong":
            yield Violation("wrong", x.at, x.who, x.more["text"], x.room)
    if promise.window:
        excuses = Excuses(entries, promise)
        yield from Sessions(excuses).check(entries)


class Excuses:
    """When and where a fault was at work that may cost a session."""

    def __init__(self, entries, promise):
        self.window = promise.window
        self.spans = []  # (begin, end, node, or None: anywhere)
        begun = {}
        for x in entries:
            if x.what == "fault" and x.who in promise.may_lose:
                begun[x.more["number"]] = x.at, x.more.get("node")
            elif x.what == "healed" and x.more["number"] in begun:
                at, node = begun.pop(x.more["number"])
                self.spans.append((at, x.at, node))
        self.spans += [(at, float("inf"), node) for at, node in begun.values()]
        self.prolong(entries)

    def prolong(self, entries):
        """What is gone from a topic, members have to read past; where other
        faults keep them from it, they may not have done so before these end."""
        begun = {x.more["number"]: x.at for x in entries if x.what == "fault"}
        others = sorted((begun[x.more["number"]], x.at) for x in entries
                        if x.what == "healed")
        for i, (begin, end, node) in enumerate(self.spans):
            if node is None:
                for a, b in others:
                    if a <= end and b > begin:
                        end = max(end, b)
                self.spans[i] = begin, end, node

    def cover(self, begin, end, nodes):
        """`nodes` are those where the client was and is, if that is known."""
        return any(a < end and b > begin - (RENEWED if node else NOTICE)
                   and (node in nodes or node is None or ANY_NODE in nodes)
                   for a, b, node in self.spans)


class Sessions:
    def __init__(self, excuses):
        self.excuses = excuses
        self.asked = {}  # by client: its last `connecting`
        self.gone = {}  # likewise: its last `disconnected`
        self.last = {}  # likewise: its last `connected`

    def check(self, entries):
        for x in entries:
            if x.what == "connecting":
                self.asked[x.who] = x
            elif x.what == "disconnected":
                self.gone[x.who] = x.at
            elif x.what == "connected":
                yield from self.on_connected(x, self.last.get(x.who))
                self.last[x.who] = x

    def on_connected(self, x, last):
        before = last and last.more["sid"]
        if x.more["recovered"]:
            if before != x.more["sid"]:
                yield Violation("another sid", x.at, x.who, f"recovered {before} "
                                f"as {x.more['sid']}")
            return
        gone = self.gone.get(x.who)
        if gone is None or not self.asked[x.who].more["fresh_offset"]:
            return
        nodes = {y.more.get("node") for y in (last, x)}
        if x.at - gone > self.excuses.window \
                or self.excuses.cover(gone, x.at, nodes):
            return
        yield Violation("not recovered", x.at, x.who, "got a new session "
                        f"{x.at - gone:.1f} s after it lost {before}")
