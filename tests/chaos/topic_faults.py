"""What administrators do to the topic of a running Kafka."""

import asyncio

from fault import Fault
from foreigners import BackEnd

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
    name, lasts = "topic_recreated_late", (60.0, 60.0)
    must_show_after = 20.0
    warning_suffices = True
    how = "likewise, a minute later"


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


# -- who may use it -----------------------------------------------------------

class AccessDenied(Fault):
    name, family, row = "access_denied", "access", "access denied"
    how = "ACLs: READ, WRITE or all of the topic, or READ of the group; then none"
    lasts = (2.0, 12.0)
    may_refuse = ("not_allowed",)
    must_show_after = 6.0
    warning_suffices = True

    def choose(self):
        self.what = self.random.choice([
            ("topic", "read"), ("topic", "write"), ("topic", "all"),
            ("group", "read")])
        return " ".join(self.what)

    async def inject(self):
        await self.world.kafka.deny(*self.what)

    async def heal(self):
        await self.world.kafka.allow(*self.what)


# -- other writers ------------------------------------------------------------

class BackEndFault(Fault):
    family = "back end"
    # They write to a topic that is there.
    also = ("topic",)

    def choose(self):
        rooms = self.world.rooms
        self.rooms = self.random.sample(rooms, min(8, len(rooms)))
        return ", ".join(x.removeprefix("room:") for x in self.rooms)


class OtherPartitioner(BackEndFault):
    name, row = "other_partitioner", "a back end with another partitioner"
    how = "kcat without murmur2 writes into 8 rooms, again and again"
    lasts = (2.0, 6.0)

    async def inject(self):
        back_end = self.world.back_end(self)
        for _ in range(3):
            await back_end.write(self.rooms, "consistent_random")
            await asyncio.sleep(0.5)


class Transactions(BackEndFault):
    name, row = "transaction_committed", "transactions"
    how = "a transaction over 8 rooms, open for some seconds, then committed"
    lasts = (1.0, 6.0)
    timeout = 20.0

    async def inject(self):
        back_end = self.world.back_end(self)
        await asyncio.to_thread(self.begin, back_end)
        self.records = [back_end.emit(x) for x in self.rooms]
        await asyncio.to_thread(self.write)

    def begin(self, back_end):
        self.transaction = back_end.transaction(self.timeout)
        self.transaction.begin()

    def write(self):
        for key, value in self.records:
            self.transaction.produce(key, value)
        self.transaction.flush()

    async def heal(self):
        await asyncio.to_thread(self.end)

    def end(self):
        self.transaction.commit()
        self.transaction.close()


class TransactionAborted(Transactions):
    name = "transaction_aborted"
    how = "likewise, then aborted"

    def end(self):
        self.transaction.abort()
        self.transaction.close()


class TransactionForgotten(Transactions):
    name = "transaction_forgotten"
    how = ("likewise, then neither: brokers abort it after its timeout, and until "
           "then nobody reads on")
    timeout, lasts = 4.0, (5.0, 9.0)

    def end(self):
        self.transaction.close()
