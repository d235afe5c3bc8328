"""A configuration that is read again: all of it counts, or nothing; and whoever
is connected notices nothing."""

import http.client
import os
import re
import signal
import threading
import urllib.request

import pytest

from operated_cluster import CONFIG as CLUSTER
from raw_client import RawClient
from raw_websocket import Closed
from test_metrics import limits as limits_of, metrics
from test_tls import Setting, serial
from waiting import PATIENCE, wait_until
from weir_cluster import PARTITIONS, WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import CHAT, WeirNode

CONFIG = f"""
[kafka]
embedded = true
[cluster]
node = "a"
[server.cors]
origins = ["https://one.example"]
{CHAT}"""
ONE, TWO = "https://one.example", "https://two.example"
DONE = 200, {"done": 1, "problems": [], "silent_nodes": []}


@pytest.fixture
def node():
    with WeirNode(CONFIG) as x:
        yield x


def write(node, *replaced, text=CONFIG):
    for before, after in replaced:
        assert before in text
        text = text.replace(before, after)
    node.file.write_text(text)


def reload(node, **fields):
    return node.ask("POST", "/v1/reload", **fields)


def lets_in(node, origin):
    """Whether pages of this origin may poll."""
    with urllib.request.urlopen(urllib.request.Request(
            f"{node.url}/socket.io/?EIO=4&transport=polling",
            headers={"Origin": origin}), timeout=PATIENCE) as answer:
        return answer.headers["Access-Control-Allow-Origin"] == origin


def debug_lines(node):
    """How many there are once one more emit has been refused."""
    with RawClient(node.port) as client:
        assert client.emit("unknown")["code"] == "unknown_event"
    node.delete("/v1/connections/nobody")
    node.wait_for_log("operator's action.*nobody")
    return sum(" debug " in x for x in node.log())


# -- all of it or nothing -----------------------------------------------------

@pytest.mark.parametrize("wrong,why", [
    (("embedded = true", "embedded = maybe"), r"weir\.toml:3:"),
    (('room = "chat:{id}"', 'rom = "chat:{id}"'), r"weir\.toml:11:.*room"),
    (('name = "/"', "name = 1"), r"weir\.toml:9:"),
    (("[server.cors]", "[server.cors"), r"weir\.toml:6:")])
def test_a_file_that_is_wrong_changes_nothing(node, wrong, why):
    before = debug_lines(node)
    write(node, wrong, (ONE, TWO), text=CONFIG + '[log]\nlevel = "debug"\n')
    status, answer = reload(node)
    assert status == 409 and answer["done"] == 0
    assert any(re.search(why, x) for x in answer["problems"]), answer
    node.wait_for_log("configuration not read again: nothing changes.*" + why)
    assert lets_in(node, ONE) and not lets_in(node, TWO)
    assert debug_lines(node) == before == 0


@pytest.mark.parametrize("change,key", [
    (("embedded = true", 'brokers = "127.0.0.1:1"'), "kafka.brokers"),
    (('name = "/"', 'name = "/other"'), "namespace[0].name"),
    (('name = "/"', 'name = "/"\njoin_event = "enter"'),
     "namespace[0].join_event"),
    (("[server.cors]", "[limits]\noutbox = \"2MiB\"\n[server.cors]"),
     "limits.outbox"),
    (('node = "a"', 'node = "b"'), "cluster.node")])
def test_a_key_that_cannot_change_is_named_and_nothing_changes(
        node, change, key):
    write(node, change, (ONE, TWO))
    status, answer = reload(node)
    assert status == 409 and answer["done"] == 0
    assert f"a: {key} cannot change" in "\n".join(answer["problems"])
    assert lets_in(node, ONE) and not lets_in(node, TWO)


def test_a_file_that_is_gone_changes_nothing(node):
    os.remove(node.file)
    assert reload(node)[0] == 409
    assert lets_in(node, ONE)


