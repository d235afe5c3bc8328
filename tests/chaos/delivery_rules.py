"""What a client saw, against the log: every stay is a contiguous part of it."""

from stay import fold
from violation import Violation, some


def check(entries, log):
    folder = fold(entries)
    emitted = {x.id: x.at for x in entries if x.what == "emit"}
    markers = {x.room: x.id for x in entries if x.what == "marker"}
    for entry in folder.strays:
        yield Violation("not a member", entry.at, entry.who,
                        f"got {entry.id} outside of any stay", entry.room,
                        [entry.id])
    for stay in folder.all:
        yield from StayRules(stay, log, emitted, markers.get(stay.room)).check()


class StayRules:
    def __init__(self, stay, log, emitted, marker):
        self.stay, self.emitted = stay, emitted
        self.log = log.rooms.get(stay.room, [])
        self.place = {x.id: i for i, x in enumerate(self.log)}
        self.end = self.place.get(marker, len(self.log) - 1)
        self.seen = {id for _, id in stay.seen}

    def check(self):
        yield from self.order()
        places = sorted(self.place[x] for x in self.seen if x in self.place)
        if places:
            yield from self.holes(places[0], places[-1])
        yield from self.before(places[0] if places else self.end + 1)
        if places and self.stay.ended is None:
            yield from self.after(places[-1])

    def violation(self, kind, at, text, ids):
        return Violation(kind, at, self.stay.client, text, self.stay.room, ids)

    def order(self):
        """Each event by itself: stored, once, after the one before it."""
        highest, known = -1, set()
        for at, id in self.stay.seen:
            place = self.place.get(id)
            if place is None:
                yield self.violation("never stored", at, f"got {id}, which is "
                                     "not in the room's log", [id])
                continue
            if id in known:
                yield self.violation("delivered twice", at,
                                     f"got {id} again", [id])
            elif place < highest:
                before = self.log[highest].id
                yield self.violation("out of order", at, f"got {id} after "
                                     f"{before}", [id, before])
            known.add(id)
            highest = max(highest, place)

    def missing(self, first, end):
        return [x.id for x in self.log[first:end]
                if x.id not in self.seen and not self.stay.excuses(x)]

    def holes(self, first, last):
        missing = self.missing(first, last)
        if missing:
            place = self.place[missing[0]]
            at, after = next((at, id) for at, id in self.stay.seen
                             if self.place.get(id, -1) > place)
            yield self.violation("silent gap", at, f"never got {some(missing)}, "
                                 f"but then {after}", missing)

    def before(self, first):
        """What was emitted after the join's ack had come must be seen, even
        when nothing before it was; of a stay that ended, only if something
        after it was seen."""
        if self.stay.joined is None:
            return
        if not self.seen and self.stay.ended is not None:
            return
        lost = [id for id in self.missing(0, first)
                if self.emitted.get(id, 0) > self.stay.joined]
        if lost:
            yield self.violation("lost", self.emitted[lost[0]],
                                 f"never got {some(lost)}, emitted after its "
                                 "join was acked", lost)

    def after(self, last):
        lost = self.missing(last + 1, self.end + 1)
        if lost:
            at = self.emitted.get(lost[0], self.stay.seen[-1][0])
            yield self.violation("lost", at, f"never got {some(lost)}, though "
                                 "it stayed to the end", lost)
