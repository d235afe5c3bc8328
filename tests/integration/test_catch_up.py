"""Where a client was is where it continues: with `since`, and with the history
of its room, from the tail cache or from the log behind it."""

import threading
from collections import namedtuple
from contextlib import ExitStack

import pytest

from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import (create_topic, delete_records, mapping_of,
                           own_topics, unique)
from weir_node import WeirNode

CONFIG = """
[kafka]
{kafka}
[limits]
tail_cache = "64KiB"
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
""" + mapping_of("chat", "chat message") + mapping_of("news", "news") + """\
  history = 3
"""

Setting = namedtuple("Setting", "node bootstrap prefix")


@pytest.fixture(scope="module", params=["embedded", "kafka"])
def setting(request):
    """A node whose tail cache holds about ten of the large events below."""
    prefix = unique("catch-up")
    if request.param == "embedded":
        brokers = "embedded = true\nembedded_partitions = 2"
    else:
        bootstrap = request.getfixturevalue("kafka")
        brokers = f'brokers = "{bootstrap}"'
        for topic in ("chat", "news"):
            create_topic(bootstrap, f"{prefix}.{topic}", 2)
    with WeirNode(CONFIG.format(kafka=brokers, prefix=prefix)) as node:
        if request.param == "embedded":
            bootstrap = node.bootstrap
        yield Setting(node, bootstrap, prefix)


@pytest.fixture
def node(setting):
    return setting.node


@pytest.fixture
def room():
    return f"chat:{unique('room')}"


LARGE = 10_000


def emit(client, room, numbers, size=100, event="chat message"):
    """Emits with acks: {number: (partition, offset)}."""
    acks = {n: client.start_emit(event, {"room": room, "n": n, "text": "x" * size})
            for n in numbers}
    found = {}
    for n, number in acks.items():
        ack = client.ack_of(number)
        assert ack["status"] == "ok", ack
        found[n] = ack["partition"], ack["offset"]
    return found


def join(client, room, **options):
    answer = client.emit("join", room, options)
    assert answer["status"] == "ok", answer
    return answer["offset"]


def numbers_of(client, count):
    """The next events, which must not be anything else."""
    events = [client.next_event() for _ in range(count)]
    assert {x[0] for x in events} <= {"chat message", "news"}, events
    return [x[1]["n"] for x in events]


def push_out_of_the_tail_cache(node, event="chat message", room="chat:other"):
    """All that was before, by twice its size in each partition."""
    pushed = {0: 0, 1: 0}
    with RawClient(node.port) as client:
        for i in range(20):
            found = emit(client, f"{room}-{i}", range(10), LARGE, event)
            for partition, _ in found.values():
                pushed[partition] += LARGE
    assert min(pushed.values()) > 2 * 64 * 1024, pushed


def offset_after(node, room, writer, numbers, event="chat message"):
    """Where a member is that has got these events."""
    with RawClient(node.port) as member:
        join(member, room)
        emit(writer, room, numbers, event=event)
        assert numbers_of(member, len(numbers)) == list(numbers)
        return join(member, room)


# -- since ---------------------------------------------------------------------

def test_since_continues_an_earlier_join_and_goes_on_live(node, room):
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        offset = offset_after(node, room, writer, range(5))
        emit(writer, room, range(5, 25))
        assert join(client, room, since=offset) == offset
        assert numbers_of(client, 20) == list(range(5, 25))
        emit(writer, room, range(25, 30))
        assert numbers_of(client, 5) == list(range(25, 30))
        assert client.is_quiet()


def test_since_now_is_like_a_join_without(node, room):
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        offset = offset_after(node, room, writer, range(5))
        join(client, room, since=offset)
        emit(writer, room, range(5, 8))
        assert numbers_of(client, 3) == [5, 6, 7]
        assert client.is_quiet()


def test_nothing_is_missing_or_doubled_while_records_keep_coming(node, room):
    """Many join one after the other, each in the middle of it all."""
    count = 1500
    with RawClient(node.port) as earlier, RawClient(node.port) as writer:
        offset = join(earlier, room)
        thread = threading.Thread(target=emit, args=(writer, room, range(count),
                                                     1000))
        thread.start()
        late = []
        for _ in range(10):
            late.append(RawClient(node.port))
            join(late[-1], room, since=offset)
            assert earlier.next_event()[1]["n"] == len(late) - 1
        for client in late:
            with client:
                assert numbers_of(client, count) == list(range(count))
                assert client.is_quiet()
        thread.join()


def test_a_member_far_behind_the_tail_cache_reads_the_log(node, room):
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        with RawClient(node.port) as earlier:
            offset = join(earlier, room)
        emit(writer, room, range(100), LARGE)
        push_out_of_the_tail_cache(node)
        emit(writer, room, range(100, 110), LARGE)
        join(client, room, since=offset)
        assert numbers_of(client, 110) == list(range(110))
        emit(writer, room, [110])
        assert numbers_of(client, 1) == [110]
        assert client.is_quiet()


