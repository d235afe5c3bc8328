"""What a client saw, against the log: of each partition that the room lies in,
every stay is a contiguous part.

A gap is told where something is gone, and only there: records that were deleted,
or the end of a log that another one has taken the place of.
"""

from collections import defaultdict

from history import History
from stay import fold
from violation import Violation, some


def check(entries, log):
    history = History(entries)
    folder = fold(entries)
    emitted = {x.id: x.at for x in entries if x.what == "emit"}
    markers = {x.room: x.id for x in entries if x.what == "marker"}
    for entry in folder.strays:
        yield Violation("not a member", entry.at, entry.who,
                        f"got {entry.id} outside of any stay", entry.room,
                        [entry.id])
    for stay in folder.all:
        yield from never_stored(stay, log, emitted, history)
        yield from needless_gaps(stay, history)
        yield from unknown_logs(stay, history)
        parts = log.parts(stay.room)
        for part in parts.values():
            yield from PartRules(stay, part, log, emitted, history,
                                 markers.get(stay.room)).check()


def never_stored(stay, log, emitted, history):
    for at, id in stay.seen:
        if id not in log.copies and not (
                id in emitted and history.may_be_unread(emitted[id], at)):
            yield Violation("never stored", at, stay.client, f"got {id}, which "
                            "is not in the room's log", stay.room, [id])


def needless_gaps(stay, history):
    """With what was there at any time: a gap may come late."""
    for gap in stay.gaps:
        newest = history.edition_at(gap.at)
        if gap.is_reset:
            needed = history.has_begun_again(gap.partition, newest)
        else:
            needed = any(gap.end <= history.starts[x].get(gap.partition, 0)
                         for x in range(newest + 1))
        if not needed:
            yield Violation("needless gap", gap.at, stay.client, "was notified of "
                            f"one from {gap.first} to {gap.end} of partition "
                            f"{gap.partition}, where nothing is gone", stay.room)


def unknown_logs(stay, history):
    for log in history.unknown_logs(stay.offset):
        yield Violation("unknown log", stay.joined or 0.0, stay.client,
                        f"was told an offset of log {log}, which the topic "
                        "has never had", stay.room)


class PartRules:
    """One partition's records of a stay's room."""

    def __init__(self, stay, records, log, emitted, history, marker):
        self.stay, self.log, self.emitted = stay, records, emitted
        # What lies in two topics may have been seen in either.
        self.doubles = {x.id for x in records if len(log.copies[x.id]) > 1}
        self.place = {x.id: i for i, x in enumerate(records)
                      if x.id not in self.doubles}
        self.end = self.place.get(marker, len(records) - 1)
        self.seen = [(at, id) for at, id in stay.seen if id in self.place]
        self.ids = {id for _, id in self.seen}
        self.rewinds = [
            (x.at, x.end) for x in stay.gaps
            if x.is_reset and x.partition == records[0].partition
            and history.is_elected(history.edition_at(x.at))]
        self.excused = Excused(stay, records[0].partition, history, [
            (at, records[self.place[id]]) for at, id in self.seen])

    def check(self):
        yield from self.order()
        places = sorted(self.place[x] for x in self.ids)
        if places:
            yield from self.holes(places[0], places[-1])
        yield from self.before(places[0] if places else self.end + 1)
        if places and self.stay.ended is None:
            yield from self.after(places[-1])

    def violation(self, kind, at, text, ids):
        return Violation(kind, at, self.stay.client, text, self.stay.room, ids)

    def order(self):
        """Each event by itself: once, after the one before it."""
        highest, known, rewinds = -1, set(), list(self.rewinds)
        for at, id in self.seen:
            while rewinds and rewinds[0][0] <= at:
                known = self.before_offset(known, rewinds.pop(0)[1])
                highest = max((self.place[x] for x in known), default=-1)
            place = self.place[id]
            if id in known:
                yield self.violation("delivered twice", at,
                                     f"got {id} again", [id])
            elif place < highest:
                before = self.log[highest].id
                yield self.violation("out of order", at, f"got {id} after "
                                     f"{before}", [id, before])
            known.add(id)
            highest = max(highest, place)

    def before_offset(self, ids, offset):
        """Who is notified that a log continues further in front, with much of
        it as it was, gets that again."""
        return {x for x in ids if self.log[self.place[x]].offset < offset}

    def missing(self, first, end):
        return [x.id for x in self.log[first:end]
                if not x.cut and x.id not in self.ids
                and x.id not in self.doubles and not self.excused.covers(x)]

    def holes(self, first, last):
        missing = self.missing(first, last)
        if missing:
            place = self.place[missing[0]]
            at, after = next((at, id) for at, id in self.seen
                             if self.place[id] > place)
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
            at = self.emitted.get(lost[0], self.seen[-1][0])
            yield self.violation("lost", at, f"never got {some(lost)}, though "
                                 "it stayed to the end", lost)


class Excused:
    """Which records of one partition the gaps that a stay was notified of
    cover."""

    def __init__(self, stay, partition, history, seen):
        self.spans = []  # (first, end) in a partition's order
        self.partition = partition
        # Where it is: (edition, the offset behind what it has seen there).
        self.place = self.begin(stay, partition, history), 0
        # The edition that it is known to be of in this very partition.
        self.own = self.place[0]
        steps = [(at, 0, x) for at, x in seen] + [(x.at, 1, x) for x in stay.gaps]
        for at, is_gap, x in sorted(steps, key=lambda x: x[:2]):
            if is_gap:
                self.on_gap(x, history, history.edition_at(at))
            else:
                self.place = max(self.place, (x.edition, x.offset + 1))
                self.own = max(self.own, x.edition)

    @staticmethod
    def begin(stay, partition, history):
        """A node may not have heard of the newest one yet; its answer says so."""
        if stay.joined is None:
            return 0
        named = history.edition_named(partition, stay.offset)
        return history.edition_at(stay.joined) if named is None else named

    def on_gap(self, gap, history, newest):
        if gap.is_reset:
            self.on_reset(gap, newest, history)
        elif gap.partition == self.partition:
            self.spans += [((x, gap.first), (x, gap.end))
                           for x in range(self.place[0], newest + 1)]

    def on_reset(self, gap, newest, history):
        """Another log begins. A room may lie in another partition of a new
        topic, so what comes to an end is every partition's. Who came after that
        was notified of a place that this log does not have, as somebody may
        commit one of the former log: then all that is before the gap's end is
        told."""
        edition, offset = self.place
        mine = gap.partition == self.partition
        begins = history.newest_created(newest)
        if mine:
            # Of a former topic it comes to the start of this one, whether or
            # not that has been cut since.
            if self.own >= begins:
                begins = history.newest_of(self.partition, newest)
            edition, self.own = self.own, begins
        self.spans.append(((edition, gap.first if mine else offset), (begins, 0)))
        if mine:
            self.spans += [((x, 0), (x, gap.end))
                           for x in range(begins, newest + 1)]
        self.place = max(self.place, (begins, gap.end if mine else 0))

    def covers(self, record):
        return any(a <= record.order < b for a, b in self.spans)
