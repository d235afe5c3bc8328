"""What administrators do to the topic of a running Kafka."""

import asyncio
import time

from fault import Fault

MOST_PARTITIONS = 12
SMALL_LIMIT = 4096  # of a record, in bytes; ordinary emits are smaller


class TopicFault(Fault):
    family = "topic"
    # What is gone no client can come back to.
    may_lose_session = True

    @property
    def topic(self):
        return self.world.topic

    def back_end(self):
        return self.world.back_end(self)


# -- the topic itself ---------------------------------------------------------

class TopicRecreated(TopicFault):
    name, row = "topic_recreated", "a topic created again"
    how = ("deleted, and created again 3 s later; with the same partitions, "
           "more or fewer")
    # With a broker down, nobody knows what it has stored.
    also = ("broker",)
    lasts = (3.0, 3.0)

    def choose(self):
        self.change = self.random.choice([0, 2, -2])
        return f"{self.change:+d} partitions" if self.change else "as it was"

    async def inject(self):
        await self.topic.delete()

    async def heal(self):
        count = self.topic.partitions + self.change
        await self.topic.create(min(MOST_PARTITIONS, max(2, count)))


class TopicRecreatedAtOnce(TopicRecreated):
    name, lasts = "topic_recreated_at_once", (0.0, 0.0)
    how = "likewise, at once"


class TopicRecreatedLate(TopicRecreated):
    name, lasts = "topic_recreated_late", (25.0, 60.0)
    must_show_after = 20.0
    warning_suffices = True
    how = "likewise, up to a minute later"


class PartitionsAdded(TopicFault):
    name, row = "partitions_added", "partitions added"
    how = "1 to 3; rooms move to other partitions"
    lasts = (0.0, 2.0)
    may_lose_session = False

    def choose(self):
        self.count = self.random.randint(1, 3)
        return f"{self.count} more"

    async def inject(self):
        if self.topic.partitions + self.count <= MOST_PARTITIONS:
            await self.topic.add_partitions(self.count)


# -- its records --------------------------------------------------------------

class RecordsDeleted(TopicFault):
    name, row = "records_deleted", "records deleted"
    how = "DeleteRecords of any part of each partition, which members have had"
    lasts = (0.0, 2.0)

    def choose(self):
        return "any part of each partition"

    async def inject(self):
        await self.delete(self.random.choice([0.3, 0.7, 1.0]))

    async def delete(self, part):
        """Only of what the archive has."""
        await self.topic.catch_up()
        first, end = await self.topic.starts(), self.topic.read_to()
        await self.topic.delete_records({
            p: begin + int((end.get(p, begin) - begin) * part)
            for p, begin in first.items() if end.get(p, begin) > begin})


class RecordsDeletedUnread(RecordsDeleted):
    name = "records_deleted_unread"
    how = ("nothing passes between nodes and brokers while a back end writes; "
           "then DeleteRecords up to the end")
    also = ("broker link",)
    lasts = (1.0, 4.0)

    async def inject(self):
        for link in self.world.kafka.links.values():
            link.stall()
        await self.back_end().write(self.world.rooms)
        await self.delete(1.0)

    async def heal(self):
        for link in self.world.kafka.links.values():
            link.heal()


class Retention(TopicFault):
    name, row = "retention", "retention overtakes readers"
    how = ("segment.ms and retention.ms at 1 and 3 s, while nothing passes "
           "between nodes and brokers for some seconds")
    also = ("broker", "broker link")
    lasts = (4.0, 8.0)

    def choose(self):
        return "all partitions"

    async def inject(self):
        await self.topic.catch_up()
        self.begin = time.monotonic()
        await self.topic.configure(segment_ms=1000, retention_ms=3000)
        await asyncio.sleep(self.random.uniform(1, 3))
        for link in self.world.kafka.links.values():
            link.stall()
        await self.back_end().write(self.world.rooms)

    async def heal(self):
        for link in self.world.kafka.links.values():
            link.heal()
        await asyncio.sleep(2)
        await self.topic.configure(segment_ms=None, retention_ms=None)
        # What waited in a node for longer than that is stored, acked and
        # deleted at once.
        self.topic.tell_unread(self.begin)
        await self.topic.starts()


# -- what it takes ------------------------------------------------------------

class MessageLimit(TopicFault):
    name, row = "message_limit", "max.message.bytes lowered"
    how = (f"to {SMALL_LIMIT} bytes, and raised again, while clients emit 1 KB "
           "each, many at once")
    lasts = (3.0, 8.0)
    may_lose_session = False
    may_refuse = ("too_large",)

    def choose(self):
        return f"{SMALL_LIMIT} bytes"

    async def inject(self):
        self.topic.tell("limit", bytes=SMALL_LIMIT)
        await self.topic.configure(max_message_bytes=SMALL_LIMIT)
        for _ in range(4):
            self.world.load.burst(events=8, size=1000)
            await asyncio.sleep(0.3)

    async def heal(self):
        await self.topic.configure(max_message_bytes=None)
        self.topic.tell("limit", bytes=None)


# -- who leads it -------------------------------------------------------------

class UncleanElection(TopicFault):
    name, row = "unclean_election", "an unclean election"
    how = ("one partition on 2 brokers; one is killed, and the other, while the "
           "first comes back and leads without what only the other had")
    also = ("broker",)
    lasts = (1.0, 4.0)

    def choose(self):
        self.partition = self.random.randrange(self.world.options.partitions)
        return f"partition {self.partition}"

    async def inject(self):
        self.partition %= self.topic.partitions
        await self.topic.configure(min_insync_replicas=1,
                                   unclean_leader_election_enable="true")
        kafka = self.world.kafka
        self.leader = await self.topic.leader(self.partition)
        self.other = next(x for x in kafka.brokers if x != self.leader)
        await self.topic.move(self.partition, [self.leader, self.other])
        await kafka.kill(self.other)
        await self.topic.until_replicas(
            self.partition, lambda _, __, in_sync: in_sync == [self.leader])
        await asyncio.sleep(2)
        await self.topic.elect(self.partition, self.exchange)

    async def exchange(self):
        kafka = self.world.kafka
        await kafka.kill(self.leader)
        await kafka.start_broker(self.other)
        await self.topic.until_replicas(
            self.partition, lambda leader, *_: leader == self.other)

    async def heal(self):
        kafka = self.world.kafka
        for broker in kafka.brokers:
            if not kafka.cluster.is_running(broker):
                await kafka.start_broker(broker)
        await self.topic.move(self.partition, kafka.brokers)
        await self.topic.configure(min_insync_replicas=None,
                                   unclean_leader_election_enable=None)
