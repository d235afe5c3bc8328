"""Mappings that change while a node runs: rooms that stay the same notice
nothing, members of others are told, and what was acked is where its ack says."""

import itertools
import threading

import pytest

import kcat
from raw_client import RawClient
from test_reload import DONE, reload
from waiting import PATIENCE, wait_until
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, own_topics
from weir_node import WeirNode

HEAD = """
[kafka]
embedded = true
[cluster]
node = "a"
secret = "a secret of the tests"
[[namespace]]
name = "/"
recovery = "2m"
"""


def mapping(room, topic, *more):
    lines = "".join(f"  {x}\n" for x in more)
    return f"""
  [[namespace.mapping]]
  room = "{room}"
  topic = "{topic}"
  events = ["say {room[:room.find(':')]}"]
  room_from = "/0/room"
{lines}"""


CHAT = mapping("chat:{id}", "one")
TEAM = mapping("team:{id}", "two")
HALL = mapping("hall:{id}", "three")
GONE, CHANGED = "mapping_gone", "mapping_changed"


@pytest.fixture
def node():
    with WeirNode(HEAD + CHAT + TEAM) as x:
        yield x


def change(node, *mappings):
    node.file.write_text(HEAD + "".join(mappings))
    assert reload(node) == DONE


def say(client, room, **more):
    return client.emit(f"say {room[:room.find(':')]}", {"room": room, **more})


def without_offsets(event):
    """The last argument is the client's offset."""
    return event[:-1]


def next_event(client):
    """The next one that is for the client."""
    while True:
        event = client.next_event()
        if event[0] != "weir:position":
            return without_offsets(event)


def left(room, reason):
    return ["weir:left", {"room": room, "reason": reason}]


# -- what becomes of rooms ----------------------------------------------------

