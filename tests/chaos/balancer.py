"""A balancer in front of all nodes that knows nothing of sessions: each TCP
connection goes to the next node, or to one that takes it."""

import asyncio

from link import Link

# Until it tries the next node.
REACH_TIMEOUT = 1.0


class Balancer(Link):
    def __init__(self, name, targets):
        super().__init__(name, None)
        self.targets = list(targets)

    async def reach(self):
        for _ in self.targets:
            self.target = self.targets.pop(0)
            self.targets.append(self.target)
            try:
                async with asyncio.timeout(REACH_TIMEOUT):
                    return await super().reach()
            except (OSError, TimeoutError):
                continue
        raise OSError("no node takes it")
