"""The topic as an ordinary consumer reads it, while it still has it: what is
deleted meanwhile, by whomever, is kept here.

A topic that is deleted and created again is another log with the same name, and
so is one that has lost its end in an unclean election. Each is an *edition*.
"""

import asyncio
import re

from room_log import Record, RoomLog
from weir_node import die_with_parent

FORMAT = "%p %o %K %S\\n%k%s\\n"
PAUSE = 0.3  # before a reader that has ended begins again
END = re.compile(rb"Reached end of topic \S+ \[(\d+)\] at offset (\d+)")


class Archive:
    """Follows one edition after the other. Nothing of it passes through the
    links that faults hit."""

    def __init__(self, bootstrap, topic, room_of_key, id_of_value):
        self.bootstrap, self.topic = bootstrap, topic
        self.room_of_key, self.id_of_value = room_of_key, id_of_value
        self.editions = []
        self.process = self.task = None

    async def begin(self, edition):
        """Nothing of the one before is read any more."""
        await self.end()
        self.editions.append(edition)
        self.read_again()

    def read_again(self):
        """From the beginning, with all partitions that are there by now."""
        self.task = asyncio.create_task(self.follow(self.editions[-1]))

    async def end(self):
        if not self.task:
            return
        task, self.task = self.task, None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def more_partitions(self):
        await self.end()
        self.read_again()

    async def catch_up(self, ends):
        """Returns once everything before `ends`, {partition: offset}, is read."""
        def is_there():
            reached = self.editions[-1].reached
            return all(reached.get(p, 0) >= x for p, x in ends.items())
        while not is_there():
            await asyncio.sleep(0.01)

    # -- the reader -----------------------------------------------------------

    async def follow(self, edition):
        while True:
            process = await asyncio.create_subprocess_exec(
                "kcat", "-C", "-b", self.bootstrap, "-t", self.topic, "-u",
                "-E", "-o", "beginning", "-X", "fetch.wait.max.ms=100",
                "-X", "reconnect.backoff.max.ms=500", "-X", "log_level=0",
                "-X", "topic.auto.offset.reset=earliest", "-f", FORMAT,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                # One pipe, so that what it has read comes before it says so.
                stderr=asyncio.subprocess.STDOUT,
                preexec_fn=die_with_parent, limit=1 << 24)
            try:
                await self.read(process.stdout, edition)
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
            await asyncio.sleep(PAUSE)

    async def read(self, out, edition):
        """Records, and between them what kcat says."""
        while line := await out.readline():
            if line[:1].isdigit():
                await self.read_record(line, out, edition)
            elif found := END.search(line):
                edition.reach(*map(int, found.groups()))

    async def read_record(self, head, out, edition):
        partition, offset, key_size, value_size = map(int, head.split())
        key = await out.readexactly(max(key_size, 0))
        value = await out.readexactly(max(value_size, 0))
        await out.readexactly(1)
        edition.add(Record(self.topic, partition, offset,
                           self.room_of_key(key.decode()),
                           self.id_of_value(value), edition.number))

    def room_log(self):
        return RoomLog(join(self.editions))


class Edition:
    """`elected`: it continues with the one before, up to where that was cut
    off. `starts` is {partition: its first offset} when it began."""

    def __init__(self, number, elected=False, starts=None):
        self.number, self.elected = number, elected
        self.starts = starts or {}
        self.records = {}  # by (partition, offset)
        self.reached = {}  # {partition: offset before which all is read}

    def add(self, record):
        self.records[record.partition, record.offset] = record

    def reach(self, partition, offset):
        self.reached[partition] = max(offset, self.reached.get(partition, 0))


def join(editions):
    """All records, each once. What an election has cut off is `cut`: it was
    there, and nobody can be expected to have it."""
    logs = []  # each a list of editions' records that continue with each other
    for edition in editions:
        own = dict(edition.records)
        if edition.elected:
            go_on(logs[-1], own, edition.starts)
            logs[-1].append(own)
        else:
            logs.append([own])
    return [x for log in logs for own in log for x in own.values()]


def go_on(log, own, starts):
    """Takes out of `own` what older editions have; marks what it has not."""
    for older in log:
        for place, record in older.items():
            same = own.get(place)
            if same and same.id == record.id:
                del own[place]
            elif place[1] >= starts.get(place[0], 0):
                older[place] = record.without_end()
