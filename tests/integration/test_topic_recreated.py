"""A topic that is deleted and created again under its name has another log: its
offsets mean something else. Members are notified by a gap that goes back, and
get all of the new log; whoever comes back from the old one is told as well."""

import pytest

from kafka_cluster import KafkaCluster
from raw_client import RawClient
from waiting import wait_until
from weir_fixtures import (create_topic_again, delete_records, mapping_of,
                           unique)
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{bootstrap}"
[cluster]
name = "{prefix}"
secret = "a secret of the tests"
[[namespace]]
name = "/"
recovery = "2m"
""" + mapping_of("chat") + """\
  history = {history}
"""


@pytest.fixture(scope="module")
def cluster():
    """It creates no topics by itself."""
    with KafkaCluster(properties={"auto.create.topics.enable": "false"}) as x:
        yield x


class Client(RawClient):
    """It hears of its position too, which is none of an event's business."""

    def next_event(self, *args, **options):
        while (event := super().next_event(*args, **options))[0] \
                == "weir:position":
            pass
        return event

    def has_all(self):
        """Whether nothing else has come, as an answer shows that comes after
        everything else."""
        self.emit("no such event")
        return all(x[0] == "weir:position" for x in self.events)


class Setting:
    """A node and its topic."""

    def __init__(self, cluster, partitions=1, history=0):
        self.cluster = cluster
        prefix = unique("recreated")
        self.topic = f"{prefix}.chat"
        self.config = CONFIG.format(bootstrap=cluster.bootstrap, prefix=prefix,
                                    history=history)
        cluster.create_topic(self.topic, partitions)

    def create_again(self, partitions=1, sees=None):
        """Once the node `sees` that it is deleted, or at once."""
        self.cluster.delete_topic(self.topic)
        if sees:
            wait_until(lambda: "does not exist" in sees.reasons(),
                       "the node to notice")
        create_topic_again(self.cluster.bootstrap, self.topic, partitions)


def say(client, room, numbers, refusals=(None, "unavailable")):
    """Emits each until it is stored; a topic that is not there yet refuses."""
    for n in numbers:
        def stored(n=n):
            answer = client.emit("say", {"room": room, "n": n})
            assert answer.get("code") in refusals, answer
            return answer["status"] == "ok"
        wait_until(stored, f"{n} to be stored")


def events_until(client, last):
    """Gaps and numbers, as they came."""
    found = []
    while last not in found:
        name, argument, *_ = client.next_event()
        if name == "say":
            found.append(argument["n"])
        elif name == "weir:gap":
            found.append((argument["from"], argument["to"]))
    return found


def check_new_log(found, numbers):
    """All of the new log once, in order, behind one gap that goes back."""
    gaps = [x for x in found if isinstance(x, tuple)]
    assert [x for x in found if not isinstance(x, tuple)] == list(numbers)
    assert gaps and found[0] == gaps[0], found
    assert gaps[0][1] < gaps[0][0], gaps
    return gaps[0]


@pytest.mark.parametrize("when", ["at once", "later"])
@pytest.mark.parametrize("before, after", [(20, 30), (20, 5), (5, 50)])
def test_members_get_a_gap_and_then_all_of_the_new_log(cluster, when, before,
                                                       after):
    setting = Setting(cluster)
    with WeirNode(setting.config) as node, Client(node.port) as client:
        client.join("chat:1")
        say(client, "chat:1", range(before))
        assert events_until(client, before - 1) == list(range(before))
        setting.create_again(sees=node if when == "later" else None)
        numbers = range(100, 100 + after)
        say(client, "chat:1", numbers)
        gap = check_new_log(events_until(client, numbers[-1]), numbers)
        assert gap == (before, 0)
        assert client.join("chat:1")["status"] == "ok"
        assert client.has_all()


def test_who_was_away_is_told_and_starts_over(cluster):
    """By connection state recovery, and by `since`; with offsets that name
    their log, and with those of former versions."""
    setting = Setting(cluster)
    with WeirNode(setting.config) as node:
        with Client(node.port) as client:
            offset = client.join("chat:1")["offset"]
            say(client, "chat:1", range(20))
            while True:
                event = client.next_event()
                if event[0] == "say" and event[1]["n"] == 19:
                    position = event[-1]
                    break
            offset = client.join("chat:1")["offset"]
            pid, socket_id = client.pid, client.socket_id
        setting.create_again()
        with Client(node.port) as writer:
            say(writer, "chat:1", range(100, 130))
        for since in (offset, offset.split("@")[0]):
            with Client(node.port) as client:
                answer = client.emit("join", "chat:1", {"since": since})
                assert answer["status"] == "ok", answer
                if since == offset:
                    gap = check_new_log(events_until(client, 129),
                                        range(100, 130))
                    assert gap == (20, 0)
                else:  # it is a place in this log too
                    assert events_until(client, 129) == list(range(120, 130))
        with Client(node.port, auth={"pid": pid, "offset": position}) as client:
            assert client.socket_id != socket_id


