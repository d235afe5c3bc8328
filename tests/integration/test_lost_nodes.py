"""Nodes that are gone, or not heard of: others read their partitions at once,
however long Kafka's group waits for them (here: five minutes)."""

import time

import pytest

from test_cluster import CONFIG, Member, say
from test_recovery import is_recovered
from raw_client import RawClient
from waiting import SANITIZED, wait_until
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, unique

SESSION = 300_000  # ms
# Seconds; far below the session. What it takes on an idle machine is printed.
BOUND = 60 if SANITIZED else 20


def config_of(kafka, prefix, session=SESSION):
    create_topic(kafka, f"{prefix}.chat", PARTITIONS)
    return (CONFIG.format(brokers=kafka, prefix=prefix)
            .replace('"session.timeout.ms" = 6000',
                     f'"session.timeout.ms" = {session}'))


@pytest.fixture
def cluster(kafka):
    with WeirCluster(config_of(kafka, unique("lost")), "abc") as cluster:
        yield cluster


class Crowd:
    """A room of each partition, with a member on some nodes, and one who
    speaks; what is said is counted."""

    def __init__(self, cluster, members, speaker):
        self.cluster = cluster
        wait_until(lambda: all(map(self.partitions_of, cluster.nodes)),
                   "each node to have a partition")
        self.speaker = RawClient(cluster[speaker].port)
        self.rooms = self.find_rooms()
        self.members = {x: Member(cluster[x].port) for x in members}
        for member in self.members.values():
            for room in self.rooms.values():
                member.join(room)
        self.count = 0
        self.expected = {x: [] for x in members}
        self.seen = {x: [] for x in members}

    def find_rooms(self):
        rooms = {}
        for i in range(1000):
            room = f"chat:{i}"
            rooms.setdefault(say(self.speaker, room, -1)["partition"], room)
            if len(rooms) == PARTITIONS:
                return rooms
        raise AssertionError("1,000 rooms are in a few partitions")

    def partitions_of(self, name):
        return [partition for _, partition in self.cluster[name].partitions()]

    def say_to(self, partitions):
        for partition in partitions:
            say(self.speaker, self.rooms[partition], self.count)
            for x in self.expected.values():
                x.append((partition, self.count))
            self.count += 1

    def hear(self, *names):
        """All that was said, each room's in its order; no gap, nothing twice.
        What was said before a member came may come first."""
        for name in names or list(self.members):
            seen = self.seen[name]
            while len(seen) < len(self.expected[name]):
                event = self.members[name].next_event(BOUND)
                assert event[0] != "weir:gap", event
                if event[0] == "say" and event[1]["n"] >= 0:
                    partition = next(p for p, room in self.rooms.items()
                                     if room == event[1]["room"])
                    seen.append((partition, event[1]["n"]))
            for p in self.rooms:
                assert ([n for q, n in seen if q == p]
                        == [n for q, n in self.expected[name] if q == p])

    def seconds_until_heard(self, since, partitions, what):
        """From `since` until what is said now has come to all."""
        self.say_to(partitions)
        self.hear()
        result = time.monotonic() - since
        print(f"{what} ({len(partitions)} partitions): {result:.2f} s")
        assert result < BOUND
        return result


def interim(cluster):
    return sum(x.metric("weir_partitions_interim")
               for x in cluster.nodes.values())


def listed_as_interim(cluster, names):
    return sum(x["interim"] for name in names
               for x in cluster[name].partitions().values())


def wait_until_only_the_group_reads(cluster):
    cluster.wait_until_whole()
    wait_until(lambda: interim(cluster) == 0, "interim readers to end")


def test_what_killed_nodes_read_is_read_by_others(cluster):
    crowd = Crowd(cluster, "a", "a")
    lost = crowd.partitions_of("c")
    crowd.say_to(range(PARTITIONS))
    crowd.hear()

    since = time.monotonic()
    cluster.kill("c")
    crowd.seconds_until_heard(since, lost, "after kill -9 of the reader")
    assert interim(cluster) == len(lost)
    wait_until(lambda: listed_as_interim(cluster, "ab") == len(lost),
               "the operator to be shown who reads in place of another")
    for name in "ab":
        assert cluster[name].get("/readyz")[0] == 200
        assert cluster[name].metric("weir_partitions_unreachable") == 0
    owned = {y for x in cluster["a"].get("/v1/nodes")[1]["nodes"]
             if x["name"] in "ab" for y in x["owned"]}
    assert len(owned) == PARTITIONS
    wait_until(lambda: any("read in place of a node" in line for x in "ab"
                           for line in cluster[x].log()), "a line of the log")

    # A chain: who reads for another is lost in its turn.
    since = time.monotonic()
    cluster.kill("b")
    crowd.seconds_until_heard(since, range(PARTITIONS),
                              "after kill -9 of the next one")
    wait_until(lambda: len(crowd.partitions_of("a")) == PARTITIONS,
               "all partitions to be notified of")

    for name in "bc":
        cluster.add(name)
    wait_until_only_the_group_reads(cluster)
    crowd.say_to(range(PARTITIONS))
    crowd.hear()


def test_a_client_of_a_killed_node_is_back_at_once(cluster):
    crowd = Crowd(cluster, "ac", "b")
    lost = crowd.partitions_of("c")
    crowd.say_to(range(PARTITIONS))
    crowd.hear()
    client = crowd.members["c"]
    client.read_position()

    cluster.kill("c")
    crowd.say_to(lost)
    since = time.monotonic()
    back = Member(cluster["a"].port, auth=client.auth())
    assert is_recovered(client, back)
    crowd.members["c"] = back
    crowd.seconds_until_heard(since, lost, "back and served")


@pytest.mark.parametrize("session", [SESSION, 6_000])
def test_a_node_that_hung_is_one_of_the_cluster_again(kafka, session):
    """Its session still holds; or the group has fenced it."""
    config = config_of(kafka, unique("hung"), session)
    with WeirCluster(config, "abc") as cluster:
        crowd = Crowd(cluster, "ac", "b")
        lost = crowd.partitions_of("c")
        crowd.say_to(range(PARTITIONS))
        crowd.hear()

        since = time.monotonic()
        cluster["c"].freeze()
        crowd.say_to(lost)
        crowd.hear("a")
        heard = time.monotonic() - since
        print(f"after SIGSTOP of the reader: {heard:.2f} s")
        assert heard < BOUND
        if session < SESSION:
            wait_until(lambda: all(
                not set(lost) & set(crowd.partitions_of(x)) or
                cluster[x].metric("weir_partitions_interim") == 0
                for x in "ab"), "the group to assign them")
            crowd.say_to(range(PARTITIONS))
            crowd.hear("a")

        woken = time.monotonic()
        cluster["c"].thaw()
        wait_until_only_the_group_reads(cluster)
        print(f"whole again after {time.monotonic() - woken:.2f} s")
        crowd.say_to(range(PARTITIONS))
        crowd.hear()


def test_what_a_node_reads_that_stops_is_read_by_others(cluster):
    crowd = Crowd(cluster, "a", "b")
    lost = crowd.partitions_of("c")
    crowd.say_to(range(PARTITIONS))
    crowd.hear()
    c = cluster.nodes.pop("c")
    since = time.monotonic()
    c.terminate()
    wait_until(lambda: any("stopping" in line for line in c.log()),
               "it to stop")
    for _ in range(5):
        crowd.seconds_until_heard(since, lost, "while the reader stops")
    assert c.wait_for_exit() == 0
    wait_until(lambda: interim(cluster) == 0, "interim readers to end")
    crowd.say_to(range(PARTITIONS))
    crowd.hear()
