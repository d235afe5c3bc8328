"""Stopping a node: nothing that was acked is lost, and nobody waits."""

import asyncio
import signal
import time

import pytest

import kafka_group
import kcat
from crowd import connect_all
from engineio_client import PollingSession, finish, websocket_session
from raw_client import RawClient
from raw_websocket import Closed
from waiting import PATIENCE, wait_until
from weir_fixtures import mapping_of, own_topics, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
{broker}
[cluster]
name = "{prefix}"
[[namespace]]
name = "/"
""" + mapping_of("chat", "chat message")

SESSION = 120  # seconds: after which the group misses a node that is killed
LONG_SESSION = f"kafka.properties.session.timeout.ms={SESSION * 1000}"
BOUND = 25  # seconds: a stop takes 29 and more when something is wrong


def embedded():
    return CONFIG.format(broker="embedded = true", prefix=unique("stop"))


@pytest.fixture
def prefix(kafka):
    return own_topics(kafka, "stop", "chat")


def with_kafka(kafka, prefix):
    return CONFIG.format(broker=f'brokers = "{kafka}"', prefix=prefix)


def stop(node):
    """Terminates it: how long that took."""
    begin = time.monotonic()
    node.terminate()
    assert node.wait_for_exit(BOUND) == 0
    return time.monotonic() - begin


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_node_with_status_0(number):
    with WeirNode(embedded()) as node:
        node.process.send_signal(number)
        assert node.wait_for_exit(BOUND) == 0
        node.wait_for_log("stopped")


def test_clients_see_their_transport_close_and_no_disconnect_packet():
    """A DISCONNECT would keep official clients from reconnecting."""
    with WeirNode(embedded()) as node:
        waiting = PollingSession(node.port).begin_get()
        client = RawClient(node.port)
        client.join("chat:1")
        stop(node)
        with pytest.raises(Closed) as closed:
            client.next_event()
        assert closed.value.code == 1001
        # Not a close packet, upon which python-socketio would stay away.
        answer = finish(waiting)
        assert (answer.status, answer.body) == (400, b"")


def test_clients_that_answer_nothing_do_not_hold_it_up():
    with WeirNode(embedded()) as node:
        sockets = [websocket_session(node.port)[0] for _ in range(20)]
        polling = [PollingSession(node.port) for _ in range(20)]
        assert stop(node) < BOUND
        assert len(sockets) == len(polling)  # they are there until the end


def test_few_clients_do_not_make_use_of_a_long_drain_time():
    with WeirNode(embedded(), "server.drain_time=1h") as node:
        clients = [RawClient(node.port) for _ in range(5)]
        assert stop(node) < BOUND
        for client in clients:
            with pytest.raises(Closed) as closed:
                client.next_event()
            assert closed.value.code == 1001


def test_nobody_is_let_in_any_more():
    with WeirNode(embedded()) as node:
        port = node.port
        stop(node)
        with pytest.raises(OSError):
            PollingSession(port)


def test_it_is_not_ready_once_it_stops(prefix):
    """So that a balancer sends nobody any more."""
    def stops():
        status, answer = node.get("/readyz")
        assert status == 503  # no broker
        return "the node is about to stop" in answer["reasons"]
    # What was emitted cannot be stored, so that the stop takes a while.
    with WeirNode(with_kafka("127.0.0.1:9", prefix), ready=False) as node:
        client = RawClient(node.port)
        client.start_emit("chat message", {"room": "chat:1"})
        client.emit("no such event")  # the first emit has been taken
        assert not stops()
        node.terminate()
        wait_until(stops, "the reason")
        node.terminate()
        node.wait_for_exit(BOUND)


def test_a_second_signal_ends_it_at_once(kafka, prefix):
    # No broker: what was emitted cannot be stored, and the first signal waits.
    config = with_kafka("127.0.0.1:9", prefix)
    with WeirNode(config, ready=False) as node:
        client = RawClient(node.port)
        client.start_emit("chat message", {"room": "chat:1"})
        client.emit("no such event")  # the first emit has been taken
        node.terminate()
        node.wait_for_log("stopping")
        begin = time.monotonic()
        node.terminate()
        status = node.wait_for_exit(BOUND)
        assert time.monotonic() - begin < 9  # the first one's flush takes 10
        assert status == 1  # not everything was done


def test_a_stop_is_bounded_even_without_a_broker(prefix):
    config = with_kafka("127.0.0.1:9", prefix)
    with WeirNode(config, ready=False) as node:
        client = RawClient(node.port)
        client.start_emit("chat message", {"room": "chat:1"})
        client.emit("no such event")
        node.terminate()
        node.wait_for_exit(30)
        node.wait_for_log("not stored in time")


# -- what was acked is stored -------------------------------------------------

async def emit_until_closed(client, acked, pause=0.001):
    """Emits as fast as it may, or after a pause; keeps what was acked."""
    pending = {}
    for number in range(1_000_000):
        if client.closed is not None:
            break
        event = {"room": f"chat:{client.name}", "n": number}
        pending[number] = client.start_emit("chat message", event)
        await asyncio.sleep(pause)
    for number, future in pending.items():
        if future.done():
            ack = future.result()
            if ack["status"] == "ok":
                acked[client.name, number] = ack["partition"], ack["offset"]


async def emit_while_stopping(node, acked):
    clients = await connect_all(node.port, [f"c{i}" for i in range(20)])
    tasks = [asyncio.create_task(emit_until_closed(x, acked)) for x in clients]
    async with asyncio.timeout(PATIENCE):
        while sum(x.next_id - len(x.acks) for x in clients) < 500:
            await asyncio.sleep(0.01)
    node.terminate()
    await asyncio.gather(*tasks, return_exceptions=True)
    for x in clients:
        await x.close()


def test_what_was_acked_before_the_stop_is_in_kafka(kafka, prefix):
    acked = {}
    with WeirNode(with_kafka(kafka, prefix)) as node:
        asyncio.run(emit_while_stopping(node, acked))
        assert node.wait_for_exit(BOUND) == 0
    assert len(acked) > 100
    stored = {(x.partition, x.offset): (f"c{x.key[1:]}", x.json["n"])
              for x in kcat.consume(kafka, f"{prefix}.chat")}
    wrong = [x for x, place in acked.items() if stored.get(place) != x]
    assert wrong == []
    assert len(set(stored.values())) == len(stored)  # nothing twice


async def emit_and_go_one_after_the_other(node, acked, count):
    """When each client was closed, after the signal."""
    clients = await connect_all(node.port, [f"c{i}" for i in range(count)])
    gone = []

    async def run(client):
        await emit_until_closed(client, acked, pause=0.02)
        gone.append(time.monotonic())
        await client.close()

    tasks = [asyncio.create_task(run(x)) for x in clients]
    async with asyncio.timeout(PATIENCE):
        while min(x.next_id - len(x.acks) for x in clients) < 2:
            await asyncio.sleep(0.01)
    before = sum(x.next_id - len(x.acks) for x in clients)
    begin = time.monotonic()
    node.terminate()
    await asyncio.gather(*tasks)
    assert len(acked) > before + count  # served until their turn
    return [x - begin for x in gone]


def test_many_clients_are_sent_away_one_after_the_other(kafka, prefix):
    """Each has its emits answered first, so that it knows of all that is
    stored."""
    count, loops, drain_time = 200, 2, 3
    acked = {}
    with WeirNode(with_kafka(kafka, prefix), f"server.io_threads={loops}",
                  f"server.drain_time={drain_time}s") as node:
        gone = asyncio.run(emit_and_go_one_after_the_other(node, acked, count))
        assert node.wait_for_exit(BOUND) == 0
    assert len(gone) == count
    # None before its turn, on whichever loop; and none has to wait for long.
    for n, time_gone in enumerate(gone):
        assert time_gone >= drain_time * (n - loops) / count, n
    assert gone[-1] < drain_time + BOUND / 2
    stored = [(f"c{x.key[1:]}", x.json["n"])
              for x in kcat.consume(kafka, f"{prefix}.chat")]
    assert sorted(stored) == sorted(acked)


def test_positions_are_committed(kafka, prefix):
    topic = f"{prefix}.chat"
    with WeirNode(with_kafka(kafka, prefix)) as node:
        with RawClient(node.port) as client:
            for i in range(20):
                client.join(f"chat:{i}")
                client.emit("chat message", {"room": f"chat:{i}"})
            for _ in range(20):
                client.next_event()
            assert stop(node) < BOUND
    ends = {i: 0 for i in range(4)}
    for x in kcat.consume(kafka, topic):
        ends[x.partition] = x.offset + 1
    assert sum(ends.values()) == 20
    assert kafka_group.committed(kafka, prefix, topic, range(4)) == ends


def test_the_group_is_left(kafka, prefix):
    """Or the partitions would have no owner until the session's timeout."""
    with WeirNode(with_kafka(kafka, prefix)) as node:
        assert kafka_group.state(kafka, prefix) == "Stable"
        stop(node)
    assert kafka_group.state(kafka, prefix) == "Empty"


