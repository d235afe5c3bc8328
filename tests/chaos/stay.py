"""A client's stay in a room: from its join until it knows that it missed
something, or left. Within it the client must see a contiguous part of the log.

A reconnect with `recovered` goes on with the stay, and so does a join `since`
the offset of the leave's ack. Any other session begins with none; a join `since`
the offset of an earlier join's ack promises what that one did.
"""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Stay:
    client: str
    room: str
    joined: float | None = None  # when the join's ack came
    seen: list = field(default_factory=list)  # (time, id)
    gaps: list = field(default_factory=list)  # (partition, first, end), told
    ended: float | None = None  # None: lasts to the end of the run
    how: str = ""  # it ended

    def excuses(self, record):
        return any(partition == record.partition and first <= record.offset < end
                   for partition, first, end in self.gaps)


class StayFolder:
    """Folds a journal into stays; `strays` are events outside of all of them."""

    def __init__(self):
        self.open = {}  # (client, room): Stay
        self.left = {}  # likewise: the last one that ended by leaving
        self.all = []
        self.strays = []

    def feed(self, entry):
        handler = getattr(self, f"on_{entry.what}", None)
        if handler:
            handler(entry, (entry.who, entry.room))

    def end(self, key, at, how):
        stay = self.open.pop(key, None)
        if stay:
            stay.ended, stay.how = at, how
        return stay

    def on_connected(self, entry, _):
        if not entry.more["recovered"]:
            for key in [x for x in self.open if x[0] == entry.who]:
                self.end(key, entry.at, "a new session")

    def on_joining(self, entry, key):
        if key in self.open:
            return
        since = entry.more.get("since")
        if since == "left" and key in self.left:
            stay = self.left.pop(key)
            stay.ended = None
        else:
            stay = Stay(*key, joined=None if since == "left" else since)
            self.all.append(stay)
        self.open[key] = stay

    def on_joined(self, entry, key):
        stay = self.open.get(key)
        if stay and stay.joined is None:
            stay.joined = entry.at

    def on_left(self, entry, key):
        stay = self.end(key, entry.at, "left")
        if stay:
            self.left[key] = stay

    def on_refused(self, entry, key):
        if entry.more["asked"] == "leave":
            if entry.more["code"] == "not_a_member":
                self.end(key, entry.at, "was out")
        elif key in self.open and self.open[key].joined is None:
            self.end(key, entry.at, "refused")

    def on_event(self, entry, key):
        if key in self.open:
            self.open[key].seen.append((entry.at, entry.id))
        else:
            self.strays.append(entry)

    def on_gap(self, entry, key):
        if key in self.open:
            more = entry.more
            self.open[key].gaps.append(
                (more["partition"], more["first"], more["end"]))


def fold(entries):
    folder = StayFolder()
    for entry in entries:
        folder.feed(entry)
    return folder
