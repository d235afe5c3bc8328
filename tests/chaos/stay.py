"""A client's stay in a room: from its join until it knows that it missed
something, or left. Within it the client must see a contiguous part of the log.

A reconnect with `recovered` continues with the stay, and so does a join `since`
the offset of the leave's ack. Any other session begins with none; a join `since`
the offset of an earlier join's ack promises what that one did.
"""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gap:
    """Told at a time: the partition's records from `first` on, before `end`."""
    at: float
    partition: int
    first: int
    end: int

    @property
    def is_reset(self):
        """The log is another one than that of `first`."""
        return self.end <= self.first


@dataclass(slots=True)
class Stay:
    client: str
    room: str
    joined: float | None = None  # when the join's ack came
    offset: str | None = None  # that the ack at `joined` told
    seen: list = field(default_factory=list)  # (time, id)
    gaps: list = field(default_factory=list)  # that it was notified of
    ended: float | None = None  # None: lasts to the end of the run
    how: str = ""  # it ended


class StayFolder:
    """Folds a journal into stays; `strays` are events outside of all of them.

    A client may ask for more before it has an answer. What it was sent meanwhile
    belongs to the stay that its answers tell of, in the order of its requests."""

    def __init__(self):
        self.open = {}  # (client, room): Stay
        self.left = {}  # likewise: the last one that ended by leaving
        self.asked = defaultdict(dict)  # likewise: {number: "join" or "leave"}
        self.answered = {}  # likewise: the newest join that was answered ok
        self.unsure = set()  # likewise: in or out, until it has joined again
        self.all = []
        self.strays = []

    def feed(self, entry):
        handler = getattr(self, f"on_{entry.what}", None)
        if handler:
            handler(entry, (entry.who, entry.room))

    def begin(self, key, joined, offset=None):
        self.open[key] = Stay(*key, joined=joined, offset=offset)
        self.all.append(self.open[key])

    def end(self, key, at, how):
        stay = self.open.pop(key, None)
        if stay:
            stay.ended, stay.how = at, how
        return stay

    # -- sessions -------------------------------------------------------------

    def on_connected(self, entry, _):
        if not entry.more["recovered"]:
            for key in [x for x in self.open if x[0] == entry.who]:
                self.end(key, entry.at, "a new session")

    def on_disconnected(self, entry, _):
        for key in [x for x in self.asked if x[0] == entry.who]:
            if len(self.asked.pop(key)) > 1:
                self.end(key, entry.at, "unsure")
                self.unsure.add(key)
            self.answered.pop(key, None)

    # -- rooms ----------------------------------------------------------------

    def on_joining(self, entry, key):
        asked = self.asked[key]
        asked[number_of(entry)] = "join"
        if key in self.open or len(asked) > 1:
            return
        since = entry.more.get("since")
        if since == "left" and key in self.left:
            stay = self.open[key] = self.left.pop(key)
            stay.ended = None
        else:
            self.begin(key, None if since == "left" else since,
                       entry.more.get("offset"))

    def on_leaving(self, entry, key):
        self.asked[key][number_of(entry)] = "leave"

    def on_joined(self, entry, key):
        number, asked = number_of(entry), self.asked[key]
        offset = entry.more.get("offset")
        asked.pop(number, None)
        self.unsure.discard(key)
        self.answered[key] = number
        if any(x < number for x in asked if asked[x] == "leave"):
            # Its answer is still to come.
            self.end(key, entry.at, "left")
        if key not in self.open:
            self.begin(key, entry.at, offset)
        elif self.open[key].joined is None:
            self.open[key].joined, self.open[key].offset = entry.at, offset

    def on_left(self, entry, key):
        stay = self.on_out(entry, key, "left")
        if stay and key not in self.open:
            self.left[key] = stay

    def on_out(self, entry, key, how):
        number, asked = number_of(entry), self.asked[key]
        asked.pop(number, None)
        if self.answered.get(key, -1) > number:
            return None
        stay = self.end(key, entry.at, how)
        if "join" in asked.values():
            self.begin(key, None)
        return stay

    def on_put_out(self, entry, key):
        """By the server; the client joins again."""
        self.end(key, entry.at, "put out")

    def on_refused(self, entry, key):
        if entry.more["asked"] == "leave":
            if entry.more["code"] == "not_a_member":
                self.on_out(entry, key, "was out")
            else:
                self.asked[key].pop(number_of(entry), None)
            return
        self.asked[key].pop(number_of(entry), None)
        if "join" not in self.asked[key].values() and key in self.open \
                and self.open[key].joined is None:
            self.end(key, entry.at, "refused")

    # -- what it is sent ------------------------------------------------------

    def on_event(self, entry, key):
        if key in self.open:
            self.open[key].seen.append((entry.at, entry.id))
        elif key not in self.unsure and not self.asked[key]:
            self.strays.append(entry)

    def on_gap(self, entry, key):
        if key in self.open:
            more = entry.more
            self.open[key].gaps.append(
                Gap(entry.at, more["partition"], more["first"], more["end"]))


def number_of(entry):
    """Of a request and its answer; clients that wait for it have none."""
    return entry.more.get("number", 0)


def fold(entries):
    folder = StayFolder()
    for entry in entries:
        folder.feed(entry)
    return folder
