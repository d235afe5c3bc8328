"""What the topic holds, as an ordinary consumer reads it."""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    partition: int
    offset: int
    room: str
    id: str


class RoomLog:
    """The records, by place, by id, and by room in the order of the partition."""

    def __init__(self, records):
        self.records = sorted(records, key=lambda x: (x.partition, x.offset))
        self.at = {(x.topic, x.partition, x.offset): x for x in self.records}
        self.rooms = defaultdict(list)
        self.copies = defaultdict(list)
        for record in self.records:
            self.rooms[record.room].append(record)
            self.copies[record.id].append(record)

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
