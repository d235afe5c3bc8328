"""A small language for the checker's tests: a run that went well, told by hand,
into which a test puts one fault."""

from checker import check
from journal import Entry
from room_log import Record, RoomLog
from session_rules import Promise

TOPIC, ROOM = "events", "room:1"


class Story:
    def __init__(self):
        self.now = 0.0
        self.entries = []
        self.records = []
        self.edition = self.log = 0
        self.offset = 0  # of the next record

    def tell(self, what, who, room=None, id=None, **more):
        self.now += 1
        self.entries.append(Entry(self.now, what, who, room, id, more))
        return self

    # -- sessions and rooms ---------------------------------------------------

    def connect(self, who, sid="s1", recovered=False, fresh_offset=True,
                node="a"):
        self.tell("connecting", who, pid=recovered, fresh_offset=fresh_offset)
        return self.tell("connected", who, sid=sid, recovered=recovered,
                         node=node)

    def ask(self, what, who, number):
        """Without waiting for the answer."""
        if what == "leaving":
            return self.tell(what, who, ROOM, number=number)
        return self.tell(what, who, ROOM, number=number, since=None)

    def answer(self, what, who, number):
        return self.tell(what, who, ROOM, number=number)

    def disconnect(self, who):
        return self.tell("disconnected", who, why="reset")

    def join(self, who, since=None, offset=None):
        """`offset` is that of `since`, or else the answer's."""
        self.tell("joining", who, ROOM, since=since, offset=since and offset)
        return self.tell("joined", who, ROOM, offset=offset)

    def leave(self, who):
        self.tell("leaving", who, ROOM)
        return self.tell("left", who, ROOM)

    # -- events ---------------------------------------------------------------

    def emit(self, *ids, stored=True, acked=True, connection=1):
        for id in ids:
            self.tell("emit", "a", ROOM, id, connection=connection)
            offset = self.offset
            if stored:
                self.records.append(Record(TOPIC, 0, offset, ROOM, id,
                                           self.edition))
                self.offset += 1
            if acked:
                self.tell("ack", "a", ROOM, id, topic=TOPIC, partition=0,
                          offset=offset)
        return self

    def gap(self, who, first, end, partition=0):
        return self.tell("gap", who, ROOM, partition=partition, first=first,
                         end=end)

    # -- administrators -------------------------------------------------------

    def begin_topic(self, partitions=1, elected=False, partition=0):
        """Again, if there is one: its offsets begin at 0, or where an election
        has cut it off."""
        if any(x.what == "edition" for x in self.entries):
            self.edition += 1
            self.offset = 0
        self.tell("edition", "topic", number=self.edition,
                  partitions=partitions, elected=elected, partition=partition)
        if not elected:
            self.log += 1
        return self.tell("log", "topic", number=self.edition, log=self.log,
                         epochs=[(partition, self.edition)])

    def here(self):
        """As a node names it that has heard of all this."""
        return f"0:{self.offset}@{self.log}.{self.edition}"

    def lose_end(self, count):
        """An unclean election; nobody has the last records any more."""
        end = self.offset - count
        self.records[-count:] = [x.without_end() for x in self.records[-count:]]
        self.begin_topic(elected=True)
        self.offset = end
        return self

    def delete_before(self, offset):
        return self.tell("starts", "topic", number=self.edition,
                         starts=[[0, offset]])

    # -- what they see --------------------------------------------------------

    def see(self, who, *ids):
        for id in ids:
            self.tell("event", who, ROOM, id)
        return self

    def end(self):
        return self.tell("marker", "run", ROOM, self.records[-1].id)

    def violations(self, promise=Promise()):
        return check(self.entries, RoomLog(self.records), promise)

    def kinds(self, promise=Promise()):
        return [x.kind for x in self.violations(promise)]


def ids(first, last):
    return [f"e{i}" for i in range(first, last + 1)]


def emitted():
    """`b` is a member, and `a` emits e0 to e9."""
    return Story().connect("b").join("b").emit(*ids(0, 9))
