"""What clients do meanwhile: emit at a steady rate, leave rooms and come back."""

import asyncio

PADS = ["", "x" * 40, "y" * 400, "\u20ac" * 100]


class Load:
    def __init__(self, world, rate, random):
        self.world, self.rate, self.random = world, rate, random
        self.stopping = asyncio.Event()

    async def run(self):
        """Until stop()."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self.stopping.is_set():
            due += self.random.expovariate(self.rate)
            await self.pause(due - loop.time())
            self.emit()
            if self.random.random() < 0.02:
                self.churn()

    async def pause(self, seconds):
        try:
            await asyncio.wait_for(self.stopping.wait(), max(0, seconds))
        except TimeoutError:
            pass

    def stop(self):
        self.stopping.set()

    def emit(self):
        client = self.random.choice(self.world.clients)
        room = self.random.choice(sorted(client.rooms))
        client.emit(room, self.random.choice(PADS))

    def churn(self):
        client = self.random.choice(self.world.light)
        client.leave(self.random.choice(sorted(client.rooms)))

    def burst(self, events, size):
        """So many that they share a batch."""
        members = self.random.sample(self.world.light,
                                     min(30, len(self.world.light)))
        for client in members:
            for _ in range(events):
                client.emit(min(client.rooms), "b" * size)

    async def flood(self, rooms, events, size):
        """Large events for slow readers, by other members of their rooms."""
        for room in sorted(rooms):
            members = [x for x in self.world.light
                       if room in x.rooms and x.reading]
            for i in range(events if members else 0):
                self.random.choice(members).emit(room, "z" * size)
                await asyncio.sleep(0.01)
