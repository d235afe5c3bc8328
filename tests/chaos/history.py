"""What administrators did to the topic, as the journal tells it."""

import re
from collections import defaultdict

# In an offset: partition:offset@log.epoch, and the next one.
PLACE = re.compile(r"(\d+):\d+@([\d.]+)")


class History:
    def __init__(self, entries):
        self.began = []  # (when, edition), in order
        self.elected = {}  # {edition: the partition that may have been cut}
        self.counts = defaultdict(set)  # {edition: how many partitions it had}
        self.starts = defaultdict(dict)  # {edition: {partition: first offset}}
        self.logs = {}  # {edition: (how offsets name it, {partition: epoch})}
        self.unread = []  # (begin, end)
        for x in entries:
            if x.who == "topic":
                getattr(self, f"on_{x.what}", self.ignore)(x, **x.more)

    def on_edition(self, entry, number, partitions, elected, partition=0):
        self.began.append((entry.at, number))
        if elected:
            self.elected[number] = partition
        self.counts[number].add(partitions)

    def on_partitions(self, _, number, partitions):
        self.counts[number].add(partitions)

    def on_log(self, _, number, log, epochs):
        self.logs[number] = log, dict(epochs)

    def on_starts(self, _, number, starts):
        known = self.starts[number]
        for partition, offset in starts:
            known[partition] = max(offset, known.get(partition, 0))

    def on_unread(self, _, begin, end):
        self.unread.append((begin, end))

    def ignore(self, *_, **more):
        """What other rules look at."""

    def edition_at(self, at):
        """The newest one at that time."""
        return max((x for when, x in self.began if when <= at), default=0)

    def edition_named(self, partition, offset):
        """The one that a room's offset is of, as it names it in `partition` (or
        in another one of that topic); None: it names none. What an election has
        not cut is of the edition before."""
        places = dict(PLACE.findall(offset or ""))
        named = places.get(str(partition)) or next(iter(places.values()), None)
        if named is None:
            return None
        log, _, epoch = named.partition(".")
        return max((x for x, (known, epochs) in self.logs.items()
                    if known == int(log) and (
                        x not in self.elected or (
                            self.elected[x] == partition
                            and int(epoch or -1) >= epochs[partition]))),
                   default=None)

    def unknown_logs(self, offset):
        known = {log for log, _ in self.logs.values()}
        named = (int(x.split(".")[0]) for _, x in PLACE.findall(offset or ""))
        return [x for x in named if x not in known]

    def has_begun_again(self, partition, newest):
        """Whether its log is another one than at first."""
        return any(self.elected.get(x, partition) == partition
                   for x in range(1, newest + 1))

    def is_elected(self, edition):
        return edition in self.elected

    def newest_created(self, newest):
        """The newest edition that does not continue with another one."""
        return max((x for x in range(newest + 1) if x not in self.elected),
                   default=0)

    def newest_of(self, partition, newest):
        """Likewise, of that partition: elections elsewhere are nothing to it."""
        return max((x for x in range(newest + 1)
                    if self.elected.get(x, partition) == partition), default=0)

    def may_be_unread(self, begin, end):
        """Of something that was stored at some time between: nobody may have
        read it before it was deleted."""
        return any(a <= end and begin <= b for a, b in self.unread)

    def homes(self, room, edition, emitted):
        """The partitions in which what was emitted into a room at a time may
        lie; None: not told. Its partition was chosen by what there was then;
        the topic may have been created again more than once while it waited."""
        first = min(self.edition_at(emitted), edition - 1)
        counts = set().union(*(self.counts.get(x, set())
                               for x in range(first, edition + 1)))
        if not counts:
            return None
        key = room.removeprefix("room:").encode()
        return {murmur2(key) % x for x in counts}


def murmur2(key):
    """As Kafka's clients hash a key, without the sign."""
    factor, mask = 0x5BD1E995, 0xFFFFFFFF
    value = 0x9747B28C ^ len(key)
    whole = len(key) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(key[i:i + 4], "little") * factor & mask
        k = (k ^ k >> 24) * factor & mask
        value = value * factor & mask ^ k
    rest = key[whole:]
    if rest:
        value = (value ^ int.from_bytes(rest, "little")) * factor & mask
    value = (value ^ value >> 13) * factor & mask
    return (value ^ value >> 15) & 0x7FFFFFFF
