"""Well-behaved clients: members of rooms that emit all the time, and what they
see of it. Nobody of them is to notice an attack."""

import asyncio
import json
import time

from crowd import CrowdClient
from waiting import PATIENCE

COUNT = 20
ROOMS = 4
INTERVAL = 0.1  # seconds between two emits of one client


class Bystander(CrowdClient):
    def __init__(self, crowd, number):
        super().__init__(f"by-{number}")
        self.crowd = crowd
        self.room = f"by:{number % ROOMS}"
        self.sid = None
        self.sent = self.acked = 0
        self.seen = {}  # by sender: the numbers, in their order

    def on_frame(self, opcode, data):
        if data.startswith(b'0{'):
            self.sid = json.loads(data[1:])["sid"]
        if not data.startswith(b'42["talk"'):
            super().on_frame(opcode, data)
            return
        said = json.loads(data[2:])[1]
        self.seen.setdefault(said["from"], []).append(said["n"])
        self.crowd.note_delay(said["at"])

    async def emit_on(self):
        """One emit at a time; each has to be acked."""
        while not self.crowd.pausing:
            said = {"room": self.room, "from": self.name, "n": self.sent,
                    "at": time.monotonic(), "text": "x" * 60}
            self.sent += 1
            answer = await self.start_emit("talk", said)
            self.acked += 1
            if answer["status"] != "ok":
                self.crowd.refused.append(answer)
            await asyncio.sleep(INTERVAL)


class Crowd:
    def __init__(self, node):
        self.node = node
        self.clients = [Bystander(self, i) for i in range(COUNT)]
        self.delays = []  # of what was delivered since they were last taken
        self.refused = []
        self.calm = 0, 0  # p50, p99 before all attacks
        self.pausing = False

    async def __aenter__(self):
        await asyncio.gather(*(x.connect(self.node.port)
                               for x in self.clients))
        await asyncio.gather(*(x.emit("join", x.room) for x in self.clients))
        self.resume()
        return self

    async def __aexit__(self, *_):
        for x in self.emitting:
            x.cancel()
        await asyncio.gather(*self.emitting, return_exceptions=True)
        for x in self.clients:
            await x.close()

    def note_delay(self, emitted_at):
        self.delays.append(time.monotonic() - emitted_at)

    def resume(self):
        self.pausing = False
        self.emitting = [asyncio.create_task(x.emit_on())
                         for x in self.clients]

    async def measure(self, seconds):
        """The delays of a window, sorted."""
        self.delays.clear()
        await asyncio.sleep(seconds)
        return sorted(self.delays)

    async def goes_on(self):
        """Whether each of them gets a further ack."""
        before = [x.acked for x in self.clients]
        try:
            async with asyncio.timeout(PATIENCE):
                while any(x.acked <= n for x, n in zip(self.clients, before)):
                    await asyncio.sleep(0.02)
            return True
        except TimeoutError:
            return False

    async def settle(self, patience=3 * PATIENCE):
        """Emits no more, and waits for all that is still to come: what is wrong
        then."""
        self.pausing = True
        try:
            async with asyncio.timeout(patience):
                await asyncio.gather(*self.emitting)
                while self.missing():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pass
        return self.complaints()

    def missing(self):
        return any(len(x.seen.get(y.name, ())) < y.sent
                   for x in self.clients for y in self.clients
                   if x.room == y.room)

    def complaints(self):
        found = [f"refused: {x}" for x in self.refused[:3]]
        found += [f"{x.name}: {x.closed!r}" for x in self.clients
                  if x.closed is not None]
        found += [f"{x.name}: {len(x.acks)} emits without an ack"
                  for x in self.clients if x.acks]
        for x in self.clients:
            for y in self.clients:
                if x.room == y.room:
                    found += self.compare(x, y)
        return found

    @staticmethod
    def compare(x, y):
        seen = x.seen.get(y.name, [])
        if seen == list(range(y.sent)):
            return []
        lost = set(range(y.sent)) - set(seen)
        twice = len(seen) - len(set(seen))
        return [f"{x.name} of {y.name}'s {y.sent}: {len(lost)} lost, "
                f"{twice} twice" + ("" if lost or twice else ", misordered")]


async def newcomer(node, number):
    """Comes, joins, emits, gets its event, and goes: seconds. As for bystanders,
    not into a topic that attackers fill."""
    begin = time.monotonic()
    client = CrowdClient(f"new-{number}")
    room = f"by:new-{number}"
    try:
        async with asyncio.timeout(PATIENCE):
            await client.connect(node.port)
            assert (await client.emit("join", room))["status"] == "ok"
            assert (await client.emit("talk", {"room": room}))["status"] == "ok"
            await client.wait_for(lambda x: len(x.events) == 1)
            return time.monotonic() - begin
    finally:
        if hasattr(client, "task"):
            await client.close()