def test_what_is_deleted_ahead_of_members_is_told(cluster):
    """Retention, and DeleteRecords: a gap that goes forward."""
    setting = Setting(cluster)
    with WeirNode(setting.config) as node:
        with Client(node.port) as client:
            offset = client.join("chat:1")["offset"]
            say(client, "chat:1", range(20))
            assert events_until(client, 19) == list(range(20))
        delete_records(cluster.bootstrap, setting.topic, {0: 15})
    with WeirNode(setting.config) as node, Client(node.port) as client:
        assert client.emit("join", "chat:1", {"since": offset})["status"] == "ok"
        assert events_until(client, 19) == [(0, 15), *range(15, 20)]
        setting.create_again()
        say(client, "chat:1", range(100, 110))
        gap = check_new_log(events_until(client, 109), range(100, 110))
        assert gap == (20, 0)


@pytest.mark.parametrize("when", ["at once", "later"])
@pytest.mark.parametrize("before, after", [(20, 0), (20, 3), (5, 30), (20, 30)])
def test_history_is_of_the_new_log(cluster, when, before, after):
    """Whoever joins then gets nothing that was, and neither a gap nor less than
    what the new log has."""
    setting = Setting(cluster, history=10)
    with WeirNode(setting.config) as node, Client(node.port) as member:
        member.join("chat:1")
        say(member, "chat:1", range(before))
        assert events_until(member, before - 1) == list(range(before))
        with Client(node.port) as newcomer:
            newcomer.join("chat:1")
            assert events_until(newcomer, before - 1) \
                == list(range(before))[-10:]
        setting.create_again(sees=node if when == "later" else None)
        numbers = list(range(100, 101 + after))
        say(member, "chat:1", numbers)
        check_new_log(events_until(member, numbers[-1]), numbers)
        check_history(node, member, numbers)


def check_history(node, writer, numbers):
    """`numbers`: what is in the log, to which this adds."""
    for _ in range(2):
        with Client(node.port) as newcomer:
            newcomer.join("chat:1")
            assert events_until(newcomer, numbers[-1]) == numbers[-10:]
            numbers.append(numbers[-1] + 1)
            say(writer, "chat:1", numbers[-1:])
            assert events_until(newcomer, numbers[-1]) == numbers[-1:]


@pytest.mark.parametrize("partitions", [(1, 4), (4, 1), (4, 2)])
def test_with_another_number_of_partitions(cluster, partitions):
    before, after = partitions
    setting = Setting(cluster, before)
    with WeirNode(setting.config) as node, Client(node.port) as client:
        rooms = [f"chat:{x}" for x in "abcdefgh"]
        for room in rooms:
            client.join(room)
            say(client, room, [room])
        for _ in rooms:
            assert client.next_event()[0] == "say"
        setting.create_again(after)
        for room in rooms:
            say(client, room, [f"{room} {i}" for i in range(5)])
        wanted = {f"{room} {i}" for room in rooms for i in range(5)}
        seen, told = [], set()
        while not wanted <= set(seen):
            name, argument, *_ = client.next_event()
            if name == "say":
                seen.append(argument["n"])
            elif name == "weir:gap":
                assert argument["to"] < argument["from"], argument
                told.add(argument["room"])
        assert len(seen) == len(set(seen)), seen
        assert told == set(rooms)


@pytest.mark.parametrize("when", ["at once", "later"])
def test_after_the_former_leaders_have_failed(when):
    """Brokers count a topic's leaders from 0, which is less than those of the
    former topic were: they are found all the same, of each partition, and
    nothing that is emitted gets lost on the way."""
    properties = {"auto.create.topics.enable": "false"}
    rooms = [f"chat:{x}" for x in "abcdefghij"]  # in all partitions
    with KafkaCluster(brokers=3, properties=properties) as cluster:
        setting = Setting(cluster, 4)
        with WeirNode(setting.config) as node, Client(node.port) as client:
            for room in rooms:
                client.join(room)
            for n, broker in enumerate([1, 2, 3, 1]):
                cluster.stop_broker(broker)
                for room in rooms:
                    say(client, room, [n])
                cluster.start_broker(broker)
            for _ in range(4 * len(rooms)):
                assert client.next_event()[0] == "say"
            setting.create_again(4, node if when == "later" else None)
            for room in rooms:
                say(client, room, range(100, 110))
            heard = {room: [] for room in rooms}
            while any(not x or x[-1] != 109 for x in heard.values()):
                name, argument, *_ = client.next_event()
                if name == "say":
                    heard[argument["room"]].append(argument["n"])
                elif name == "weir:gap":
                    assert argument["to"] < argument["from"], argument
            assert all(x == list(range(100, 110)) for x in heard.values()), heard
