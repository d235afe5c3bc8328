"""What clients may see of a log: every record once, in its order."""

from collections import Counter


def problems(logs, members):
    """What is wrong, in words; nothing: all is well.

    `logs` is {room: [event, ...]}, as a reader of the partition finds them.
    `members` is {(member, room): [event, ...]}, as each member got them.
    """
    found = []
    for room, log in logs.items():
        if len(set(log)) < len(log):
            found.append(f"{room}: stored twice: {doubles(log)}")
    for (member, room), seen in members.items():
        found += [f"{member} in {room}: {x}"
                  for x in differences(logs.get(room, []), seen)]
    return found


def differences(log, seen):
    lost = [x for x in log if x not in set(seen)]
    strange = [x for x in seen if x not in set(log)]
    if lost:
        yield f"lost {lost[:5]}"
    if strange:
        yield f"never stored {strange[:5]}"
    if len(set(seen)) < len(seen):
        yield f"got twice {doubles(seen)}"
    if not lost and not strange and len(seen) == len(log) and seen != log:
        at = next(i for i, x in enumerate(log) if seen[i] != x)
        yield f"out of order at {at}: {seen[at]} instead of {log[at]}"


def doubles(events):
    return [x for x, n in Counter(events).items() if n > 1][:5]


def unstored(acked, logs):
    """Acked events that nobody finds in the log.

    `acked` is {event: (room, partition, offset)}, `logs` {(room, partition,
    offset): event}."""
    return [f"{event}: acked as {place}, where there is {logs.get(place)}"
            for event, place in acked.items() if logs.get(place) != event]
