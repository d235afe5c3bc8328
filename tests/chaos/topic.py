"""The run's topic, what administrators do to it, and what they tell the journal:
with what they have done the checker knows what may be missing."""

import asyncio
import struct
import time

import kafka_admin
import kafka_wire
from archive import Edition
from waiting import PATIENCE

# A broker that knows of a topic's end may still take what comes.
LATE = 1.0


class Topic:
    def __init__(self, name, kafka, journal, archive):
        self.name, self.kafka = name, kafka
        self.journal, self.archive = journal, archive
        self.partitions = self.number = 0

    # -- life -----------------------------------------------------------------

    async def create(self, partitions):
        """A new edition of it."""
        self.partitions = partitions
        self.tell("edition", number=self.number, partitions=partitions,
                  elected=False)
        await self.ask(self.create_everywhere, partitions)
        await self.tell_log()
        await self.archive.begin(Edition(self.number))

    def create_everywhere(self, address, partitions):
        copies = min(3, len(self.kafka.brokers))
        kafka_wire.create_topic(address, self.name, partitions, copies, {})
        for each in self.kafka.addresses():
            if len(self.leaders(each)) != partitions:
                raise OSError(f"{each} does not know the topic yet")

    async def delete(self):
        """All that was stored by now is in the archive; what comes meanwhile
        may be read by nobody."""
        begin = time.monotonic()
        await self.catch_up()
        await self.archive.end()
        await self.ask(self.delete_everywhere)
        self.tell_unread(begin, LATE)
        self.number += 1

    def delete_everywhere(self, address):
        if kafka_wire.metadata(address, [self.name])[1].get(self.name):
            kafka_wire.delete_topic(address, self.name)
        for each in self.kafka.addresses():
            if kafka_wire.metadata(each, [self.name])[1].get(self.name):
                raise OSError(f"{each} still knows the topic")

    async def add_partitions(self, count):
        self.partitions += count
        self.tell("partitions", number=self.number, partitions=self.partitions)
        await self.ask(kafka_wire.set_partitions, self.name, self.partitions)
        await self.ask(self.create_everywhere, self.partitions)
        await self.archive.more_partitions()

    # -- records --------------------------------------------------------------

    def leaders(self, address):
        """{partition: the address of its leader}"""
        brokers, topics = kafka_wire.metadata(address, [self.name])
        leaders = topics.get(self.name, {})
        return {p: brokers[x] for p, x in leaders.items() if x in brokers}

    def offsets_now(self, address, when):
        found = {}
        for partition, leader in self.leaders(address).items():
            found |= kafka_admin.list_offsets(leader, self.name, [partition],
                                              when, committed=True)
        if len(found) != self.partitions:
            raise OSError("some partitions have no leader")
        return found

    async def ends(self):
        return await self.ask(self.offsets_now, kafka_admin.LATEST)

    async def starts(self):
        """Tells the journal, too."""
        found = await self.ask(self.offsets_now, kafka_admin.EARLIEST)
        self.tell("starts", number=self.number, starts=list(found.items()))
        return found

    async def catch_up(self):
        async with asyncio.timeout(PATIENCE):
            await self.archive.catch_up(await self.ends())

    async def delete_records(self, offsets):
        def delete(address):
            leaders = self.leaders(address)
            for partition, offset in offsets.items():
                if partition not in leaders:
                    raise OSError(f"partition {partition} has no leader")
                kafka_wire.delete_records(leaders[partition], self.name,
                                          {partition: offset})
        await self.ask(delete)
        await self.starts()

    async def configure(self, **configs):
        """`_` stands for a dot; None: the default again."""
        await self.ask(kafka_admin.set_topic_configs, self.name,
                       {k.replace("_", "."): v for k, v in configs.items()})

    def read_to(self):
        """{partition: the offset before which the archive has all}"""
        return dict(self.archive.editions[-1].reached)

    # -- replicas -------------------------------------------------------------

    async def leader(self, partition):
        return (await self.ask(kafka_admin.replicas, self.name))[partition][0]

    async def until_replicas(self, partition, condition):
        """Once condition(leader, replicas, in sync) holds."""
        async with asyncio.timeout(PATIENCE):
            while not condition(*(await self.ask(
                    kafka_admin.replicas, self.name))[partition]):
                await asyncio.sleep(0.1)

    async def move(self, partition, brokers):
        await self.ask(kafka_admin.move_partitions, self.name,
                       {partition: brokers})
        await self.until_replicas(partition, lambda _, replicas, in_sync: (
            set(replicas) == set(in_sync) == set(brokers)))

    async def elect(self, partition, election):
        """An election after which the partition may have another end; what only
        the old leader had is in the archive, as far as it was there before."""
        begin = time.monotonic()
        await self.catch_up()
        await self.archive.end()
        self.number += 1
        self.tell("edition", number=self.number, elected=True,
                  partitions=self.partitions, partition=partition)
        await election()
        await self.tell_log()
        self.tell_unread(begin)
        await self.archive.begin(Edition(self.number, elected=True,
                                         starts=await self.starts()))

    # -- details --------------------------------------------------------------

    def tell_unread(self, begin, late=0.0):
        """What was acked between then and now may be in no archive."""
        self.tell("unread", begin=begin, end=time.monotonic() + late)

    async def tell_log(self):
        """How clients' offsets name what they are of: as a node does it."""
        id, epochs = await self.ask(kafka_admin.logs, self.name)
        log = 0
        for (part,) in struct.iter_unpack(">I", id):
            log ^= part
        self.tell("log", number=self.number, log=max(log, 1),
                  epochs=list(epochs.items()))

    def tell(self, what, **more):
        self.journal.add(what, "topic", **more)

    async def ask(self, function, *arguments):
        return await self.kafka.ask(function, *arguments)
