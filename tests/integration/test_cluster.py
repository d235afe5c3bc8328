"""Nodes that form a cluster: a client may connect to any of them."""

import asyncio
import json

import pytest

import kcat
from crowd import connect_all
from engineio_client import PollingSession, open_websocket, request, target
from raw_client import RawClient
from test_recovery import Recoverer
from waiting import wait_until
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, mapping_of, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
brokers = "{brokers}"
[kafka.properties]
"session.timeout.ms" = 6000

[cluster]
name = "{prefix}"
secret = "a secret of the tests"

[[namespace]]
name = "/"
recovery = "2m"

""" + mapping_of("chat") + """\

  [[namespace.local]]
  events = ["typing"]
  room_from = "/0/room"
"""


SENT = "caf_middleman_outbound_messages_size_bytes_sum"


def config_of(kafka, prefix):
    create_topic(kafka, f"{prefix}.chat", PARTITIONS)
    return CONFIG.format(brokers=kafka, prefix=prefix)


@pytest.fixture(scope="module")
def prefix():
    return unique("cluster")


@pytest.fixture(scope="module")
def cluster(kafka, prefix):
    with WeirCluster(config_of(kafka, prefix), "abc") as cluster:
        yield cluster


class Member(Recoverer):
    def said(self, n):
        """What the next `n` messages were."""
        return [self.next_said() for _ in range(n)]

    def said_from(self, first, n):
        """Likewise, from `first` on: a room begins where its node has got to,
        which may be short of what is acked."""
        while (seen := self.next_said()) != first:
            pass
        return [seen, *self.said(n - 1)]


def say(client, room, n):
    answer = client.emit("say", {"room": room, "n": n})
    assert answer["status"] == "ok", answer
    return answer


# -- rooms span nodes ---------------------------------------------------------

def test_a_room_spans_nodes_and_has_one_order(cluster, kafka, prefix):
    members = [Member(cluster[x].port).enter("chat:order") for x in "abc"]
    others = [Member(cluster[x].port) for x in "abc"]
    started = [(x, x.start_emit("say", {"room": "chat:order", "n": i * 3 + j}))
               for i in range(100) for j, x in enumerate(others)]
    for client, number in started:
        assert client.ack_of(number)["status"] == "ok"
    seen = [x.said(300) for x in members]
    stored = [json.loads(x.value)["n"]
              for x in kcat.consume(kafka, f"{prefix}.chat")
              if x.key == "order"]
    assert seen[0] == seen[1] == seen[2] == stored


def test_each_partition_is_read_by_one_node(cluster):
    owners = [key for x in "abc" for key in cluster[x].partitions()]
    assert sorted(owners) == sorted(set(owners))
    assert len(owners) == PARTITIONS
    shares = [len(cluster[x].partitions()) for x in "abc"]
    assert min(shares) >= 1, shares


def test_every_node_knows_all_of_them(cluster):
    with RawClient(cluster["b"].port), RawClient(cluster["b"].port):
        def connections():
            return {x["name"]: x["connections"] for x in
                    cluster["a"].get("/v1/nodes")[1]["nodes"]}["b"]
        base = wait_until(lambda: connections() >= 2, "b's connections")
        assert base


def test_every_node_tells_who_reads_what_and_how_its_links_are(cluster):
    for x in "abc":
        nodes = {y["name"]: y for y in cluster[x].get("/v1/nodes")[1]["nodes"]}
        owned = [y for node in nodes.values() for y in node["owned"]]
        assert len(owned) == len(set(owned)) == PARTITIONS
        for name in "abc":
            assert sorted(nodes[name]["owned"]) == sorted(
                f"{topic}/{n}" for topic, n in cluster[name].partitions())
        assert "link" not in nodes.pop(x)
        for link in (y["link"] for y in nodes.values()):
            # Greetings, subscriptions and batches have gone both ways.
            assert int(link["sent_bytes"]) > 1000
            assert int(link["received_bytes"]) > 1000
            assert not link["encrypted"]
            assert link["silent_ms"] < 2000  # cluster.timeout


def test_a_node_without_members_never_gets_the_records(cluster):
    """Counted by the bytes that nodes send each other."""
    def sent():
        return sum(cluster[x].metric(SENT) for x in "abc")
    owner_of = {key[1]: x for x in "abc" for key in cluster[x].partitions()}
    with Member(cluster["a"].port) as probe:
        # A room whose partition is its own node's.
        for i in range(100):
            room = f"chat:near-{i}"
            place = say(probe, room, -1)["partition"]
            if owner_of[place] == "a":
                break
        member = Member(cluster["a"].port).enter(room)
        before = sent()
        big = "x" * 10_000
        for i in range(100):
            probe.start_emit("say", {"room": room, "n": i, "x": big})
        assert member.said_from(0, 100) == list(range(100))
        assert sent() - before < 300_000  # of 1,000,000
        # With a member elsewhere they cross one link, once, however many
        # members there are.
        far = [Member(cluster["b"].port).enter(room) for _ in range(5)]
        before = sent()
        for i in range(100):
            probe.start_emit("say", {"room": room, "n": i, "x": big})
        for x in far:
            assert x.said_from(0, 100) == list(range(100))
        assert 1_000_000 < sent() - before < 1_500_000


def test_a_hot_rooms_records_cross_each_link_once(cluster):
    """tools/bench/cluster does the same with 5,000 members."""
    def sent():
        return [cluster[x].metric(SENT) for x in "abc"]
    records, size = 100, 10_000

    async def run():
        crowd = [y for x in "abc"
                 for y in await connect_all(cluster[x].port, range(100))]
        for x in crowd:
            assert (await x.emit("join", "chat:hot"))["status"] == "ok"
        before = sent()
        acks = [crowd[0].start_emit("say", {"room": "chat:hot", "n": n,
                                            "x": "x" * size})
                for n in range(records)]
        places = {(await x)["partition"] for x in acks}
        def said(x):
            return [e[1]["n"] for e in x.events if e[0] == "say"]
        for x in crowd:
            await x.wait_for(lambda x: len(said(x)) >= records)
            assert said(x) == list(range(records))
        after = sent()
        for x in crowd:
            await x.close()
        return places.pop(), [y - x for x, y in zip(before, after)]

    place, bytes_of = asyncio.run(run())
    owner = next(n for n, x in enumerate("abc")
                 if place in [key[1] for key in cluster[x].partitions()])
    # From the owner to each of the two others, and from nobody else.
    once = records * size
    assert 2 * once < bytes_of.pop(owner) < 2.2 * once
    assert max(bytes_of) < 0.1 * once


def test_local_events_reach_the_members_on_all_nodes(cluster):
    members = {x: Member(cluster[x].port).enter("chat:typing") for x in "abc"}
    members["a"].emit("say", {"room": "chat:typing", "n": 1})
    for x in "abc":
        assert members[x].said(1) == [1]
    members["b"].start_emit("typing", {"room": "chat:typing", "who": "b"})
    for x in "ac":
        event = members[x].next_event()
        assert event[:2] == ["typing", {"room": "chat:typing", "who": "b"}]
    members["b"].emit("say", {"room": "chat:typing", "n": 2})
    assert members["b"].said(1) == [2]  # and its own local event did not come


# -- clients that move --------------------------------------------------------

def test_a_client_comes_back_on_another_node(cluster):
    client = Member(cluster["a"].port).enter("chat:move")
    with RawClient(cluster["c"].port) as speaker:
        say(speaker, "chat:move", 1)
        assert client.said(1) == [1]
        client.websocket.close()
        say(speaker, "chat:move", 2)
        back = Member(cluster["b"].port, auth=client.auth())
        assert back.socket_id == client.socket_id
        say(speaker, "chat:move", 3)
        assert back.said(2) == [2, 3]


def test_an_old_connection_on_another_node_is_closed_first(cluster):
    client = Member(cluster["a"].port).enter("chat:alive")
    with RawClient(cluster["c"].port) as speaker:
        for n, name in enumerate("bcab"):
            back = Member(cluster[name].port, auth=client.auth())
            assert back.socket_id == client.socket_id
            client.websocket.code_of_close()  # ends when it is closed
            back.read_position()
            say(speaker, "chat:alive", n)
            assert back.said(1) == [n]
            client = back


def test_a_polling_client_may_use_any_node(cluster):
    session = PollingSession(cluster["a"].port)
    nodes = [cluster[x] for x in "bcab"]
    answer = request(nodes[0].port, "POST", session.target(), "40")
    assert (answer.status, answer.body) == (200, b"ok")
    answer = request(nodes[1].port, "GET", session.target())
    assert answer.status == 200 and b'40{"sid"' in answer.body
    answer = request(nodes[2].port, "POST", session.target(),
                     '4211["join","chat:poll"]')
    assert answer.status == 200
    got = b""
    while b"4311[" not in got:
        answer = request(nodes[3].port, "GET", session.target())
        assert answer.status == 200
        got += answer.body
    # A WebSocket cannot be passed on; the client stays with polling.
    refused = open_websocket(cluster["b"].port, session.sid)
    assert refused.status == 400
    assert request(cluster["c"].port, "POST", session.target(),
                   "41").status == 200


def test_a_session_of_nobody_is_unknown_everywhere(cluster):
    for x in "abc":
        answer = request(cluster[x].port, "GET", target("polling", "A" * 20))
        assert (answer.status, json.loads(answer.body)["code"]) == (400, 1)


# -- nodes that come and go ---------------------------------------------------

def test_nobody_misses_anything_when_a_node_is_killed(kafka):
    with WeirCluster(config_of(kafka, unique("killed")), "abc") as cluster:
        rooms = [f"chat:{i}" for i in range(12)]
        members = {x: Member(cluster[x].port) for x in "ab"}
        for member in members.values():
            for room in rooms:
                member.join(room)
        speaker = RawClient(cluster["b"].port)
        leaver = Member(cluster["c"].port).enter(rooms[0])
        for n, room in enumerate(rooms):
            say(speaker, room, n)
        assert leaver.said(1) == [0]
        cluster.kill("c")
        for n, room in enumerate(rooms):
            say(speaker, room, 100 + n)
        back = Member(cluster["a"].port, auth=leaver.auth())
        assert back.socket_id == leaver.socket_id
        for member in members.values():
            seen = member.said(24)
            for n in range(12):
                assert [x for x in seen if x % 100 == n] == [n, 100 + n]
        assert back.said(1) == [100]
        wait_until(lambda: cluster["a"].peers()["c"] == "down", "c to be missed")
        # It comes back under its name, and takes its share.
        cluster.add("c")
        cluster.wait_until_whole()


def test_a_node_that_stops_says_so_and_hands_over(kafka):
    with WeirCluster(config_of(kafka, unique("leaving")), "ab") as cluster:
        member = Member(cluster["a"].port).enter("chat:1")
        leaver = Member(cluster["b"].port).enter("chat:1")
        say(leaver, "chat:1", 1)
        assert (member.said(1), leaver.said(1)) == ([1], [1])
        b = cluster.nodes.pop("b")
        b.terminate()
        leaver.websocket.code_of_close()  # ends when it is closed
        back = Member(cluster["a"].port, auth=leaver.auth())
        assert back.socket_id == leaver.socket_id
        assert b.wait_for_exit() == 0
        b.reader.join()
        assert not any("were not told in time" in x for x in b.log())
        assert cluster["a"].peers()["b"] == "left"
        cluster.wait_until_owned()
        say(member, "chat:1", 2)
        assert (member.said(1), back.said(1)) == ([2], [2])


def test_a_cluster_is_upgraded_node_by_node(kafka):
    """A member comes back after each step, on the node that has taken it."""
    with WeirCluster(config_of(kafka, unique("upgrade")), "abc") as cluster:
        stays = iter("bca")
        member = Member(cluster["a"].port).enter("chat:1")
        expected = iter(range(1000))
        for name in "abc":
            old = cluster.nodes.pop(name)
            old.terminate()
            member.websocket.code_of_close()  # it was on that one
            refuge = next(stays)
            back = Member(cluster[refuge].port, auth=member.auth())
            assert back.socket_id == member.socket_id
            assert old.wait_for_exit() == 0
            cluster.add(name, version="next")
            cluster.wait_until_whole()
            for sender in "abc":
                n = next(expected)
                with RawClient(cluster[sender].port) as speaker:
                    say(speaker, "chat:1", n)
                assert back.said(1) == [n]
            member = back


def test_a_cluster_is_upgraded_version_by_version(cluster, prefix, kafka):
    config = CONFIG.format(brokers=kafka, prefix=prefix)
    with WeirNode(config, "cluster.node=z", "cluster.listen=127.0.0.1:0",
                  f"cluster.seeds={cluster.seed}", version="after_next",
                  ready=False) as stranger:
        for node, which in (stranger, "to"), (cluster["a"], "from"):
            node.wait_for_log(rf"no link {which} a node.*version")


# -- nodes that do not belong -------------------------------------------------

@pytest.mark.parametrize("change, why", [
    ("cluster.name=another", "cluster"),
    ("cluster.secret=another secret of tests", "secret"),
    ("cluster.node=a", "name"),
])
def test_a_node_that_does_not_belong_is_refused(cluster, prefix, kafka, change,
                                                why):
    config = CONFIG.format(brokers=kafka, prefix=prefix)
    with WeirNode(config, "cluster.node=x", "cluster.listen=127.0.0.1:0",
                  f"cluster.seeds={cluster.seed}", "kafka.group=elsewhere"
                  if change.startswith("cluster.name") else change, change,
                  ready=False) as stranger:
        stranger.wait_for_log(rf"no link to a node.*{why}")
        cluster["a"].wait_for_log(rf"no link from a node.*{why}")


def test_a_node_with_another_recovery_is_refused(cluster, prefix, kafka):
    """With other mappings it is not: test_reload_mappings.py."""
    config = CONFIG.format(brokers=kafka, prefix=prefix).replace('"2m"', '"3m"')
    with WeirNode(config, "cluster.node=y", "cluster.listen=127.0.0.1:0",
                  f"cluster.seeds={cluster.seed}", ready=False) as stranger:
        stranger.wait_for_log("no link to a node.*configuration")
