"""Nothing is lost, nothing comes twice, and everybody sees the order of the
partition: with a crowd of clients and a real Kafka."""

import asyncio

import pytest

import kcat
from crowd import connect_all
from history import problems, unstored
from waiting import PATIENCE
from weir_fixtures import create_topic, unique
from weir_node import WeirNode

CLIENTS, ROOMS, PARTITIONS = 120, 20, 4
ROOMS_PER_CLIENT = 3
EMITS_PER_CLIENT = 60
BACK_END_RECORDS = 100

CONFIG = """
[kafka]
brokers = "{bootstrap}"
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "room:{{id}}"
  topic = "{prefix}.events"
  key = "{{id}}"
  events = ["event"]
  room_from = "/0/room"
"""


@pytest.fixture
def topic(kafka):
    prefix = unique("order")
    create_topic(kafka, f"{prefix}.events", PARTITIONS)
    return f"{prefix}.events"


@pytest.fixture
def node(kafka, topic):
    prefix = topic.removesuffix(".events")
    with WeirNode(CONFIG.format(bootstrap=kafka, prefix=prefix)) as node:
        yield node


def rooms_of(number):
    """Each client is in some rooms, so that each room has several members."""
    return [f"room:{(number + i * 7) % ROOMS}" for i in range(ROOMS_PER_CLIENT)]


def room_of(event):
    return event.split("/")[0]


def write(bootstrap, topic, room):
    """What a back end writes into a room while clients emit."""
    events = [f"{room}/back end/{i}" for i in range(BACK_END_RECORDS)]
    kcat.produce_json(bootstrap, topic, room.removeprefix("room:"),
                      [{"room": room, "event": x} for x in events])
    return events


async def emit_all(client, number):
    """Emits into its rooms in turn, several at a time: {event: ack}."""
    rooms = rooms_of(number)
    acks = {}
    for i in range(EMITS_PER_CLIENT):
        event = f"{rooms[i % len(rooms)]}/{client.name}/{i}"
        acks[event] = client.start_emit(
            "event", {"room": room_of(event), "event": event})
        if i % 5 == 4:
            await asyncio.sleep(0)
    return {event: await asyncio.wait_for(ack, PATIENCE)
            for event, ack in acks.items()}


async def end_rooms(client):
    """Whatever comes once too often comes before these."""
    events = [f"room:{i}/end/0" for i in range(ROOMS)]
    await asyncio.gather(*(client.emit("event", {"room": room_of(x), "event": x})
                           for x in events))


async def run_crowd(port, bootstrap, topic):
    """(what was acked, what the back end wrote, what each member saw)"""
    clients = await connect_all(port, [f"c{i}" for i in range(CLIENTS)])
    await asyncio.gather(*(client.emit("join", room)
                           for i, client in enumerate(clients)
                           for room in rooms_of(i)))
    writes = [asyncio.to_thread(write, bootstrap, topic, f"room:{i}")
              for i in range(0, ROOMS, 5)]
    *acks, written = await asyncio.gather(
        *(emit_all(client, i) for i, client in enumerate(clients)),
        asyncio.gather(*writes))
    await end_rooms(clients[0])
    await asyncio.gather(*(x.wait_for(ended) for x in clients))
    await asyncio.gather(*(x.close() for x in clients))
    acked = {event: ack for x in acks for event, ack in x.items()}
    return acked, sum(written, []), {x.name: heard_by(x) for x in clients}


def heard_by(client):
    return [event["event"] for _, event in client.events]


def ended(client):
    """Whether the ends of all its rooms have come."""
    ends = [x for x in heard_by(client)[-ROOMS * 10:] if x.endswith("/end/0")]
    return len(set(ends)) >= ROOMS_PER_CLIENT


def by_room(heard, rooms):
    """{(member, room): events}, also of rooms it has not joined: none."""
    return {(name, room): [x for x in events if room_of(x) == room]
            for name, events in heard.items() for room in rooms}


def test_a_crowd_sees_what_kafka_has_in_its_order(kafka, node, topic):
    acked, written, heard = asyncio.run(run_crowd(node.port, kafka, topic))
    assert len(acked) == CLIENTS * EMITS_PER_CLIENT
    assert {x["status"] for x in acked.values()} == {"ok"}

    records = kcat.consume(kafka, topic)  # by partition and offset
    assert len({x.partition for x in records}) == PARTITIONS
    assert len({x.key for x in records}) == ROOMS
    logs = {f"room:{i}": [] for i in range(ROOMS)}
    places = {}
    for x in records:
        event = x.json["event"]
        logs[f"room:{x.key}"].append(event)
        places[f"room:{x.key}", x.partition, x.offset] = event
    assert (len(records) - ROOMS  # their ends
            == len(acked) + len(written))
    assert unstored({event: (room_of(event), x["partition"], x["offset"])
                     for event, x in acked.items()}, places) == []

    mine = {f"c{i}": rooms_of(i) for i in range(CLIENTS)}
    seen = by_room(heard, logs)
    assert [x for x in seen if x[1] not in mine[x[0]] and seen[x]] == []
    assert problems(logs, {x: seen[x] for x in seen
                           if x[1] in mine[x[0]]}) == []
    assert emitters_order(records) == []


def emitters_order(records):
    """Where the events of one emitter are not in the order of its emits."""
    last, wrong = {}, []
    for x in records:
        room, client, number = x.json["event"].split("/")
        if int(number) <= last.get((room, client), -1):
            wrong.append(x.json["event"])
        last[room, client] = int(number)
    return wrong