def test_a_certificate_that_is_of_no_use_changes_nothing(tmp_path):
    setting = Setting(tmp_path)
    config = setting.config().replace(
        "[[namespace]]", f'[server.cors]\norigins = ["{ONE}"]\n[[namespace]]', 1)
    with WeirNode(config, tls=setting.context()) as node:
        before = serial(node, node.tls)
        bad = tmp_path / "bad.pem"
        bad.write_text("no certificate")
        node.file.write_text(config.replace(str(setting.first[0]), str(bad))
                             .replace(ONE, TWO))
        status, answer = reload(node)
        assert status == 409
        assert "server.tls.certificate" in answer["problems"][0]
        assert serial(node, node.tls) == before


# -- what changes -------------------------------------------------------------

def test_origins_change(node):
    write(node, (ONE, TWO))
    assert reload(node) == DONE
    wait_until(lambda: all(lets_in(node, TWO) for _ in range(8)),
               "all loops to know")
    assert not lets_in(node, ONE)
    node.wait_for_log("configuration read again changed=server.cors.origins")


def test_a_signal_does_the_same(node):
    write(node, (ONE, TWO))
    node.process.send_signal(signal.SIGHUP)
    node.wait_for_log("configuration read again changed=server.cors.origins")
    wait_until(lambda: all(lets_in(node, TWO) for _ in range(8)),
               "all loops to know")
    write(node, (ONE, "no origin"))
    node.process.send_signal(signal.SIGHUP)
    node.wait_for_log("configuration not read again: nothing changes")
    assert lets_in(node, TWO)


def test_the_log_changes(node):
    assert debug_lines(node) == 0
    write(node, text=CONFIG + '[log]\nlevel = "debug"\n')
    assert reload(node) == DONE
    assert debug_lines(node) > 0
    write(node, text=CONFIG + '[log]\nformat = "json"\n')
    assert reload(node) == DONE
    assert node.log()[-1].startswith("{")


def test_limits_are_those_of_clients_that_come(node):
    limits = "[limits]\nevents = { rate = 1, burst = 1 }\n"

    def refused(client):
        return sum(client.emit("say", {"room": "chat:1"}).get("code")
                   == "rate_limited" for _ in range(3))
    with RawClient(node.port) as before:
        write(node, text=CONFIG + limits)
        assert reload(node) == DONE
        with RawClient(node.port) as after:
            assert refused(after) >= 1
        assert refused(before) == 0
    write(node)
    assert reload(node) == DONE
    with RawClient(node.port) as again:
        assert refused(again) == 0


def test_how_far_clients_may_be_behind_changes():
    config = CONFIG + '[limits]\noutbox = "256KiB"\n'
    with WeirNode(config) as node, \
            RawClient(node.port, receive_buffer=4096) as before:
        before.join("chat:1")
        node.file.write_text(config + 'max_lag = "1MiB"\n')
        assert reload(node) == DONE
        assert limits_of(metrics(node))["limits.max_lag"] == 1024 * 1024
        with RawClient(node.port, receive_buffer=4096) as after, \
                RawClient(node.port) as sender:
            after.join("chat:1")
            for n in range(100):
                assert sender.emit("say", {"room": "chat:1", "n": n,
                                           "text": "x" * 60_000})["status"] \
                    == "ok"
            node.wait_for_log("limits.max_lag.*" + after.handshake["sid"])
            with pytest.raises(Closed):
                while True:
                    after.next_event()
        got = [before.next_event()[1]["n"] for _ in range(100)]
        assert got == list(range(100))


def test_a_limit_is_shown_as_it_was_where_nothing_changes(node):
    before = limits_of(metrics(node))
    write(node, ("embedded = true", "embedded = maybe"),
          text=CONFIG + '[limits]\nmax_lag = "1MiB"\n')
    assert reload(node)[0] == 409
    assert limits_of(metrics(node)) == before


def test_how_often_sessions_may_begin_changes(node):
    write(node, text=CONFIG + "[limits]\nhandshakes = { rate = 1, burst = 1 }\n")
    assert reload(node) == DONE

    def statuses():
        result = []
        for _ in range(4):
            client = http.client.HTTPConnection("127.0.0.1", node.port,
                                                timeout=PATIENCE)
            client.request("GET", "/socket.io/?EIO=4&transport=polling")
            result.append(client.getresponse().status)
            client.close()
        return result
    assert 429 in statuses()
    write(node)
    assert reload(node) == DONE
    assert statuses() == [200] * 4


