"""What administrators did to the topic, as the journal tells it."""

from collections import defaultdict


# Nodes hear of a new edition after it has begun; on a busy machine, seconds.
HEARD_AFTER = 10.0


class History:
    def __init__(self, entries):
        self.began = []  # (when, edition), in order
        self.elected = {}  # {edition: the partition that may have been cut}
        self.counts = defaultdict(set)  # {edition: how many partitions it had}
        self.starts = defaultdict(dict)  # {edition: {partition: first offset}}
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

    def edition_told_at(self, at):
        """The one that an offset may be of, which a node has told then."""
        return self.edition_at(at - HEARD_AFTER)

    def has_begun_again(self, partition, newest):
        """Whether its log is another one than at first."""
        return any(self.elected.get(x, partition) == partition
                   for x in range(1, newest + 1))

    def is_elected(self, edition):
        return edition in self.elected

    def newest_created(self, newest):
        """The newest edition that does not go on with another one."""
        return max((x for x in range(newest + 1) if x not in self.elected),
                   default=0)

    def may_be_unread(self, begin, end):
        """Of something that was stored at some time between: nobody may have
        read it before it was deleted."""
        return any(a <= end and begin <= b for a, b in self.unread)

    def homes(self, room, edition):
        """The partitions in which a room may lie; None: not told."""
        counts = self.counts.get(edition, set()) | (
            # What was on its way when the topic was deleted.
            self.counts.get(edition - 1, set()))
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
