"""Many light clients in one thread."""

import asyncio
import json

from engineio_client import target
from raw_websocket import (CLOSE, TEXT, FrameReader, frame, upgrade_request)
from waiting import PATIENCE


class CrowdClient:
    """A Socket.IO client over WebSocket that keeps all it receives."""

    def __init__(self, name):
        self.name = name
        self.events = []  # of all rooms, in order
        self.acks = {}  # by number: a future
        self.next_id = 0
        self.news = asyncio.Event()
        self.closed = None

    async def connect(self, port):
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", port)
        self.writer.write(upgrade_request(target("websocket")))
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        self.connected = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self.read())
        self.send("40")
        await asyncio.wait_for(self.connected, PATIENCE)

    def send(self, packet):
        self.writer.write(frame(TEXT, packet.encode()))

    async def read(self):
        frames = FrameReader()
        while self.closed is None:
            while (found := frames.next()) is not None:
                self.on_frame(*found)
            data = await self.reader.read(65536)
            if not data:
                self.closed = "the server closed"
            frames.feed(data)

    def on_frame(self, opcode, data):
        if opcode == CLOSE:
            self.closed = data
            return
        text = data.decode()
        if text == "2":
            self.send("3")
        elif text.startswith("42"):
            self.events.append(json.loads(text[2:]))
            self.news.set()
        elif text.startswith("43"):
            begin = text.index("[")
            self.acks.pop(int(text[2:begin])).set_result(
                json.loads(text[begin:])[0])
        elif text.startswith("40"):
            self.connected.set_result(text)

    def start_emit(self, *args):
        """Emits; the future is the ack."""
        self.next_id += 1
        future = asyncio.get_running_loop().create_future()
        self.acks[self.next_id] = future
        self.send(f"42{self.next_id}{json.dumps(args)}")
        return future

    async def emit(self, *args):
        return await asyncio.wait_for(self.start_emit(*args), PATIENCE)

    async def wait_for(self, condition):
        """Until `condition(self)`, which may look at the events."""
        async with asyncio.timeout(PATIENCE):
            while not condition(self):
                assert self.closed is None, self.closed
                self.news.clear()
                await self.news.wait()

    async def close(self):
        self.writer.close()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def connect_all(port, names):
    clients = [CrowdClient(name) for name in names]
    await asyncio.gather(*(x.connect(port) for x in clients))
    return clients