def test_the_others_take_over_at_once(kafka, prefix):
    config = with_kafka(kafka, prefix)
    listen = "cluster.listen=127.0.0.1:0"
    with (WeirNode(config, "cluster.node=a", listen, LONG_SESSION) as a,
          WeirNode(config, "cluster.node=b", listen, LONG_SESSION,
                   f"cluster.seeds={a.cluster_address}") as b):
        for node in (a, b):
            wait_until(lambda: len(node.partitions()) == 2, "half of them each")
        begin = time.monotonic()
        stop(a)
        wait_until(lambda: len(b.partitions()) == 4, "all partitions to move")
        assert time.monotonic() - begin < SESSION / 2


def test_a_killed_node_goes_on_at_once_under_its_name(kafka, prefix):
    """Nobody else has to notice: its partitions are its own until then."""
    with WeirNode(with_kafka(kafka, prefix), LONG_SESSION) as node:
        wait_until(lambda: len(node.partitions()) == 4, "its partitions")
        node.process.kill()
        node.wait_for_exit()
    begin = time.monotonic()
    with WeirNode(with_kafka(kafka, prefix), LONG_SESSION) as node:
        wait_until(lambda: len(node.partitions()) == 4, "its partitions")
        with RawClient(node.port) as client:
            client.join("chat:1")
            client.emit("chat message", {"room": "chat:1"})
            client.next_event()
        assert time.monotonic() - begin < SESSION / 2


def test_a_restarted_node_goes_on_where_it_stopped(kafka, prefix):
    for round in range(2):
        with WeirNode(with_kafka(kafka, prefix)) as node:
            with RawClient(node.port) as client:
                client.join("chat:1")
                event = {"room": "chat:1", "round": round}
                client.emit("chat message", event)
                assert client.next_event() == ["chat message", event]
            kcat.produce(kafka, f"{prefix}.chat", "1", {"while": "away"})
