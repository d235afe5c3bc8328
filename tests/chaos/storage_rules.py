"""What emitters were told, against the log."""

from collections import Counter

from history import History
from violation import Violation

# An emit answered so may be stored all the same.
UNKNOWN = {"timeout"}
NEVER = float("inf")


def check(entries, log):
    emits = {x.id: x for x in entries if x.what == "emit"}
    history = History(entries)
    yield from answers(entries, log, emits, history)
    yield from records(entries, log, emits, history)
    yield from emitters_order(emits, log)


def answers(entries, log, emits, history):
    told = Counter()
    for x in entries:
        if x.what not in ("ack", "nack"):
            continue
        told[x.id] += 1
        if told[x.id] > 1:
            yield Violation("acked twice", x.at, x.who,
                            f"a second answer for {x.id}", x.room, [x.id])
        if x.what == "ack":
            emit = emits.get(x.id)
            if not history.may_be_unread(emit.at if emit else x.at, x.at):
                yield from acked(x, log)
        elif x.more["code"] not in UNKNOWN and x.id in log.copies:
            yield Violation("refused but stored", x.at, x.who,
                            f"{x.id} was refused ({x.more['code']})", x.room,
                            [x.id])


def acked(x, log):
    place = x.more["topic"], x.more["partition"], x.more["offset"]
    found = [y.id for y in log.at.get(place, [])]
    if x.id not in found:
        yield Violation(
            "acked and lost", x.at, x.who, f"{x.id} was acked at {place}, where "
            f"there is {', '.join(found) or 'nothing'}", x.room, [x.id])


def records(entries, log, emits, history):
    answered = {x.id: x.at for x in entries if x.what in ("ack", "nack")}
    for id, copies in log.copies.items():
        emit = emits.get(id)
        if emit is None:
            yield Violation("never emitted", 0, "log", f"holds {id}",
                            copies[0].room, [id])
            continue
        if len(copies) > 1 and not (
                is_of_two_topics(copies) and history.may_be_unread(
                    emit.at, answered.get(id, NEVER))):
            at = ", ".join(f"{x.partition}:{x.offset}" for x in copies)
            yield Violation("stored twice", emit.at, emit.who, f"{id} is at {at}",
                            emit.room, [id])
        for copy in copies:
            yield from place_of(copy, emit, history)
    yield from places(log, emits, history)


def is_of_two_topics(copies):
    """The broker that stored the first could not answer any more, and the topic
    that was created then knew nothing of it."""
    return len({x.edition for x in copies}) == len(copies)


def place_of(record, emit, history):
    if record.room != emit.room:
        yield Violation("wrong room", emit.at, emit.who,
                        f"{record.id} lies in {record.room}", emit.room,
                        [record.id])
    homes = history.homes(record.room, record.edition, emit.at)
    if homes and record.partition not in homes \
            and not emit.more.get("misplaced"):
        yield Violation("wrong partition", emit.at, emit.who, f"{record.id} lies "
                        f"in {record.partition}, not in {sorted(homes)}",
                        emit.room, [record.id])


def places(log, emits, history):
    if history.counts:
        return
    for room, found in log.rooms.items():
        if len({x.partition for x in found}) > 1:
            yield Violation("two partitions", 0, "log", "holds it in more than "
                            "one, so it has no order", room)


def emitters_order(emits, log):
    """What a client emits into a room over one connection keeps its order."""
    last, known = {}, set()
    for record in log.records:
        emit = emits.get(record.id)
        if emit is None or record.id in known:
            continue
        known.add(record.id)
        key = emit.who, emit.room, emit.more["connection"], record.partition
        before = last.get(key)
        if before and before.at > emit.at:
            yield Violation("stored out of order", emit.at, emit.who,
                            f"{emit.id} lies after {before.id}, emitted later",
                            emit.room, [emit.id, before.id])
        last[key] = emit