def test_the_token_of_operators_changes(node):
    write(node, text=CONFIG + '[admin]\ntoken = "t0ken-1"\n')
    assert reload(node) == DONE
    assert node.get("/v1/nodes")[0] == 401
    first = {"Authorization": "Bearer t0ken-1"}
    assert node.ask("GET", "/v1/nodes", **first)[0] == 200
    write(node, text=CONFIG + '[admin]\ntoken = "t0ken-2"\n')
    assert reload(node, **first) == DONE
    assert node.ask("GET", "/v1/nodes", **first)[0] == 401
    write(node)
    assert reload(node, Authorization="Bearer t0ken-2") == DONE
    assert node.get("/v1/nodes")[0] == 200
    assert not any(x in "".join(node.log()) for x in ("t0ken-1", "t0ken-2"))


def test_certificates_may_be_in_other_files(tmp_path):
    setting = Setting(tmp_path)
    config = setting.config()
    with WeirNode(config, tls=setting.context()) as node, \
            RawClient(node.port, tls=node.tls) as client:
        client.join("chat:1")
        before = serial(node, node.tls)
        moved = tmp_path / "moved"
        moved.mkdir()
        for file in setting.first:
            os.rename(file, moved / os.path.basename(file))
        setting.authority.issue("weir.example.org")
        for file in setting.first:
            os.rename(file, moved / ("new-" + os.path.basename(file)))
            config = config.replace(
                str(file), str(moved / ("new-" + os.path.basename(file))))
        node.file.write_text(config)
        assert reload(node) == DONE
        assert serial(node, node.tls) != before
        client.emit("say", {"room": "chat:1", "text": "still there"})
        assert client.next_event()[1]["text"] == "still there"


# -- nobody notices -----------------------------------------------------------

def test_emits_are_answered_and_rooms_lose_nothing_meanwhile(node):
    """While a client emits, the configuration changes back and forth."""
    total = 0
    stop = threading.Event()
    outcomes = []

    def change():
        while not stop.is_set():
            write(node, (ONE, TWO), text=CONFIG
                  + '[limits]\nunanswered_emits = 32\n')
            outcomes.append(reload(node)[0])
            write(node, ("embedded = true", "embedded = maybe"))
            outcomes.append(reload(node)[0])
            write(node)
            outcomes.append(reload(node)[0])
    with RawClient(node.port) as member, RawClient(node.port) as sender:
        member.join("chat:1")
        thread = threading.Thread(target=change)
        thread.start()
        try:
            while len(outcomes) < 6 and thread.is_alive():
                acks = [sender.start_emit("say", {"room": "chat:1", "n": n})
                        for n in range(total, total + 50)]
                assert all(sender.ack_of(x)["status"] == "ok" for x in acks)
                total += 50
        finally:
            stop.set()
            thread.join(PATIENCE)
        got = [member.next_event()[1]["n"] for _ in range(total)]
    assert got == list(range(total))
    assert set(outcomes) == {200, 409} and outcomes.count(409) * 3 == len(
        outcomes)


def test_each_node_of_a_cluster_reads_its_own(kafka):
    prefix = unique("reload")
    for topic in "chat", "other":
        create_topic(kafka, f"{prefix}.{topic}", PARTITIONS)
    config = CLUSTER.format(brokers=kafka, prefix=prefix)
    cors = f'[server.cors]\norigins = ["{TWO}"]\n'
    with WeirCluster(config, "ab") as cluster:
        for node in cluster.nodes.values():
            node.file.write_text(config + cors)
        assert reload(cluster["a"]) == (
            200, {"done": 2, "problems": [], "silent_nodes": []})
        cluster["b"].file.write_text(config + "[server")
        cluster["a"].file.write_text(config)
        status, answer = reload(cluster["b"])
        assert status == 409 and answer["done"] == 1
        assert answer["problems"] and all(
            x.startswith("b: ") for x in answer["problems"])
        wait_until(lambda: not any(lets_in(cluster["a"], TWO)
                                   for _ in range(8)), "all loops to know")
        assert lets_in(cluster["b"], TWO)
        assert reload(cluster["b"])[1]["done"] == 1
        status, answer = cluster["b"].ask("POST", "/v1/reload?node=a")
        assert status == 200 and answer["done"] == 1
