"""What operators can see while a fault lasts that they must be notified of."""

import asyncio
import re
import time

STEP = 0.5  # seconds
WARNING = re.compile(rb" (warn|warning|error) ")


class Watch:
    """Looks at all nodes, and tells the journal what they said."""

    def __init__(self, world, fault):
        self.world, self.fault = world, fault
        self.looks = fault.must_show_after is not None
        self.not_ready = False
        if self.looks:
            self.sizes = {x: self.size(x) for x in world.nodes}

    @staticmethod
    def size(node):
        return node.log.stat().st_size if node.log.exists() else 0

    async def sleep(self, seconds):
        until = time.monotonic() + seconds
        while self.looks and time.monotonic() + STEP < until:
            self.not_ready = self.not_ready or not all(
                [await self.is_ready(x) for x in self.world.nodes])
            await asyncio.sleep(STEP)
        await asyncio.sleep(max(0, until - time.monotonic()))

    def tell(self, number):
        if self.looks:
            self.world.journal.add(
                "looked", self.fault.name, number=number,
                not_ready=self.not_ready, needs=self.fault.must_show_after,
                warned=any(self.warned(x) for x in self.world.nodes))

    def warned(self, node):
        with node.log.open("rb") as file:
            file.seek(self.sizes[node])
            return WARNING.search(file.read()) is not None

    async def is_ready(self, node):
        """One that is not there tells enough."""
        try:
            async with asyncio.timeout(2):
                return (await node.status("/readyz"))[0] == 200
        except (OSError, TimeoutError, IndexError):
            return False
