"""The end of a run: no more faults, no more load, and everything that was
stored reaches everybody. What does not in time is a violation: stalled."""

import asyncio

from violation import Violation, some


class Settling:
    def __init__(self, world):
        self.world, self.journal = world, world.journal
        self.markers = {}  # {room: id of its last event}
        self.first = 0  # entry to look at for markers

    async def gather(self):
        """Before the load begins: everybody is in its rooms."""
        try:
            async with asyncio.timeout(self.world.options.patience):
                await self.until(self.all_settled)
        except TimeoutError:
            out = [x.name for x in self.world.clients if not x.settled]
            raise RuntimeError(f"without any fault, {some(out)} did not get "
                               "into their rooms") from None

    async def settle(self):
        """[] once everybody has seen the last event of each room."""
        try:
            async with asyncio.timeout(self.world.options.patience):
                while not await self.everybody_sees_the_end():
                    pass
        except TimeoutError:
            return list(self.stalled())
        return []

    async def everybody_sees_the_end(self):
        """False if somebody had to connect again meanwhile, and so may have
        missed it: what a fault has broken may show only now."""
        await self.until(self.all_settled)
        before, self.first = self.connections(), len(self.journal.entries)
        self.markers.clear()
        for room in self.world.rooms:
            await self.mark(room)
        await self.until(lambda: self.all_seen()
                         or self.connections() > before)
        return self.all_seen()

    def connections(self):
        return sum(x.connections for x in self.world.clients)

    async def until(self, condition):
        while not condition():
            await asyncio.sleep(0.05)

    def all_settled(self):
        return all(x.settled for x in self.world.clients)

    # -- markers --------------------------------------------------------------

    async def mark(self, room):
        """A last event, whose ack says that it is stored. An emit may still be
        refused, so it may take several."""
        while room not in self.markers:
            seen = len(self.journal.entries)
            id = self.emit_marker(room)
            answer = None
            while id and answer is None:
                await asyncio.sleep(0.01)
                answer, seen = self.answer_to(id, seen)
            if id and answer.what == "ack":
                self.markers[room] = id
                self.journal.add("marker", "run", room, id)
            else:
                await asyncio.sleep(0.2)

    def emit_marker(self, room):
        members = [x for x in self.world.light if room in x.rooms]
        return self.world.random.choice(members or self.world.light).emit(room)

    def answer_to(self, id, seen):
        entries = self.journal.entries
        for entry in entries[seen:]:
            if entry.id == id and entry.what in ("ack", "nack"):
                return entry, seen
        return None, len(entries)

    def all_seen(self):
        return not self.unseen()

    def unseen(self):
        wanted = {(client.name, room, self.markers.get(room))
                  for client in self.world.clients for room in client.rooms}
        last = set(self.markers.values())
        return wanted - {(x.who, x.room, x.id) for x in self.journal.entries[self.first:]
                         if x.what == "event" and x.id in last}

    # -- what did not come ----------------------------------------------------

    def stalled(self):
        at = self.journal.entries[-1].at
        for client in self.world.clients:
            if not client.settled:
                out = sorted(client.rooms - client.joined)
                yield Violation(
                    "stalled", at, client.name, ("is connected" if client.online
                                                 else "is not connected")
                    + (f", not in {some(out)}" if out else ""))
        unmarked = [x for x in self.world.rooms if x not in self.markers]
        if unmarked:
            yield Violation("stalled", at, "run", "no last event could be "
                            f"stored in {some(unmarked)}")
        for who, room, id in sorted(x for x in self.unseen() if x[2]):
            yield Violation("stalled", at, who, f"still waits for {id}", room,
                            [id])