def test_members_of_a_mapping_that_is_gone_are_told(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        one.join("chat:1")
        for client in one, two:
            client.join("team:1")
        change(node, TEAM)
        assert next_event(one) == left("chat:1", GONE)
        assert one.emit("join", "chat:1")["code"] == "unknown_room"
        assert say(one, "chat:1")["code"] == "unknown_event"
        assert one.emit("leave", "chat:1")["code"] == "not_a_member"
        assert say(two, "team:1", n=1)["status"] == "ok"
        for client in one, two:
            assert next_event(client) == ["say team", {"room": "team:1",
                                                       "n": 1}]
    wait_until(lambda: not node.get("/v1/rooms")[1]["rooms"],
               "rooms to be gone")


def test_members_of_a_mapping_that_has_changed_join_again(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        one.join("chat:1"), two.join("chat:1")
        first = say(two, "chat:1", n=1)
        for client in one, two:
            assert next_event(client)[1]["n"] == 1
        change(node, mapping("chat:{id}", "one", 'key = "other-{id}"'), TEAM)
        for client in one, two:
            assert next_event(client) == left("chat:1", CHANGED)
        one.join("chat:1")
        second = say(two, "chat:1", n=2)
        assert first["topic"] == second["topic"] == "one"
        assert next_event(one) == ["say chat", {"room": "chat:1", "n": 2}]
        keys = [(x.key, x.json["n"])
                for x in kcat.consume(node.bootstrap, "one")]
        assert sorted(keys) == [("chat:1", 1), ("other-1", 2)]
        kcat.produce(node.bootstrap, "one", "chat:1", {"n": 3})
        kcat.produce(node.bootstrap, "one", "other-1", {"n": 4})
        assert next_event(one)[1]["n"] == 4


def test_a_mapping_of_a_topic_that_is_read_is_added(node):
    with RawClient(node.port) as client:
        assert client.emit("join", "hall:1")["code"] == "unknown_room"
        client.join("chat:1")
        change(node, mapping("hall:{id}", "two"), CHAT, TEAM)
        client.join("hall:1")
        assert say(client, "hall:1", n=1)["topic"] == "two"
        assert say(client, "chat:1", n=2)["topic"] == "one"
        assert sorted(next_event(client)[1]["n"] for _ in range(2)) == [1, 2]


def test_members_stay_where_only_rights_change(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        one.join("chat:1")
        change(node, mapping("chat:{id}", "one", "members_only = true"), TEAM)
        assert say(two, "chat:1")["code"] == "not_a_member"
        assert say(one, "chat:1", n=1)["status"] == "ok"
        assert next_event(one)[1]["n"] == 1


def test_a_client_that_was_away_is_not_taken_for_a_member(node):
    with RawClient(node.port) as client:
        client.join("chat:1")
        say(client, "chat:1", n=1)
        while True:
            *event, offset = client.next_event()
            if event[0] == "say chat":
                break
        pid, sid = client.pid, client.socket_id
    auth = {"pid": pid, "offset": offset}
    change(node, mapping("chat:{id}", "one", "history = 10"), TEAM)
    with RawClient(node.port, auth=auth) as client:
        assert client.socket_id != sid
        client.join("chat:1")
        assert next_event(client)[1]["n"] == 1


# -- topics -------------------------------------------------------------------

def topics_of(node):
    """Those whose partitions it reads."""
    return {topic for topic, _ in node.partitions()}


def test_a_topic_that_is_new_is_read_from_then_on(node):
    with RawClient(node.port) as client:
        client.join("chat:1")
        change(node, CHAT, TEAM, HALL)
        client.join("hall:1")
        assert say(client, "hall:1", n=1)["topic"] == "three"
        assert say(client, "chat:1", n=2)["topic"] == "one"
        assert sorted(next_event(client)[1]["n"] for _ in range(2)) == [1, 2]
        kcat.produce(node.bootstrap, "three", "hall:1", {"n": 3})
        assert next_event(client)[1]["n"] == 3
        wait_until(lambda: topics_of(node) == {"one", "two", "three"},
                   "all of them to be read")


def test_a_topic_that_no_mapping_has_is_read_no_more(node):
    """And again once one has it: what has come meanwhile is no news."""
    with RawClient(node.port) as client:
        client.join("chat:1"), client.join("team:1")
        assert say(client, "chat:1", n=1)["status"] == "ok"
        assert next_event(client)[1]["n"] == 1
        change(node, TEAM)
        assert next_event(client) == left("chat:1", GONE)
        wait_until(lambda: topics_of(node) == {"two"}, "it to be given up")
        node.wait_for_log('not read any more.*topic="?one')
        kcat.produce(node.bootstrap, "one", "chat:1", {"n": 2})
        assert say(client, "team:1", n=3)["status"] == "ok"
        assert next_event(client)[1]["n"] == 3
        change(node, CHAT, TEAM)
        wait_until(lambda: topics_of(node) == {"one", "two"},
                   "it to be read again")
        client.join("chat:1")
        assert say(client, "chat:1", n=4)["status"] == "ok"
        while (n := next_event(client)[1]["n"]) != 4:
            assert n == 2  # it was committed up to there


def test_mappings_change_so_often_and_no_more(node):
    for n in range(1, 64):
        change(node, mapping("chat:{id}", "one", f"history = {n}"), TEAM)
    node.file.write_text(HEAD + CHAT + TEAM)
    status, answer = reload(node)
    assert status == 409 and "restart it" in answer["problems"][0]
    # everything else may
    node.file.write_text(HEAD + mapping("chat:{id}", "one", "history = 63")
                         + TEAM + '[log]\nlevel = "debug"\n')
    assert reload(node) == DONE


# -- under load ---------------------------------------------------------------

def test_what_is_acked_is_where_its_ack_says(node):
    """While clients emit, rooms move from one topic to the other and back."""
    tables = itertools.cycle([
        (mapping("chat:{id}", "two"), mapping("team:{id}", "one")),
        (CHAT, TEAM),
        (mapping("chat:{id}", "two", 'key = "x-{id}"'), TEAM)])
    stop, changes = threading.Event(), []

    def keep_changing():
        while not stop.is_set() and len(changes) < 60:
            change(node, *next(tables))
            changes.append(1)
    acked, told = {}, 0
    with RawClient(node.port) as sender, RawClient(node.port) as member:
        member.join("chat:1")
        thread = threading.Thread(target=keep_changing)
        thread.start()
        try:
            for n in itertools.count(0, 20):
                numbers = [sender.start_emit("say chat",
                                             {"room": "chat:1", "n": i})
                           for i in range(n, n + 20)]
                for i, number in enumerate(numbers, n):
                    ack = sender.ack_of(number)
                    assert ack["status"] == "ok", ack
                    acked[i] = ack["topic"], ack["partition"], ack["offset"]
                # its membership lasts, or it is told that it does not
                answer = member.emit("join", "chat:1")
                assert (answer["status"] == "ok"
                        or answer["code"] == "unavailable"), answer
                if len(changes) >= 12 or not thread.is_alive():
                    break
        finally:
            stop.set()
            thread.join(PATIENCE)
        member.is_quiet()
        told = sum(x[0] == "weir:left" for x in member.events)
    assert len(changes) >= 12 and told >= 1
    stored = {x.json["n"]: (x.topic, x.partition, x.offset)
              for topic in ("one", "two")
              for x in kcat.consume(node.bootstrap, topic)}
    assert stored == acked
    assert {x[0] for x in acked.values()} == {"one", "two"}


# -- several nodes ------------------------------------------------------------

@pytest.fixture
def topics(kafka):
    """As if they were called "one" and "two"."""
    prefix = own_topics(kafka, "mappings", "one", "two", partitions=PARTITIONS)
    head = HEAD.replace('node = "a"', f'name = "{prefix}"').replace(
        "embedded = true", f'brokers = "{kafka}"')
    return kafka, prefix, head


def text_of(topics, *mappings):
    _, prefix, head = topics
    return head + "".join(x.replace('topic = "', f'topic = "{prefix}.')
                          for x in mappings)


def refused(node, text):
    """Why a reload of it was refused."""
    node.file.write_text(text)
    status, answer = reload(node)
    assert status == 409 and answer["done"] == 0, answer
    return answer["problems"]


def test_a_topic_that_does_not_exist_is_named_and_nothing_changes(topics):
    kafka, prefix, _ = topics
    before, after = (text_of(topics, CHAT, *x) for x in ((), (TEAM, HALL)))
    with WeirNode(before, "cluster.node=a") as node, \
            RawClient(node.port) as client:
        client.join("chat:1")
        problem, = refused(node, after)
        assert problem == (f'a: namespace[0].mapping[2]: topic '
                           f'"{prefix}.three": it does not exist: create it')
        assert node.get("/readyz")[0] == 200
        assert topics_of(node) == {f"{prefix}.one"}
        assert client.emit("join", "team:1")["code"] == "unknown_room"
        assert say(client, "chat:1", n=1)["status"] == "ok"
        assert next_event(client)[1]["n"] == 1
        create_topic(kafka, f"{prefix}.three", PARTITIONS)
        assert reload(node) == DONE
        client.join("hall:1"), client.join("team:1")
        assert say(client, "hall:1", n=2)["topic"] == f"{prefix}.three"
        assert next_event(client)[1]["n"] == 2
        kcat.produce(kafka, f"{prefix}.two", "team:1", {"n": 3})
        assert next_event(client)[1]["n"] == 3


def test_a_reload_while_another_waits_is_refused(topics):
    with WeirNode(text_of(topics, CHAT), "cluster.node=a") as node:
        node.file.write_text(text_of(topics, CHAT, HALL))
        answers = []
        threads = [threading.Thread(target=lambda:
                                    answers.append(reload(node)))
                   for _ in range(2)]
        for x in threads:
            x.start()
        for x in threads:
            x.join(PATIENCE)
        assert [status for status, _ in answers] == [409, 409]
        whys = sorted(x["problems"][0] for _, x in answers)
        assert "another reload is under way" in whys[0], whys
        assert "it does not exist" in whys[1], whys


def mappings_seen(node):
    return {x["name"]: x["mappings"] for x in node.get("/v1/nodes")[1]["nodes"]}


def test_nodes_are_reloaded_one_after_the_other(topics):
    """Under load: nothing is lost of rooms that stay, and members of the other
    are told on whichever node they are."""
    kafka, prefix, _ = topics
    changed = text_of(topics, mapping("chat:{id}", "two"), TEAM)
    with WeirCluster(text_of(topics, CHAT, TEAM), "ab") as cluster:
        a, b = cluster["a"], cluster["b"]
        assert len(set(mappings_seen(a).values())) == 1
        with RawClient(a.port) as on_a, RawClient(b.port) as on_b, \
                RawClient(b.port) as sender:
            for client in on_a, on_b:
                client.join("chat:1"), client.join("team:1")
            acks, stop = [], threading.Event()

            def keep_saying():
                for n in itertools.count():
                    if stop.is_set():
                        return
                    acks.append((n, say(sender, "team:1", n=n)))
            thread = threading.Thread(target=keep_saying)
            thread.start()
            try:
                for node, other in (a, b), (b, a):
                    node.file.write_text(changed)
                    count = len(acks)
                    assert node.ask("POST", f"/v1/reload?node="
                                    + ("a" if node is a else "b"))[0] == 200
                    seen = mappings_seen(node)
                    is_over = node is b
                    wait_until(lambda: (len(set(mappings_seen(other).values()))
                                        == 1) == is_over,
                               "the other to know what differs")
                    assert (seen["a"] == seen["b"]) == is_over
                    wait_until(lambda: len(acks) > count + 20,
                               "emits to go on")
            finally:
                stop.set()
                thread.join(PATIENCE)
            assert all(x["status"] == "ok" for _, x in acks)
            for client in on_a, on_b:
                got, told = [], 0
                while len(got) < len(acks):
                    event = next_event(client)
                    if event[0] == "say team":
                        got.append(event[1]["n"])
                    else:
                        assert event == left("chat:1", CHANGED)
                        told += 1
                assert got == [n for n, _ in acks] and told == 1
                client.join("chat:1")
            assert say(sender, "chat:1", n=-1)["topic"] == f"{prefix}.two"
            for client in on_a, on_b:
                assert next_event(client)[1]["n"] == -1
        assert not any("no link" in x for x in a.log() + b.log())


class Readiness:
    """When nodes were not ready, as their endpoints have said meanwhile."""

    def __init__(self, nodes):
        self.nodes, self.stop, self.reasons = nodes, threading.Event(), []
        self.thread = threading.Thread(target=self.watch)

    def watch(self):
        while not self.stop.is_set():
            for node in self.nodes:
                status, answer = node.get("/readyz")
                if status != 200:
                    self.reasons.append((node.port, answer))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(PATIENCE)


class Speaker:
    """Emits into a room until it is to stop."""

    def __init__(self, port, room):
        self.client, self.room, self.acks = RawClient(port), room, []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.speak)

    def speak(self):
        for n in itertools.count():
            if self.stop.is_set():
                return
            self.acks.append(say(self.client, self.room, n=n))

    def __enter__(self):
        self.client.__enter__()
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.end()
        return self.client.__exit__(*exception)

    def end(self):
        self.stop.set()
        self.thread.join(PATIENCE)


def said_to(client, last):
    """What it gets of rooms, and of nothing else, up to the last numbers there.
    {room: numbers}"""
    got = {room: [] for room in last}
    while any(got[room][-1:] != [n] for room, n in last.items()):
        name, content = next_event(client)
        if name.startswith("say"):
            got[content["room"]].append(content["n"])
        else:
            assert [name, content] == left("chat:1", GONE)
    return got


def test_topics_come_and_go_on_one_node_after_the_other(topics):
    """Under load: rooms that stay lose nothing, those of the new topic have all
    from their joins on, and no node is unready for it."""
    kafka, prefix, _ = topics
    create_topic(kafka, f"{prefix}.three", PARTITIONS)
    changed = text_of(topics, TEAM, HALL)
    with WeirCluster(text_of(topics, CHAT, TEAM), "ab") as cluster:
        a, b = cluster["a"], cluster["b"]
        with RawClient(a.port) as on_a, RawClient(b.port) as on_b, \
                Readiness([a, b]) as readiness, \
                Speaker(b.port, "team:1") as team:
            for client in on_a, on_b:
                client.join("chat:1"), client.join("team:1")
            heard = len(team.acks)
            a.file.write_text(changed)
            assert a.ask("POST", "/v1/reload?node=a")[0] == 200
            on_a.join("hall:1")
            with Speaker(a.port, "hall:1") as hall:
                wait_until(lambda: len(hall.acks) > 20, "emits into it")
                assert on_b.emit("join", "hall:1")["code"] == "unknown_room"
                b.file.write_text(changed)
                assert b.ask("POST", "/v1/reload?node=b")[0] == 200
                on_b.join("hall:1")
                count = len(hall.acks)
                wait_until(lambda: len(hall.acks) > count + 20,
                           "further emits into it")
                hall.end(), team.end()
            for x in hall, team:
                assert all(y["status"] == "ok" for y in x.acks)
            last = {x.room: len(x.acks) - 1 for x in (hall, team)}
            # one emit was under way when they had joined, and may be before
            for client, begin in (on_a, 0), (on_b, count + 1):
                got = said_to(client, last)
                for room, numbers in got.items():
                    assert numbers == list(range(numbers[0], last[room] + 1))
                assert got["hall:1"][0] <= begin
                assert got["team:1"][0] <= heard + 1
            wait_until(lambda: topics_of(a) | topics_of(b)
                       == {f"{prefix}.two", f"{prefix}.three"},
                       "the one that no mapping has to be given up")
            cluster.wait_until_owned()
        assert not readiness.reasons


def test_a_node_is_started_with_other_mappings_beside_another(topics):
    """Also with a topic that only one of them reads."""
    kafka, prefix, _ = topics
    create_topic(kafka, f"{prefix}.three", PARTITIONS)
    with WeirCluster(text_of(topics, CHAT), "a") as cluster:
        cluster.config = text_of(topics, CHAT, mapping("hall:{id}", "three"))
        b = cluster.add("b")
        for node in cluster.nodes.values():
            wait_until(lambda: node.peers() == {"a": "up", "b": "up"},
                       "nodes to see each other")
        wait_until(lambda: len(set(mappings_seen(b).values())) == 2,
                   "what differs to be known")
        with RawClient(cluster["a"].port) as on_a, RawClient(b.port) as on_b:
            for client in on_a, on_b:
                client.join("chat:1")
            on_b.join("hall:1")
            assert on_a.emit("join", "hall:1")["code"] == "unknown_room"
            for n in range(20):
                room = ("chat:1", "hall:1")[n % 2]
                assert say(on_b, room, n=n)["status"] == "ok"
            assert [next_event(on_a)[1]["n"] for _ in range(10)] == list(
                range(0, 20, 2))
            got = [next_event(on_b)[1]["n"] for _ in range(20)]
            for odd in 0, 1:
                assert [x for x in got if x % 2 == odd] == list(
                    range(odd, 20, 2))
        # what is fixed is compared as before
        cluster.config = cluster.config.replace('recovery = "2m"',
                                                'recovery = "3m"')
        c = cluster.add("c", ready=False)
        c.wait_for_log("no link.*another configuration of namespaces")