def test_several_rooms_of_a_client_catch_up_side_by_side(node):
    rooms = [f"chat:{unique('room')}" for _ in range(5)]
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        with RawClient(node.port) as earlier:
            offsets = [join(earlier, x) for x in rooms]
        for n in range(30):
            for room in rooms:
                writer.start_emit("chat message", {"room": room, "n": n,
                                                   "text": "x" * LARGE})
        emit(writer, rooms[0], [30])  # the others are stored by then
        for room, offset in zip(rooms, offsets):
            join(client, room, since=offset)
        seen = {x: [] for x in rooms}
        for _ in range(151):
            _, event = client.next_event()
            seen[event["room"]].append(event["n"])
        assert seen.pop(rooms[0]) == list(range(31))
        assert all(x == list(range(30)) for x in seen.values())
        assert client.is_quiet()


@pytest.mark.parametrize("since", [
    "", "nonsense", "0", "0:", "0:-1", "0:1,", 7, None, {}, "0:1,0:2",
    "7:0",  # no such partition
])
def test_a_wrong_since_is_refused(node, room, since):
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        answer = client.emit("join", room, {"since": since})
        assert answer["status"] == "error"
        assert answer["code"] == "invalid_payload"
        join(client, room)  # and without it all is well
        emit(writer, room, [1])
        assert numbers_of(client, 1) == [1]


# -- retention -----------------------------------------------------------------

def test_what_retention_has_deleted_is_told_as_a_gap(setting, room, kafka):
    node, bootstrap, prefix = setting
    if bootstrap != kafka:
        pytest.skip("the embedded broker deletes nothing")
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        with RawClient(node.port) as earlier:
            offset = join(earlier, room)
        places = emit(writer, room, range(20))
        push_out_of_the_tail_cache(node)
        partition, deleted = places[12]
        delete_records(bootstrap, f"{prefix}.chat", {partition: deleted})
        join(client, room, since=offset)
        since = dict(map(int, x.split("@")[0].split(":"))
                     for x in offset.split(","))
        assert client.next_event() == ["weir:gap", {
            "room": room, "partition": partition, "from": since[partition],
            "to": deleted}]
        assert numbers_of(client, 8) == list(range(12, 20))
        emit(writer, room, [20])
        assert numbers_of(client, 1) == [20]
        assert client.is_quiet()


# -- history -------------------------------------------------------------------

def test_a_room_with_history_begins_with_its_last_records(node):
    room = f"news:{unique('room')}"
    with RawClient(node.port) as writer, RawClient(node.port) as client:
        offset_after(node, room, writer, range(10), "news")
        with RawClient(node.port) as keeper:
            join(keeper, room)
            assert numbers_of(keeper, 3) == [7, 8, 9]
            emit(writer, room, [10], event="news")
            assert numbers_of(keeper, 1) == [10]
            join(client, room)
            assert numbers_of(client, 3) == [8, 9, 10]
            emit(writer, room, [11], event="news")
            assert numbers_of(client, 1) == [11]
            assert client.is_quiet()


def test_a_rooms_history_reaches_beyond_the_tail_cache(node):
    """As long as somebody is in the room, who saw it."""
    room = f"news:{unique('room')}"
    with RawClient(node.port) as writer, RawClient(node.port) as client, \
            RawClient(node.port) as keeper:
        join(keeper, room)
        emit(writer, room, range(10), event="news")
        assert numbers_of(keeper, 10) == list(range(10))
        push_out_of_the_tail_cache(node, "news", "news:other")
        join(client, room)
        assert numbers_of(client, 3) == [7, 8, 9]
        emit(writer, room, [10], event="news")
        assert numbers_of(client, 1) == [10]
        assert client.is_quiet()


# -- turns ---------------------------------------------------------------------

def test_all_rooms_have_their_turn_where_memory_is_scarce(kafka):
    """There is memory for one room at a time; and some members never read."""
    prefix = own_topics(kafka, "turns", "chat", "news", partitions=2)
    config = CONFIG.format(kafka=f'brokers = "{kafka}"', prefix=prefix)
    config = config.replace("[limits]", '[limits]\nreplays = "1KiB"')
    silent = [f"chat:{unique('silent')}" for _ in range(3)]
    quick = [f"chat:{unique('quick')}" for _ in range(15)]
    with ExitStack() as clients, WeirNode(config) as node:
        def new_client():
            return clients.enter_context(RawClient(node.port))

        writer, earlier = new_client(), new_client()
        offsets = {x: join(earlier, x) for x in silent + quick}
        earlier.websocket.close()
        for x in silent:
            emit(writer, x, range(600), LARGE)
        for x in quick:
            emit(writer, x, range(30), LARGE)
        push_out_of_the_tail_cache(node)
        for x in silent:
            join(new_client(), x, since=offsets[x])
        members = {x: new_client() for x in quick}
        for x, client in members.items():
            join(client, x, since=offsets[x])
        node.wait_for_log("rooms wait for their turn to catch up")
        for x, client in members.items():
            assert numbers_of(client, 30) == list(range(30))
            assert client.is_quiet()
        wait_until(lambda: node.metric("weir_replays_waiting") == 0,
                   "the silent ones' turns")
