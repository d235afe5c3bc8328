"""The official clients' process (official_clients.mjs), as the harness sees it."""

import asyncio
import json
import os
import pathlib

from weir_node import die_with_parent

SCRIPT = pathlib.Path(__file__).with_name("official_clients.mjs")
# By turns: what browsers do, and what an operator may force.
TRANSPORTS = [["polling", "websocket"], ["websocket"], ["polling"]]


class OfficialClient:
    """Follows what one of them tells."""

    def __init__(self, process, name, rooms):
        self.process, self.name = process, name
        self.rooms = frozenset(rooms)
        self.joined = set()
        self.online = False
        self.emitted = self.connections = 0
        self.unanswered = set()

    @property
    def settled(self):
        return self.online and self.joined == self.rooms

    def emit(self, room, pad=""):
        if len(self.unanswered) >= 20:
            return None
        self.emitted += 1
        id = f"{self.name}/{self.emitted}"
        self.unanswered.add(id)
        self.process.do("emit", name=self.name, room=room, id=id, pad=pad)
        return id

    def on_connected(self, entry):
        self.online = True
        self.connections += 1
        if not entry["more"]["recovered"]:
            self.joined.clear()

    def on_disconnected(self, _):
        self.online = False
        self.unanswered.clear()

    def on_joined(self, entry):
        self.joined.add(entry["room"])

    def on_event(self, entry):
        self.joined.add(entry["room"])

    def on_put_out(self, entry):
        self.joined.discard(entry["room"])

    def on_ack(self, entry):
        self.unanswered.discard(entry["id"])

    on_nack = on_ack


class OfficialClients:
    def __init__(self, journal):
        self.journal = journal
        self.security = None
        self.clients = {}

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            "node", str(SCRIPT), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, preexec_fn=die_with_parent,
            limit=1 << 24, env=self.environment())
        self.task = asyncio.create_task(self.read())

    def environment(self):
        if not self.security:
            return None
        return os.environ | {
            "NODE_EXTRA_CA_CERTS": self.security.authority.file}

    def do(self, what, **arguments):
        self.process.stdin.write(
            (json.dumps({"do": what, **arguments}) + "\n").encode())

    def add(self, name, rooms, urls):
        """`urls` is {node: where}; it continues to the next one when it has
        lost its connection."""
        client = OfficialClient(self, name, rooms)
        self.clients[name] = client
        self.do("start", name=name, urls=list(urls.items()),
                rooms=sorted(rooms),
                transports=TRANSPORTS[len(self.clients) % len(TRANSPORTS)],
                token=self.security and self.security.official(rooms))
        return client

    async def read(self):
        while line := await self.process.stdout.readline():
            entry = json.loads(line)
            more = entry.pop("more")
            self.journal.add(**entry, **more)
            handler = getattr(self.clients[entry["who"]],
                              f"on_{entry['what']}", None)
            if handler:
                handler({**entry, "more": more})
        status = await self.process.wait()
        if status != 0:
            self.journal.add("wrong", "official clients",
                             text=f"their process ended with {status}")

    async def stop(self):
        """Once all it has told is in the journal."""
        self.process.stdin.close()
        await self.task
