"""Where a fault keeps clients from events for long, operators are notified of
it.

Only of faults that nothing else happened beside: otherwise nobody can say whose
doing it was.
"""

from faults import FAULTS
from violation import Violation

ENOUGH = 4  # emits


def check(entries):
    for fault, end, looked in spans(entries):
        told = looked.more["not_ready"] or (
            looked.more["warned"] and FAULTS[fault.who].warning_suffices)
        until = end.at - looked.more["needs"]
        if until > fault.at and not told and is_felt(
                entries, fault.at, until, end.at):
            yield Violation("untold", fault.at, fault.who, f"{fault.more['target']}"
                            f": for {looked.more['needs']:.0f} s and more, "
                            "clients got nothing, and all nodes were ready")


def spans(entries):
    """(fault, healed, looked) of those that were alone."""
    begun, found, busy = {}, [], []
    for x in entries:
        if x.what == "fault":
            begun[x.more["number"]] = x
            busy += [(x, y) for y in begun.values() if y is not x]
        elif x.what == "looked":
            found.append((begun[x.more["number"]], x))
        elif x.what == "healed":
            begun.pop(x.more["number"])
    shared = {id(y) for pair in busy for y in pair}
    healed = {x.more["number"]: x for x in entries if x.what == "healed"}
    return [(fault, healed[fault.more["number"]], looked)
            for fault, looked in found if id(fault) not in shared]


def is_felt(entries, begin, until, end):
    """There is a room in which what was emitted was refused or delivered to
    nobody, from some time before `until` up to `end`. A few emits would tell
    nothing."""
    waiting = {}  # by room: since when, how many emits
    mine = [x for x in entries if begin <= x.at <= end]
    got = {x.id for x in mine if x.what == "event"}
    for x in mine:
        if x.what != "emit":
            continue
        if x.id in got:
            waiting.pop(x.room, None)
        else:
            since, count = waiting.get(x.room, (x.at, 0))
            waiting[x.room] = since, count + 1
    return any(since <= until and count >= ENOUGH
               for since, count in waiting.values())
