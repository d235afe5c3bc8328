"""A TCP proxy that does to connections what networks do to them.

    link = Link("client-a", ("127.0.0.1", 3000))
    await link.open()          # connect to link.port
    link.cut()                 # resets all, refuses until heal()
    link.stall()               # nothing passes, either way, until heal()
    link.half_open()           # resets the near ends only; the far ones hear
                               # nothing of it until heal()
    link.delay(0.3)            # until heal()
    link.reset()               # all at once; new ones are welcome
"""

import asyncio
import socket
from collections import deque

# Bytes on their way in one direction before the sender has to wait.
LATE_LIMIT = 1 << 20


class Link:
    def __init__(self, name, target, host="127.0.0.1"):
        """`host` is where it listens; open() chooses the port."""
        self.name, self.target, self.host = name, target, host
        self.pairs = set()  # near ends; `other` is the far one
        self.half_dead = set()  # far ends whose near end is gone
        self.tasks = set()
        self.latency = 0.0
        self.refuses = False
        self.passing = asyncio.Event()
        self.passing.set()

    async def open(self):
        loop = asyncio.get_running_loop()
        listener = socket.create_server((self.host, 0), backlog=1024)
        self.port = listener.getsockname()[1]
        self.server = await loop.create_server(
            lambda: self.make_end(near=True), sock=listener)

    async def close(self):
        self.server.close()
        self.reset()
        self.end_half_dead()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def make_end(self, near):
        return End(self, near)

    # -- what networks do -----------------------------------------------------

    def reset(self):
        for end in list(self.pairs):
            end.transport.abort()
            if end.other:
                end.other.transport.abort()

    def cut(self):
        self.refuses = True
        self.reset()

    def stall(self):
        self.passing.clear()
        for end in self.ends():
            end.transport.pause_reading()

    def delay(self, seconds):
        self.latency = seconds

    def half_open(self):
        for end in list(self.pairs):
            if end.other:
                end.other.transport.pause_reading()
                self.half_dead.add(end.other)
                end.other.other = end.other = None
            end.transport.abort()

    def heal(self):
        self.refuses, self.latency = False, 0.0
        self.end_half_dead()
        self.passing.set()
        for end in self.ends():
            end.transport.resume_reading()

    # -- details --------------------------------------------------------------

    def ends(self):
        return [x for near in self.pairs if near.other
                for x in (near, near.other)]

    def end_half_dead(self):
        for end in self.half_dead:
            end.transport.abort()
        self.half_dead.clear()

    def on_near(self, end):
        if self.refuses:
            end.transport.abort()
            return
        self.pairs.add(end)
        end.transport.pause_reading()
        task = asyncio.create_task(self.connect(end))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def connect(self, near):
        """A connection that begins while nothing passes waits for its turn."""
        await self.passing.wait()
        try:
            far = await self.reach()
        except OSError:
            near.transport.abort()
            return
        if near.lost:
            far.transport.abort()
            return
        near.other, far.other = far, near
        if self.passing.is_set():
            near.transport.resume_reading()
        else:
            far.transport.pause_reading()


    async def reach(self):
        """A connection to whom it is for."""
        _, far = await asyncio.get_running_loop().create_connection(
            lambda: self.make_end(near=False), *self.target)
        return far


class End(asyncio.Protocol):
    """One end of a connection; what it reads goes out at `other`."""

    def __init__(self, link, near):
        self.link, self.near = link, near
        self.other = self.transport = None
        self.lost = self.ending = False
        self.late = deque()  # (when it is due, bytes), to be written here
        self.late_bytes = 0

    def connection_made(self, transport):
        self.transport = transport
        if self.near:
            self.link.on_near(self)

    def data_received(self, data):
        if self.other:
            self.other.write(data)

    def connection_lost(self, _):
        self.lost = True
        self.link.pairs.discard(self)
        self.link.half_dead.discard(self)
        if self.other:
            self.other.finish()

    # -- out ------------------------------------------------------------------

    def write(self, data):
        loop = asyncio.get_running_loop()
        if self.transport.is_closing():
            return
        if not self.late and not self.link.latency:
            self.transport.write(data)
            return
        due = loop.time() + self.link.latency
        self.late.append((due, data))
        self.late_bytes += len(data)
        if self.late_bytes > LATE_LIMIT:
            self.pause_writing()
        if len(self.late) == 1:
            loop.call_at(due, self.write_late)

    def write_late(self):
        loop = asyncio.get_running_loop()
        if self.transport.is_closing():
            self.late.clear()
        while self.late and self.late[0][0] <= loop.time():
            data = self.late.popleft()[1]
            self.late_bytes -= len(data)
            self.transport.write(data)
        if self.late:
            loop.call_at(self.late[0][0], self.write_late)
        elif self.ending:
            self.transport.close()
        else:
            self.resume_writing()

    def finish(self):
        """The other end has closed: so does this one, after what is due."""
        self.ending = True
        if not self.late:
            self.transport.close()

    def pause_writing(self):
        if self.other:
            self.other.transport.pause_reading()

    def resume_writing(self):
        if self.other and self.link.passing.is_set():
            self.other.transport.resume_reading()
