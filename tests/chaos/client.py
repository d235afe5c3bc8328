"""A light Socket.IO client that keeps a journal, one of hundreds in a process.

It reconnects and recovers as the official JavaScript client does: it remembers
the last argument of any event when that is a string, and says it when it comes
back. Emits are made once, never repeated.
"""

import asyncio
import json
import time

from connection import Connection, ConnectionEnded

# As an official client with short delays would.
BACKOFF, BACKOFF_MAX = 0.05, 1.0
UNANSWERED_LIMIT = 20
UNAVAILABLE = {"code": "unavailable"}


class LightClient:
    def __init__(self, name, rooms, ports, journal, random, uses_since,
                 security=None):
        """`ports` is {node: where it can be reached}; it takes any."""
        self.name, self.ports = name, ports
        self.journal, self.random = journal, random
        self.uses_since = uses_since
        self.security = security
        self.rooms = frozenset(rooms)
        self.wanted = set(rooms)
        self.joined, self.leaving = set(), set()
        self.bookmarks = {}  # {room: (offset of an ack, "left" or when it came)}
        self.resuming = set()  # rooms to be joined since their bookmark
        self.asked = {}  # {ack number: (what, room or id)}
        self.steps = set()  # ack numbers of requests that others follow
        self.piped = {}  # {room: ack number of the last of them}
        self.numbers = self.emitted = self.connections = 0
        self.node = self.sid = self.pid = self.offset = None
        self.fresh_offset = False  # `offset` belongs to this session
        self.connection = None
        self.online = False
        self.stopping = False
        self.reading = True

    def tell(self, what, room=None, id=None, **more):
        return self.journal.add(what, self.name, room, id, **more)

    # -- life -----------------------------------------------------------------

    async def live(self):
        """Connects, and again whenever the connection ends."""
        attempts = 0
        while not self.stopping:
            try:
                await self.open()
            except (OSError, ConnectionEnded, asyncio.IncompleteReadError,
                    TimeoutError) as error:
                self.connection.abort(repr(error))
            else:
                why = await self.connection.serve()
                attempts = 0 if self.online else attempts
                self.on_end(why)
            attempts += 1
            await asyncio.sleep(self.backoff(attempts))

    def backoff(self, attempts):
        delay = min(BACKOFF_MAX, BACKOFF * 2 ** min(attempts, 10))
        return delay * self.random.uniform(0.5, 1.5)

    async def open(self):
        self.connection = Connection(
            self, self.security and self.security.context)
        self.set_reading(self.reading)
        self.node = self.random.choice(sorted(self.ports))
        await self.connection.open(self.ports[self.node])
        self.say_hello()

    def say_hello(self):
        """CONNECT, with what an official client would say in it."""
        self.tell("connecting", pid=self.pid is not None,
                  fresh_offset=self.fresh_offset)
        auth = {"pid": self.pid} if self.pid else {}
        if self.pid and self.offset is not None:
            auth["offset"] = self.offset
        if self.security:
            auth["token"] = self.security.token(self.name, self.rooms)
        self.early = []  # events that come before the answer to this
        self.connection.connect(auth)

    def on_end(self, why):
        if self.online:
            self.tell("disconnected", why=why)
        self.online = False
        self.asked.clear()
        self.piped.clear()
        self.steps.clear()

    def stop(self):
        self.stopping = True
        self.set_reading(True)
        if self.connection:
            self.connection.abort("the end")

    def set_reading(self, reading):
        """Not reading is what a slow client does."""
        self.reading = reading
        if self.connection and reading:
            self.connection.reading.set()
        elif self.connection:
            self.connection.reading.clear()

    @property
    def settled(self):
        """In all its rooms, with nothing on its way."""
        return self.online and self.joined == self.rooms and not self.asked

    # -- session --------------------------------------------------------------

    def on_connect(self, data):
        recovered = data.get("pid") is not None and data["pid"] == self.pid
        self.sid, self.pid = data["sid"], data.get("pid")
        self.connections += 1
        self.online = True
        if not recovered:
            self.fresh_offset = False
            self.wanted |= self.leaving
            for room in sorted(self.wanted):
                self.choose_to_resume(room)
            self.joined.clear()
            self.leaving.clear()
        self.tell("connected", sid=self.sid, recovered=recovered,
                  connection=self.connections, node=self.node)
        early, self.early = self.early, []
        for args in early:
            self.on_event(args)
        self.ask_again()

    def ask_again(self):
        """What was asked over the last connection and not answered."""
        for room in sorted(self.wanted - self.joined):
            self.send_join(room)
        for room in sorted(self.leaving):
            self.send_leave(room)

    def on_connect_error(self, text):
        """Nobody could say whether it may come in; it tries again."""
        known = self.security and json.loads(text).get("data") == UNAVAILABLE
        self.tell("kept_out" if known else "wrong",
                  text=f"CONNECT_ERROR {text}")
        self.connection.abort("connect error")

    def on_server_disconnect(self):
        """An official client would not come back."""
        self.tell("wrong", text="DISCONNECT by the server")
        self.connection.abort("io server disconnect")

    # -- rooms ----------------------------------------------------------------

    def ask(self, told, what, about, *args):
        """`told` is the journal's entry of it."""
        self.numbers += 1
        self.asked[self.numbers] = what, about
        told.more["number"] = self.numbers
        self.connection.emit(self.numbers, *args)
        return self.numbers

    def send_join(self, room):
        """At the end of the room, or since an offset that an earlier ack told:
        that of a leave continues with the stay, that of a join repeats it."""
        offset, since = (self.bookmarks[room] if room in self.resuming
                         else (None, None))
        told = self.tell("joining", room, since=since, offset=offset)
        options = [{"since": offset}] if offset else []
        return self.ask(told, "join", room, "join", room, *options)

    def choose_to_resume(self, room):
        if self.uses_since and room in self.bookmarks \
                and self.random.random() < 0.5:
            self.resuming.add(room)

    def send_leave(self, room):
        self.ask(self.tell("leaving", room), "leave", room, "leave", room)

    def leave(self, room):
        """If it is in; it comes back by itself, a little later."""
        if self.online and room in self.joined:
            self.wanted.discard(room)
            self.joined.discard(room)
            self.leaving.add(room)
            self.send_leave(room)

    def come_back(self, room):
        self.wanted.add(room)
        self.choose_to_resume(room)
        if self.online:
            self.send_join(room)

    def pipeline(self, room):
        """Joins, leaves and emits in one piece, the last of them a join."""
        if not self.online or room not in self.joined or self.resuming \
                or len(self.asked) >= UNANSWERED_LIMIT:
            return
        self.joined.discard(room)
        with self.connection.together():
            for _ in range(self.random.randint(1, 5)):
                ask = self.random.choice([self.send_join, self.send_leave,
                                          self.send_emit])
                ask(room)
                self.steps.add(self.numbers)
            self.piped[room] = self.send_join(room)

    def later(self, function, room):
        """Unless the connection ends before; then ask_again() does it."""
        def call(connection=self.connection):
            if connection is self.connection and self.online:
                function(room)
        asyncio.get_running_loop().call_later(
            self.random.uniform(0.2, 1.0), call)

    # -- events ---------------------------------------------------------------

    def emit(self, room, pad=""):
        """The id of the event, or None if it cannot be sent now."""
        if not self.online or len(self.asked) >= UNANSWERED_LIMIT:
            return None
        return self.send_emit(room, pad)

    def send_emit(self, room, pad=""):
        self.emitted += 1
        id = f"{self.name}/{self.emitted}"
        event = {"room": room, "id": id, "pad": pad}
        told = self.tell("emit", room, id, connection=self.connections,
                         size=len(json.dumps(event)))
        self.ask(told, "emit", (room, id), "event", event)
        return id

    def on_event(self, args):
        if not self.online:
            self.tell("early", text=str(args))
            self.early.append(args)
            return
        if self.pid and isinstance(args[-1], str):
            self.offset = args[-1]
            self.fresh_offset = True
        if args[0] == "event":
            event = args[1]
            self.tell("event", event["room"], event["id"])
            if event["room"] in self.wanted - set(self.piped):
                self.joined.add(event["room"])
        elif args[0] == "weir:gap":
            gap = args[1]
            self.tell("gap", gap["room"], partition=gap["partition"],
                      first=gap["from"], end=gap["to"])
        elif args[0] == "weir:token_expiring":
            self.refresh_token()
        elif args[0] == "weir:left":
            self.on_put_out(args[1])

    def on_put_out(self, told):
        """Of a room of before, when it has come back and nobody could say
        whether it may be there; it joins again."""
        known = self.security and told["reason"] == "unavailable"
        self.tell("put_out" if known else "wrong", told["room"],
                  text=f"weir:left {told}")
        self.joined.discard(told["room"])
        if told["room"] in self.wanted:
            self.later(self.send_join, told["room"])

    def refresh_token(self):
        """Some forget it, are closed, and come back."""
        if self.security.may_forget and self.random.random() < 0.3:
            return
        told = self.tell("token")
        self.ask(told, "token", None, "weir:token",
                 self.security.token(self.name, self.rooms))

    # -- acks -----------------------------------------------------------------

    def on_ack(self, number, args):
        if number not in self.asked:
            self.tell("wrong", text=f"an ack for nothing asked: {number}")
            return
        what, about = self.asked.pop(number)
        getattr(self, f"on_{what}_ack")(about, args[0], number)

    def on_token_ack(self, _, answer, number):
        if answer["status"] != "ok":
            self.tell("wrong", text=f"a fresh token is refused: {answer}")

    def on_emit_ack(self, about, answer, number):
        room, id = about
        if answer["status"] == "ok":
            self.tell("ack", room, id, topic=answer["topic"], number=number,
                      partition=answer["partition"], offset=answer["offset"])
        else:
            self.tell("nack", room, id, code=answer["code"], number=number,
                      message=answer["message"])

    def on_join_ack(self, room, answer, number):
        if number in self.steps:
            return self.on_step("joined", "join", room, answer, number)
        self.piped.pop(room, None)
        if answer["status"] != "ok":
            self.tell_refused("join", room, answer, number)
            if answer["code"] == "invalid_payload" and room in self.resuming:
                self.resuming.discard(room)
                self.tell("wrong", room, text="an offset that the node gave is "
                          f"refused: {self.bookmarks[room]}")
            self.later(self.send_join, room)
            return
        self.tell("joined", room, number=number, offset=answer["offset"])
        self.joined.add(room)
        self.resuming.discard(room)
        self.bookmarks[room] = answer["offset"], time.monotonic()

    def on_step(self, done, asked, room, answer, number):
        """Of several requests, of which the last one says where it ends."""
        if answer["status"] == "ok":
            self.tell(done, room, number=number, offset=answer.get("offset"))
        else:
            self.tell_refused(asked, room, answer, number)

    def tell_refused(self, asked, room, answer, number):
        self.tell("refused", room, asked=asked, code=answer["code"],
                  message=answer["message"], number=number)

    def on_leave_ack(self, room, answer, number):
        if number in self.steps:
            return self.on_step("left", "leave", room, answer, number)
        if answer["status"] == "ok":
            self.tell("left", room, number=number)
            if answer.get("offset"):
                self.bookmarks[room] = answer["offset"], "left"
        else:
            self.tell_refused("leave", room, answer, number)
            if answer["code"] != "not_a_member":
                self.later(self.send_leave, room)
                return
        self.leaving.discard(room)
        asyncio.get_running_loop().call_later(
            self.random.uniform(0.1, 2.0), self.come_back, room)
