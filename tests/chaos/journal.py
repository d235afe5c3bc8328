"""What happened in a run, entry by entry, in the order in which it happened.

| what | who | says |
| --- | --- | --- |
| connecting | client | asks for a session; `pid`: to continue with the last one, `fresh_offset`: with an offset of that session |
| connected | client | has one: `sid`, `recovered`, `connection`: its number, `node`: where |
| kept_out | client | got a CONNECT_ERROR, as the webhook has said nothing: `text` |
| put_out | client | likewise, is out of `room` after it came back: `text` |
| early | client | got an event before the answer to CONNECT: `text` |
| disconnected | client | `why` |
| joining, joined | client | asks for a room (`since`: "left", or when the ack came whose offset it names), has the ack, which tells `offset` |
| leaving, left | client | likewise |
| refused | client | a join or leave was answered with an error: `asked`, `code`, `message` |
| emit | client, or back end | emits event `id` into `room`; `connection`: which of its own, `size` in bytes, `misplaced`: with another partitioner |
| ack | client | `id` is stored: `topic`, `partition`, `offset` |
| nack | client | `id` is not, or perhaps: `code`, `message` |
| event | client | got `id` in `room` |
| gap | client | was notified of one in `room`: `partition`, `first`, `end` |
| wrong | client | saw something no client may see: `text` |
| fault, healed | fault | begins and ends: `target`, `number`, `node` if it is of one |
| wrong | node | ended by itself, say: `text` |
| looked | fault | what nodes said while it lasted: `not_ready`, `warned`; `needs`: what was to be told after so many seconds |
| webhook | webhook | gives answers from now on, or none: `good` |
| edition | topic | is created, or continues after an election (`elected`): `number`, `partitions` |
| partitions | topic | has `partitions` from now on, of its edition `number` |
| log | topic | clients' offsets name it (`number`) like this: `log`, `epochs` of its partitions' leaders |
| starts | topic | the first offset of each partition: `starts` |
| unread | topic | what was stored from `begin` to `end` may have been read by nobody |
| limit | topic | max.message.bytes is `bytes`; null: as before |
| traffic | brokers | how much of the topic was `written` to them and `read` from them, in bytes |
| quiet, marker | run | load and faults are over; `id` is the last event of `room` |

Requests of light clients and the answers to them have a `number`.

Times are seconds of the machine's monotonic clock, which other processes share.
"""

import json
import time
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Entry:
    at: float
    what: str
    who: str
    room: str | None = None
    id: str | None = None
    more: dict = field(default_factory=dict)


class Journal:
    def __init__(self):
        self.begin = time.monotonic()
        self.entries = []

    def add(self, what, who, room=None, id=None, at=None, **more):
        entry = Entry(time.monotonic() if at is None else at, what, who, room,
                      id, more)
        self.entries.append(entry)
        return entry

    def in_order(self):
        """By time: what other processes tell arrives late."""
        return sorted(self.entries, key=lambda x: x.at)

    def save(self, file):
        with file.open("w") as out:
            out.write(json.dumps({"begin": self.begin}) + "\n")
            for entry in self.in_order():
                out.write(json.dumps(asdict(entry)) + "\n")

    @classmethod
    def load(cls, file):
        journal = cls()
        with file.open() as lines:
            journal.begin = json.loads(next(lines))["begin"]
            journal.entries = [Entry(**json.loads(x)) for x in lines]
        return journal
