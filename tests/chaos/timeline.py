"""What led to a violation, for people to read."""

AROUND = 6  # events of the room before and after


def timeline(violation, entries, log, begin):
    """Lines: all faults up to then, what its client did, the room's events."""
    chosen = [x for x in entries if interesting(x, violation)]
    chosen += near(violation, entries)
    chosen.sort(key=lambda x: x.at)
    lines = [f"  {'seconds':>8}  {'who':<16} what"]
    lines += [f"  {x.at - begin:8.3f}  {x.who:<16} {describe(x)}"
              + (" <--" if x.id in violation.ids else "") for x in chosen]
    return [*lines, *log_lines(violation, log)]


def interesting(entry, violation):
    if entry.what in ("fault", "healed", "quiet"):
        return True
    if entry.id in violation.ids and (entry.what != "event"
                                      or entry.who == violation.who):
        return True
    if entry.who != violation.who or entry.id is not None:
        return False
    return entry.room in (None, violation.room)


def near(violation, entries):
    """The client's events in the room just before and after."""
    events = [x for x in entries if x.what == "event"
              and x.who == violation.who and x.room == violation.room
              and x.id not in violation.ids]
    before = [x for x in events if x.at < violation.at]
    after = [x for x in events if x.at >= violation.at]
    return before[-AROUND:] + after[:AROUND]


def describe(entry):
    more = " ".join(f"{k}={v}" for k, v in entry.more.items())
    return " ".join(x for x in (entry.what, entry.room, entry.id, more) if x)


def log_lines(violation, log):
    places = [i for i, x in enumerate(log.rooms.get(violation.room, []))
              if x.id in violation.ids]
    if not places:
        return []
    room = log.rooms[violation.room]
    found = room[max(0, places[0] - AROUND):places[0] + AROUND + 1]
    return [f"  the log of {violation.room}:",
            *(f"  {x.partition:>4}:{x.offset:<8} {x.id}"
              + (" <--" if x.id in violation.ids else "") for x in found)]
