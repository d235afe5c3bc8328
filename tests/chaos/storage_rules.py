"""What emitters were told, against the log."""

from collections import Counter

from violation import Violation

# An emit answered so may be stored all the same.
UNKNOWN = {"timeout"}


def check(entries, log):
    emits = {x.id: x for x in entries if x.what == "emit"}
    yield from answers(entries, log)
    yield from records(emits, log)
    yield from emitters_order(emits, log)


def answers(entries, log):
    told = Counter()
    for x in entries:
        if x.what not in ("ack", "nack"):
            continue
        told[x.id] += 1
        if told[x.id] > 1:
            yield Violation("acked twice", x.at, x.who,
                            f"a second answer for {x.id}", x.room, [x.id])
        if x.what == "ack":
            yield from acked(x, log)
        elif x.more["code"] not in UNKNOWN and x.id in log.copies:
            yield Violation("refused but stored", x.at, x.who,
                            f"{x.id} was refused ({x.more['code']})", x.room,
                            [x.id])


def acked(x, log):
    place = x.more["topic"], x.more["partition"], x.more["offset"]
    record = log.at.get(place)
    if record is None or record.id != x.id:
        yield Violation(
            "acked and lost", x.at, x.who, f"{x.id} was acked at {place}, where "
            f"there is {record.id if record else 'nothing'}", x.room, [x.id])


def records(emits, log):
    for id, copies in log.copies.items():
        emit = emits.get(id)
        if emit is None:
            yield Violation("never emitted", 0, "log", f"holds {id}",
                            copies[0].room, [id])
            continue
        if len(copies) > 1:
            at = ", ".join(f"{x.partition}:{x.offset}" for x in copies)
            yield Violation("stored twice", emit.at, emit.who, f"{id} is at {at}",
                            emit.room, [id])
        if copies[0].room != emit.room:
            yield Violation("wrong room", emit.at, emit.who,
                            f"{id} lies in {copies[0].room}", emit.room, [id])
    for room, found in log.rooms.items():
        if len({x.partition for x in found}) > 1:
            yield Violation("two partitions", 0, "log", "holds it in more than "
                            "one, so it has no order", room)


def emitters_order(emits, log):
    """What a client emits into a room over one connection keeps its order."""
    last = {}
    for record in log.records:
        emit = emits.get(record.id)
        if emit is None:
            continue
        key = emit.who, emit.room, emit.more["connection"]
        before = last.get(key)
        if before and before.at > emit.at:
            yield Violation("stored out of order", emit.at, emit.who,
                            f"{emit.id} lies after {before.id}, emitted later",
                            emit.room, [emit.id, before.id])
        last[key] = emit
