"""What others do who write to the topic, and who may use it."""

import asyncio

from fault import Fault


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
    transaction = None  # until it has begun, which takes its time

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
        if self.transaction:
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
