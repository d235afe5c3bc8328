"""What the topic holds, or held, as an ordinary consumer reads it."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    partition: int
    offset: int
    room: str
    id: str
    edition: int = 0  # of the topic; see archive.py
    cut: bool = False  # lost in an unclean election

    @property
    def place(self):
        return self.topic, self.partition, self.offset

    @property
    def order(self):
        """Within its partition."""
        return self.edition, self.offset

    def without_end(self):
        return replace(self, cut=True)


class RoomLog:
    """The records, by id, by place, and by room in the order of each of its
    partitions; a room has more than one if its topic was given more, say."""

    def __init__(self, records):
        self.records = sorted(records, key=lambda x: (x.partition, x.order))
        self.at = defaultdict(list)  # one per edition
        self.rooms = defaultdict(list)
        self.copies = defaultdict(list)
        for record in self.records:
            self.at[record.place].append(record)
            self.rooms[record.room].append(record)
            self.copies[record.id].append(record)

    def parts(self, room):
        """{partition: its records}"""
        found = defaultdict(list)
        for record in self.rooms.get(room, []):
            found[record.partition].append(record)
        return found

    def save(self, file):
        file.write_text("".join(json.dumps(asdict(x)) + "\n"
                                for x in self.records))

    @classmethod
    def load(cls, file):
        return cls([Record(**json.loads(x))
                    for x in file.read_text().splitlines()])


def from_kcat(records, room_of_key):
    """`records` are those of tests/integration/kcat.py."""
    return RoomLog([Record(x.topic, x.partition, x.offset, room_of_key(x.key),
                           x.json["id"]) for x in records])
