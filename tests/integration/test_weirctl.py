"""weirctl: what it prints, what scripts can tell by its exit code, and that
nothing that a node says harms the terminal."""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import random
import re
import socket
import struct
import subprocess
import termios
import threading

import pytest

from http_server import HttpServer
from operated_cluster import operated_cluster
from raw_client import RawClient
from test_inspection import listed
from tls_authority import Authority
from waiting import PATIENCE, wait_until
from weir_fixtures import node_of
from weir_node import WeirNode, binary, program

CONFIG = """
[kafka]
embedded = true
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "{id}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
"""
WEIRCTL = str(pathlib.Path(binary()).with_name("weirctl"))
DONE, NOT_DONE, BAD_USAGE, NO_ANSWER, INCOMPLETE, LOST_OUTPUT = range(6)


def command_line(node, *arguments):
    """`node` is one, or a URL."""
    url = node if isinstance(node, str) else (
        f"http{'s' if node.tls else ''}://127.0.0.1:{node.admin_port}")
    return [WEIRCTL, "--url", url, *arguments]


def environment_of(more):
    return {k: v for k, v in os.environ.items()
            if not k.startswith("WEIRCTL_")} | more


def weirctl(node, *arguments, **environment):
    """(exit code, stdout, stderr)"""
    run = subprocess.run(
        command_line(node, *arguments), capture_output=True, text=True,
        timeout=PATIENCE, env=environment_of(environment))
    return run.returncode, run.stdout, run.stderr


node = node_of(CONFIG)


@contextlib.contextmanager
def endpoint(status, body, content_type="application/json"):
    """The URL of one that always answers this."""
    answer = status, {"Content-Type": content_type}, body.encode()
    with HttpServer(answer, keeps=False) as server:
        yield server.url


def table(text):
    """Rows of cells, each a list, with the heading first."""
    return [re.split(r"  +", x) for x in text.splitlines() if x]


def test_status_says_whether_the_node_is_ready(node):
    code, text, _ = weirctl(node, "status")
    assert code == DONE
    assert text.startswith("ready  yes\nlag    0 records in ")
    assert ["name", "state"] == table(text)[2][:2]
    code, text, _ = weirctl(node, "--json", "status")
    assert code == DONE and json.loads(text)["readiness"]["ready"] is True


def test_status_says_why_it_is_not_ready():
    config = CONFIG.replace("embedded = true", 'brokers = "127.0.0.1:1"')
    with WeirNode(config, ready=False) as node:
        code, text, _ = weirctl(node, "status")
        assert code == NOT_DONE
        assert text.startswith("ready  no\n  because ")


def test_top_shows_it_as_often_as_it_is_asked_for(node):
    code, text, _ = weirctl(node, "top", "--interval", "0.1", "--times", "2")
    assert code == DONE
    assert text.count("ready  yes") == 2


def cells_below(text, *heading):
    """{first cell: {column: cell}} of the last table that begins so."""
    rows = table(text)
    begin = max(i for i, x in enumerate(rows) if x[:len(heading)] == [*heading])
    names = rows[begin]
    return {x[0]: dict(zip(names, x)) for x in rows[begin + 1:]
            if len(x) == len(names)}


def test_top_has_what_is_done_in_a_second(node):
    done = threading.Event()

    def chat():
        while not done.is_set():
            client.emit("say", {"room": "hall"})
            client.next_event()

    with RawClient(node.port) as client:
        client.join("hall")
        talk = threading.Thread(target=chat)
        talk.start()
        try:
            code, text, _ = weirctl(node, "top", "--interval", "1",
                                    "--times", "2")
        finally:
            done.set()
            talk.join(PATIENCE)
    assert code == DONE
    first, second = text.split("ready  yes")[1:]
    # Nothing is known of rates at the first look.
    assert cells_below(first, "node")["all"]["events in/s"] == "-"
    of_all = cells_below(second, "node")["all"]
    for what in ("events in/s", "events out/s", "stored/s"):
        assert re.fullmatch(r"[0-9.]+k?", of_all[what]), of_all
        assert of_all[what] != "0", of_all
    assert of_all["clients"] == "1" and of_all["connects/s"] == "0"
    # The partition that has all is the first, the room that was sent it, too.
    partitions = [x for x in table(second) if x[0] == "chat"]
    assert partitions[0][3] != "0"
    assert [x[3] for x in partitions[1:]] == ["0"] * 3
    assert "hall" in [x[1] for x in table(second) if x[0] == "/"]


def test_top_sorts_partitions_by_what_is_not_read():
    rows = [{"topic": "t", "partition": i, "node": "a", "position": "5",
             "log_end": str(5 + lag), "lag": str(lag)}
            for i, lag in enumerate([3, 70, 0])]
    body = json.dumps({"ready": True, "reasons": [], "partitions": rows,
                       "silent_nodes": []})
    with endpoint(200, body) as url:
        _, text, _ = weirctl(url, "top", "--times", "1", "--sort", "lag")
    assert [x[4] for x in table(text) if x[0] == "t"] == ["70", "3", "0"]
    assert weirctl("http://127.0.0.1:1", "top", "--sort", "luck")[0] == BAD_USAGE


def on_a_terminal(columns, node, *arguments):
    """What it writes there."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    url = node if isinstance(node, str) else f"http://127.0.0.1:{node.admin_port}"
    run = subprocess.Popen([str(pathlib.Path(binary()).with_name("weirctl")),
                            "--url", url, *arguments], stdout=its,
                           stderr=subprocess.DEVNULL)
    os.close(its)
    text = b""
    with contextlib.suppress(OSError):  # its end
        while part := os.read(ours, 4096):
            text += part
    os.close(ours)
    run.wait(PATIENCE)
    return text.decode().replace("\r\n", "\n")


def test_tables_are_cut_where_a_terminal_ends(node):
    text = on_a_terminal(40, node, "nodes")
    lines = text.splitlines()
    assert {len(x) for x in lines} == {40}
    assert all(x.endswith("…") for x in lines)
    wide = on_a_terminal(200, node, "nodes")
    assert "…" not in wide and wide.splitlines()[0].endswith("encrypted")
    # Whoever reads it is no terminal: all is there.
    assert weirctl(node, "nodes")[1] == wide


def test_top_keeps_what_it_shows_until_it_has_an_answer(node):
    clear = "\x1b[H\x1b[2J"
    assert on_a_terminal(80, node, "top", "--times", "1").startswith(
        clear + "ready  yes")
    assert clear not in on_a_terminal(80, "http://127.0.0.1:1", "top",
                                      "--times", "1")


def test_lists_are_tables_or_what_the_endpoint_says(node):
    with RawClient(node.port) as client:
        client.join("hall")
        for what, cell in (("nodes", "up"), ("partitions", "chat"),
                           ("actors", "connection"), ("rooms", "hall"),
                           ("connections", "websocket")):
            code, text, _ = weirctl(node, what)
            assert code == DONE
            heading, *rows = table(text)
            assert any(cell in row for row in rows), text
            assert all(len(row) == len(heading) for row in rows), text
            code, text, _ = weirctl(node, what, "--json")
            assert code == DONE and json.loads(text)[what]


def test_what_is_busy_and_hot_is_listed(node):
    with RawClient(node.port) as client:
        client.join("hall")
        for _ in range(3):
            client.emit("say", {"room": "hall"})
            client.next_event()
        code, text, _ = weirctl(node, "actors", "--busiest")
        assert code == DONE
        kinds, busiest = text.split("\n\n")
        assert table(kinds)[0][:3] == ["type", "node", "count"]
        assert table(busiest)[0][:3] == ["type", "id", "node"]
        assert len(table(busiest)) == 11

        def hot():
            code, text, _ = weirctl(node, "hot", "--limit", "1")
            assert code == DONE
            return {tuple(x[:2]) for x in table(text)[1:]}
        wait_until(lambda: {("room", "hall"), ("key", "hall")} <= hot(),
                   "the room to be the hottest")
        assert len(hot()) == 3


def test_a_room_and_a_connection_come_in_detail(node):
    with RawClient(node.port) as client:
        client.join("hall")
        stored = client.emit("say", {"room": "hall"})
        client.next_event()
        next_offset = str(stored["offset"] + 1)
        code, text, _ = weirctl(node, "rooms", "hall")
        assert code == DONE
        assert any(row[1:3] == [str(stored["partition"]), next_offset]
                   for row in table(text)), text
        code, text, _ = weirctl(node, "connections", client.socket_id)
        assert code == DONE
        assert any(row[:5] == [client.socket_id, "/", "hall",
                               str(stored["partition"]), next_offset]
                   for row in table(text)), text


def test_what_is_chosen_is_listed_page_by_page(node):
    with RawClient(node.port) as client:
        for room in "abc":
            client.join(room)
        code, text, problem = weirctl(node, "rooms", "--limit", "2")
        assert code == DONE
        assert [x[1] for x in table(text)[1:]] == ["a", "b"]
        assert "--all, or --after '/,b'" in problem
        _, text, _ = weirctl(node, "rooms", "--limit", "2", "--after", "/,b")
        assert [x[1] for x in table(text)[1:]] == ["c"]
        _, text, problem = weirctl(node, "rooms", "--limit", "2", "--all")
        assert [x[1] for x in table(text)] == ["room", "a", "b", "c"]
        assert not problem
        _, text, _ = weirctl(node, "--json", "rooms", "--limit", "1", "--all")
        assert [x["name"] for line in text.splitlines()
                for x in json.loads(line)["rooms"]] == ["a", "b", "c"]
        _, text, _ = weirctl(node, "rooms", "--prefix", "b")
        assert [x[1] for x in table(text)[1:]] == ["b"]
        _, text, _ = weirctl(node, "connections", "--room", "a")
        assert len(table(text)) == 2
        _, text, _ = weirctl(node, "connections", "--behind")
        assert len(table(text)) == 1
        for transport, rows in (("websocket", 1), ("polling", 0)):
            _, text, _ = weirctl(node, "connections", "--transport", transport)
            assert len(table(text)) == 1 + rows


def test_it_disconnects_whom_it_is_told(node):
    with RawClient(node.port) as one, RawClient(node.port) as two:
        one.join("x y/z?"), two.join("hall")
        assert weirctl(node, "disconnect", "--room", "x y/z?")[:2] == (
            DONE, "disconnected 1\n")
        assert weirctl(node, "disconnect", "--sid", two.socket_id)[:2] == (
            DONE, "disconnected 1\n")
        assert weirctl(node, "disconnect", "--user", "nobody")[:2] == (
            NOT_DONE, "disconnected 0\n")


def test_it_says_that_nothing_is_wrong_or_what(node):
    with RawClient(node.port) as client:
        client.join("hall")
        assert weirctl(node, "check") == (DONE, "nothing is wrong\n", "")
    config = CONFIG.replace("embedded = true", 'brokers = "127.0.0.1:1"')
    with WeirNode(config, ready=False) as lonely:
        code, text, _ = weirctl(lonely, "check")
        assert code == NOT_DONE and "not ready: no Kafka broker" in text
        code, text, _ = weirctl(lonely, "--json", "check")
        assert code == NOT_DONE and json.loads(text)["findings"]


@pytest.mark.parametrize("answer,finding", [
    ({"nodes": [{"name": "b", "state": "down"}]}, "node b is down"),
    ({"nodes": [{"name": "a", "state": "up"},
                {"name": "b", "state": "up",
                 "readiness": {"ready": False, "reasons": ["it drains"]}}]},
     "node b is not ready: it drains"),
    ({"nodes": [{"name": "a", "state": "up", "mappings": "1"},
                {"name": "z", "state": "up", "mappings": ""},
                {"name": "b", "state": "up", "mappings": "2"}]},
     "node b has other mappings than node a"),
    ({"nodes": [{"name": "a", "state": "up", "mappings": "1",
                 "token_keys": "1"},
                {"name": "z", "state": "up", "mappings": "",
                 "token_keys": ""},
                {"name": "b", "state": "up", "mappings": "1",
                 "token_keys": ""}]},
     "node b has other keys of tokens (auth.jwt.jwks) than node a"),
    ({"partitions": [{"topic": "t", "partition": 3, "lag": "10001",
                      "node": "b"}]}, "partition t/3 is 10001 records behind"),
    ({"partitions": [{"topic": "t", "partition": 3, "interim": True,
                      "node": "b"}]}, "t/3 is read by node b in place"),
    ({"metrics": [{"name": "weir_members_lagging", "node": "b", "value": 2}]},
     "node b has 2 members of rooms that are behind"),
    ({"rooms": [{"name": "r", "namespace": "/", "nodes": [
        {"node": "b", "problem": "no topic"}]}]},
     "room r of / gets nothing on node b: no topic"),
    ({"rooms": [{"name": "r", "namespace": "/", "nodes": [
        {"node": "b", "members_lagging": 2}]}]}, "2 members behind on node b"),
    ({"rooms": [{"name": "r", "namespace": "/", "nodes": [
        {"node": "b", "waiting_joins": 2, "waiting_ms": 5001}]}]},
     "room r of / has joins on node b that are not answered, 2 of them")])
def test_each_thing_that_is_wrong_has_a_line(answer, finding):
    with endpoint(200, json.dumps(answer)) as url:
        code, text, _ = weirctl(url, "check")
        assert code == NOT_DONE and finding in text
    with endpoint(200, json.dumps(answer | {
            "partial": True, "silent_nodes": ["z"]})) as url:
        code, _, problem = weirctl(url, "check")
        assert code == INCOMPLETE and '["z"]' in problem
        code, text, _ = weirctl(url, "--json", "check")
        found = json.loads(text)
        assert code == INCOMPLETE and not found["complete"]
        assert found["silent_nodes"] == ["z"] and found["findings"]


def test_nothing_found_where_nobody_answers_is_not_all_well(node):
    code, text, problem = weirctl("http://127.0.0.1:1", "--json", "check")
    found = json.loads(text)
    assert code == NO_ANSWER and "127.0.0.1:1" in problem
    assert (found["complete"], found["findings"]) == (False, [])
    [why] = found["unanswered"]
    assert why.startswith("/readyz: http://127.0.0.1:1: Connection refused")
    code, text, _ = weirctl(node, "--json", "check")
    assert code == DONE and json.loads(text) == {
        "findings": [], "notes": [], "complete": True, "unanswered": [],
        "silent_nodes": []}


@pytest.mark.parametrize("answer", [
    {"nodes": [{"name": "b", "state": "left"}]},
    # Of earlier versions, which do not tell:
    {"nodes": [{"name": "a", "state": "up"}, {"name": "b", "state": "up"}]},
    {"nodes": [{"name": "a", "state": "up"},
               {"name": "b", "state": "up",
                "readiness": {"ready": True, "reasons": []}}]},
    {"rooms": [{"name": "r", "namespace": "/", "nodes": [
        {"node": "b", "waiting_joins": 2, "waiting_ms": 4000}]}]}])
def test_what_is_as_it_should_be_is_no_finding(answer):
    with endpoint(200, json.dumps(answer)) as url:
        code, text, _ = weirctl(url, "check")
        assert code == DONE and text.startswith("nothing is wrong\n")


def test_a_node_that_is_down_makes_the_answer_incomplete():
    with endpoint(503, 'node "b" is down: there is no link to it',
                  "text/plain") as url:
        for what in "nodes", "rooms":
            code, _, problem = weirctl(url, what, "--node", "b")
            assert code == INCOMPLETE and 'node "b" is down' in problem


def test_records_that_back_ends_wrote_wrong_are_noted_and_no_failure():
    answer = {"metrics": [{"name": f"weir_{x}_total", "node": node, "value": n}
                          for x in ("records_skipped", "keys_misplaced")
                          for node, n in (("b", 3), ("c", 0))]}
    with endpoint(200, json.dumps(answer)) as url:
        code, text, _ = weirctl(url, "check")
        notes = [f"note: since node b has started, 3 records {x}" for x in (
            "that no client can read were skipped (weirctl rooms)",
            "lay in another partition than their key's: a back end has "
            "another partitioner (weirctl hot)")]
        assert (code, text.splitlines()) == (DONE, ["nothing is wrong", *notes])
        code, text, _ = weirctl(url, "--json", "check")
        assert code == DONE and len(json.loads(text)["notes"]) == 2


def test_rooms_show_what_all_nodes_have_skipped():
    answer = {"rooms": [{"name": "r", "namespace": "/", "nodes": [
        {"node": "a", "skipped_records": "4"},
        {"node": "b", "skipped_records": "3"}]}]}
    with endpoint(200, json.dumps(answer)) as url:
        heading, row = table(weirctl(url, "rooms")[1])
        assert dict(zip(heading, row))["skipped"] == "7"


def test_it_follows_a_record_to_a_client(node):
    with RawClient(node.port) as client:
        assert weirctl(node, "why", "nobody", "why")[:2] == (
            NOT_DONE, 'no   connected: no socket of / is that of a user or '
            'has an id "nobody"\n')
        code, text, _ = weirctl(node, "why", client.socket_id, "why")
        assert code == NOT_DONE and "no   member: " in text
        client.join("why")
        stored = client.emit("say", {"room": "why"})
        client.next_event()
        where = "--partition", str(stored["partition"]), "--offset"
        wait_until(lambda: weirctl(node, "why", client.socket_id, "why")[0]
                   == DONE, "all of it to be delivered")
        code, text, _ = weirctl(node, "why", client.socket_id, "why", *where,
                                str(stored["offset"]))
        assert code == DONE and "no " not in text.replace("no event", "")
        assert f"up to offset {stored['offset'] + 1}" in text
        assert "yes  record: " in text
        code, text, _ = weirctl(node, "why", client.socket_id, "why", *where,
                                str(stored["offset"] + 1))
        assert code == NOT_DONE and "is not in the log yet" in text
        code, text, _ = weirctl(node, "--json", "why", client.socket_id, "why")
        assert code == DONE
        assert {x["step"] for x in json.loads(text)["steps"]} == {
            "connected", "member", "room", "read", "delivered", "taken"}


def test_it_has_clients_get_what_it_says(node):
    with RawClient(node.port) as client:
        who = "--sid", client.socket_id
        assert weirctl(node, "join", "steered", *who)[:2] == (DONE, "done 1\n")
        wait_until(lambda: weirctl(node, "emit", "in", "--room", "steered")[0]
                   == DONE, "it to be in the room")
        assert client.next_event() == ["in"]
        assert weirctl(node, "emit", "notice", '{"a": 1}', "a text", "2", *who
                       )[:2] == (DONE, "done 1\n")
        assert client.next_event() == ["notice", {"a": 1}, "a text", 2]
        code, text, _ = weirctl(node, "publish", "steered", "notice", '{"b": 2}')
        assert code == DONE and text.startswith("stored in chat/")
        assert client.next_event() == ["notice", {"b": 2}]
        assert weirctl(node, "leave", "steered", *who)[:2] == (DONE, "done 1\n")
        assert client.next_event()[0] == "weir:left"
        assert weirctl(node, "leave", "steered", *who)[0] == NOT_DONE
    code, text, problem = weirctl(node, "publish", "steered", "notice", "1", "2")
    assert (code, text) == (NOT_DONE, "") and "invalid_payload" in problem
    code, text, problem = weirctl(node, "emit", "connect", "--room", "steered")
    assert (code, text) == (BAD_USAGE, "") and "is no value of event" in problem


def numbers(random_source, count):
    """As JSON has them: of any length, with any fraction and exponent."""
    def digits(most):
        return "".join(random_source.choices("0123456789",
                                             k=random_source.randint(1, most)))
    for _ in range(count):
        whole = digits(40).lstrip("0") or "0"
        fraction = random_source.choice(["", "." + digits(40)])
        exponent = random_source.choice(["", random_source.choice("eE")
                                         + random_source.choice(["", "+", "-"])
                                         + digits(4)])
        yield random_source.choice(["", "-"]) + whole + fraction + exponent


def test_arguments_that_are_json_are_stored_and_sent_as_they_are_written(node):
    """Whatever program reads them back would otherwise find other numbers."""
    arguments = ["12345678901234567890123", "1.10", "1e999", "-0", "[1.0,  2]",
                 '{"b":1,"a":2,"a":3}', '"\\u00e9\\/"', " 7 ", "[" * 31 + "]" * 31,
                 *numbers(random.Random(7), 300)]
    whole = "[" + ",".join(arguments) + "]"
    stored = publish(node, "exact", "notice", '{"all":' + whole + "}")
    since = f"{stored['partition']}:{stored['offset']}"
    _, text, _ = tail(node, "exact", "--since", since, "--count", "1")
    assert text == '["notice",{"all":' + whole + "}]\n"
    with RawClient(node.port) as client:
        weirctl(node, "emit", "notice", arguments[0], "--sid", client.socket_id)
        assert client.next_event() == ["notice", 12345678901234567890123]


def tail(node, *arguments, **kwargs):
    return weirctl(node, "tail", *arguments, **kwargs,
                   WEIRCTL_CLIENT_URL=f"http://127.0.0.1:{node.port}")


def test_it_shows_what_a_client_gets(node):
    stored = [json.loads(weirctl(node, "--json", "publish", "tailed", "notice",
                                 json.dumps({"n": n}))[1]) for n in range(3)]
    since = f"{stored[0]['partition']}:{stored[0]['offset']}"
    code, text, _ = tail(node, "tailed", "--since", since, "--count", "2")
    assert code == DONE
    assert [json.loads(x) for x in text.splitlines()] == [
        ["notice", {"n": 0}], ["notice", {"n": 1}]]


def stored_at(x):
    return f"{x['partition']}:{x['offset']}"


def publish(node, *arguments):
    return json.loads(weirctl(node, "--json", "publish", *arguments)[1])


def test_it_shows_what_is_in_a_topic_for_whatever_room(node):
    first = publish(node, "left", "notice", '{"n": 1}')
    other = publish(node, "right", "hint", "two")
    since = ",".join(stored_at(x) for x in (first, other)
                     if x is first or x["partition"] != first["partition"])
    code, text, _ = weirctl(node, "tail", "--topic", "chat", "--since", since,
                            "--count", "2")
    assert code == DONE
    assert sorted(text.splitlines()) == sorted([
        f'{stored_at(first)} / left ["notice",{{"n": 1}}]',
        f'{stored_at(other)} / right ["hint","two"]'])
    code, text, _ = weirctl(node, "--json", "tail", "--topic", "chat",
                            "--since", since, "--count", "2")
    assert code == DONE
    row = next(x for x in map(json.loads, text.splitlines())
               if x["room"] == "left")
    assert row.pop("time_ms") > 0
    assert row == {
        "topic": "chat", "partition": first["partition"],
        "offset": int(first["offset"]), "namespace": "/", "room": "left",
        "event": "notice", "args": [{"n": 1}], "attachments": 0, "problem": ""}


def test_it_follows_a_topic_and_waits_for_a_slow_terminal(node):
    """What nobody has taken yet is neither kept by the node nor left out."""
    before = publish(node, "flow", "begin", "1")
    with program(WEIRCTL, "--url", f"http://127.0.0.1:{node.admin_port}",
                 "tail", "--topic", "chat", "--since", stored_at(before),
                 stdout=subprocess.PIPE, text=True) as run, \
            RawClient(node.port) as client:
        assert "begin" in run.stdout.readline()
        client.join("flow")
        padding = "x" * 1000
        sent = [client.emit("say", {"room": "flow", "n": n, "p": padding})
                for n in range(300)]  # more than a pipe takes
        assert all(x["status"] == "ok" for x in sent)
        seen = [json.loads(run.stdout.readline().split(" ", 3)[3])
                for _ in sent]
        assert [x[1]["n"] for x in seen] == list(range(300))


def test_it_says_what_no_topic_is(node):
    code, text, problem = weirctl(node, "tail", "--topic", "none")
    assert (code, text) == (NOT_DONE, "") and "no node reads" in problem
    code, text, problem = weirctl(node, "tail", "--topic", "chat", "--since",
                                  "soon")
    assert (code, text) == (BAD_USAGE, "") and "0:12,1:40" in problem
    assert weirctl(node, "tail", "hall", "--topic", "chat")[0] == BAD_USAGE
    assert weirctl(node, "tail")[0] == BAD_USAGE


def test_it_shows_what_a_client_is_refused(node):
    code, text, problem = tail(node, "x" * 256)
    assert (code, text) == (NOT_DONE, "") and "too_large" in problem
    code, text, problem = tail(node, "hall", "--namespace", "/none")
    assert (code, text) == (NOT_DONE, "") and "Invalid namespace" in problem
    code, text, problem = weirctl(node, "tail", "hall", "--client-url",
                                  "http://127.0.0.1:1")
    assert (code, text) == (NO_ANSWER, "") and "127.0.0.1:1" in problem
    code, text, problem = weirctl(node, "tail", "hall", "--client-url", "here")
    assert (code, text) == (BAD_USAGE, "") and "no URL" in problem


def test_it_does_not_wait_for_a_port_that_says_nothing(node):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code, _, problem = weirctl(
            node, "--timeout", "1", "tail", "hall", "--client-url",
            f"http://127.0.0.1:{server.getsockname()[1]}")
        assert code == NO_ANSWER and "for 1000 ms" in problem


def test_it_has_a_configuration_read_again():
    with WeirNode(CONFIG) as node:
        assert weirctl(node, "reload")[:2] == (DONE, "done 1\n")
        node.file.write_text(CONFIG + "[server")
        code, text, problem = weirctl(node, "reload")
        assert (code, text) == (NOT_DONE, "done 0\n")
        assert "weir.toml:" in problem


def test_it_changes_what_is_logged(node):
    assert weirctl(node, "loglevel", "debug")[:2] == (DONE, "done 1\n")
    code, text, problem = weirctl(node, "loglevel", "info", "--node", "z")
    assert (code, text) == (NOT_DONE, "") and 'no node "z"' in problem
    assert weirctl(node, "loglevel", "loud")[0] == BAD_USAGE


def test_what_is_not_there_is_told_by_the_exit_code(node):
    assert weirctl(node, "rooms", "none")[0] == NOT_DONE
    assert weirctl(node, "connections", "none")[0] == NOT_DONE
    code, text, problem = weirctl(node, "actors", "--node", "z")
    assert (code, text) == (NOT_DONE, "") and 'no node "z"' in problem


# Each option that takes a number, with what is just too little and too much,
# and what is just right.
NUMBERS = [
    ("--timeout", ["0", "3601"], ["1", "3600"], ["nodes"]),
    ("--limit", ["0", "101"], ["1", "100"], ["hot"]),
    *(("--limit", ["0", "1001"], ["1", "1000"], [x])
      for x in ("rooms", "connections", "partitions")),
    ("--interval", ["0.09", "3601"], ["0.1", "3600"], ["top", "--times", "1"]),
    ("--times", [str(1 << 32)], [], ["top"]),
    ("--max-lag", [], ["0"], ["check"]),
    ("--partition", [str(1 << 31)], ["0"], ["why", "a", "b"]),
    ("--offset", [str(1 << 63)], ["0"], ["why", "a", "b"]),
    ("--count", [str(1 << 64)], ["1"], ["tail", "a"])]
NO_NUMBERS = ["-1", "-3", "x", "", "1x", "nan", "1e400", "9" * 30, " 1"]
NO_WHOLE_NUMBERS = ["010", "0x10", "1.5", "+1", "-0"]


@pytest.mark.parametrize("arguments", [
    [], ["rom"], ["rooms", "--unknown"], ["disconnect"],
    ["disconnect", "--sid", "a", "--user", "b"], ["emit", "x"], ["join", "r"],
    ["leave", "r"], ["emit", "x", "--sid", "", "--user", "ada"],
    ["join", "", "--sid", "a"], ["drain", ""], ["reload", "--node", ""],
    ["emit", "x", "\udcff", "--user", "a"], ["publish", "r", "\udcff"],
    ["tail", "r", "--auth", "[1]"], ["--ca", "/nowhere", "nodes"],
    ["--url", "127.0.0.1:1", "nodes"], ["--url", "http://127.0.0.1", "nodes"],
    ["--url", "ftp://a:1", "nodes"], ["--url", "http://user@a:1", "nodes"],
    ["--url", "", "nodes"],
    *([*command, option, value] for option, wrong, _, command in NUMBERS
      for value in (*wrong, *NO_NUMBERS, *(
          NO_WHOLE_NUMBERS if option != "--interval" else ())))])
def test_a_wrong_command_line_is_another_matter(arguments):
    """No node is asked: there is none."""
    code, text, problem = weirctl("http://127.0.0.1:1", *arguments)
    assert (code, text) == (BAD_USAGE, "") and problem
    assert "127.0.0.1:1:" not in problem


@pytest.mark.parametrize("arguments", [
    [*command, option, value] for option, _, right, command in NUMBERS
    for value in right])
def test_the_least_and_the_most_of_a_number_are_none(arguments):
    assert weirctl("http://127.0.0.1:1", *arguments,
                   WEIRCTL_CLIENT_URL="http://127.0.0.1:1")[0] == NO_ANSWER


@pytest.mark.parametrize("arguments", [
    ["rooms", "--after", "x"], ["connections", "--after", "a,b"],
    ["partitions", "--after", "chat"], ["partitions", "--topic", "a b"],
    ["connections", "--address", "nonsense"], ["rooms", "--namespace", "chat"],
    ["publish", "r", "weir:gap"]])
def test_what_a_node_says_is_wrong_with_it_is_one_as_well(node, arguments):
    code, text, problem = weirctl(node, *arguments)
    assert (code, text) == (BAD_USAGE, "") and "the node answers 400: " in problem


def test_help_and_version_are_no_mistakes(node):
    assert weirctl(node, "--help")[0] == DONE
    assert weirctl(node, "--version")[1].startswith("weirctl ")


@pytest.mark.parametrize("url,why", [
    ("http://127.0.0.1:1", "Connection refused"),
    ("https://127.0.0.1:1", "Connection refused"),
    ("http://name.invalid:1", "Host not found")])
def test_a_node_that_is_not_there_is_named(url, why):
    """And why, in words for people: nothing of where in which source."""
    asked = weirctl(url, "nodes"), weirctl(
        url, "tail", "hall", "--client-url", url)
    for (code, text, problem), port in zip(asked, ("[admin] listen",
                                                   "port of clients")):
        assert (code, text) == (NO_ANSWER, "")
        assert problem.startswith(f"weirctl: {url}: {why}")
        assert problem.endswith(f"; is the node there, and is this its {port}?\n")
        assert not re.search(r"boost|\.[ch]pp|system:", problem)


# Each command that asks an admin endpoint.
QUESTIONS = [
    ["status"], ["top", "--times", "1"], ["nodes"], ["partitions"], ["actors"],
    ["hot"], ["rooms"], ["rooms", "r"], ["connections"], ["connections", "c"],
    ["check"], ["why", "a", "b"], ["tail", "--topic", "chat"],
    ["disconnect", "--user", "a"], ["drain", "z"], ["emit", "x", "--user", "a"],
    ["publish", "r", "x"], ["join", "r", "--user", "a"],
    ["leave", "r", "--user", "a"], ["reload"], ["loglevel", "info"],
    ["--json", "status"], ["--json", "nodes"]]


@pytest.mark.parametrize("arguments", QUESTIONS)
@pytest.mark.parametrize("answer", [
    (404, "", "text/html"), (404, "not found\n", "text/plain"),
    (200, "ok\n", "text/plain"), (200, "[1]", "application/json"),
    (400, '{"code":0,"message":"Transport unknown"}', "application/json"),
    (502, "<html>", "text/html"), (503, "{}", "application/json")])
def test_what_is_no_admin_endpoint_says_nothing_about_a_cluster(
        arguments, answer):
    with endpoint(*answer) as url:
        code, text, problem = weirctl(url, *arguments)
    assert (code, text) == (NO_ANSWER, "")
    assert problem.startswith(f"weirctl: {url}: is this [admin] listen")


def test_a_port_of_clients_is_no_admin_endpoint(node):
    url = f"http://127.0.0.1:{node.port}"
    for command in (["status"], ["nodes"], ["why", "a", "b"]):
        code, text, problem = weirctl(url, *command)
        assert (code, text) == (NO_ANSWER, "") and "[admin] listen" in problem


def test_what_a_node_refuses_is_printed_with_its_reason(node):
    big = "a" * 70_000
    for command in (["publish", "hall", "x", big],
                    ["publish", "hall", "x", *[big] * 20]):
        code, text, problem = weirctl(node, *command)
        assert (code, text) == (NOT_DONE, "")
        assert problem == ("weirctl: the node answers 413: the body of a "
                           "request has at most 65536 bytes here\n")
    logged = wait_until(
        lambda: [x for x in node.log() if "a request was refused" in x],
        "the log to tell")
    assert all("max_body=65536" in x for x in logged)
    code, text, problem = weirctl(node, "rooms", "a" * 20_000)
    assert (code, text) == (NOT_DONE, "")
    assert "431: a request's head has at most 16384 bytes here" in problem
    assert weirctl(node, "publish", "hall", "x", "a" * 60_000)[0] == DONE


# -- what is printed gets there, or the exit code says that it has not --------

@pytest.mark.parametrize("arguments", [
    ["--help"], ["--version"], ["rooms", "--help"], ["status"],
    ["top", "--interval", "0.1"], ["nodes"], ["partitions"], ["actors"],
    ["hot"], ["rooms", "--limit", "1", "--all"], ["connections"], ["check"],
    ["why", "nobody", "hall"], ["loglevel", "info"], ["reload"],
    ["publish", "hall", "x", "1"], ["disconnect", "--user", "nobody"],
    ["tail", "--topic", "chat", "--since", "{since}"],
    ["tail", "hall", "--since", "{since}"]])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_output_that_is_lost_is_no_success(node, arguments, form):
    since = stored_at(publish(node, "hall", "say", "1"))
    arguments = [*form, *(x.format(since=since) for x in arguments)]
    environment = environment_of(
        {"WEIRCTL_CLIENT_URL": f"http://127.0.0.1:{node.port}"})
    with open("/dev/full", "w") as full:
        run = subprocess.run(command_line(node, *arguments), stdout=full,
                             stderr=subprocess.PIPE, text=True, env=environment,
                             timeout=PATIENCE)
    assert run.returncode == LOST_OUTPUT
    assert run.stderr.endswith(
        "weirctl: what it prints is lost: No space left on device\n")
    run = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command_line(node, *arguments)],
        stderr=subprocess.PIPE, text=True, env=environment, timeout=PATIENCE)
    assert run.returncode == LOST_OUTPUT
    assert "Bad file descriptor" in run.stderr


@pytest.mark.parametrize("arguments", [
    ["top", "--interval", "0.1"], ["--json", "top", "--interval", "0.1"],
    ["tail", "--topic", "chat", "--since", "{since}"],
    ["tail", "hall", "--since", "{since}"]])
def test_what_goes_on_ends_when_nobody_reads_it(node, arguments):
    """As `| head -1` does it: quietly, as it was wanted."""
    since = stored_at(publish(node, "hall", "say", "1"))
    run = subprocess.Popen(
        command_line(node, *(x.format(since=since) for x in arguments)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment_of(
            {"WEIRCTL_CLIENT_URL": f"http://127.0.0.1:{node.port}"}))
    with run:
        assert run.stdout.readline()
        run.stdout.close()
        # What nothing is written by cannot notice.
        wait_until(lambda: run.poll() is not None
                   or (publish(node, "hall", "say", "1") and False),
                   "it to notice that nobody reads")
        assert (run.returncode, run.stderr.read()) == (LOST_OUTPUT, "")


def test_a_long_list_ends_when_nobody_reads_it():
    rooms = {"rooms": [{"name": f"{n}" * 100, "namespace": "/"}
                       for n in range(1000)], "next": "/,z"}
    with endpoint(200, json.dumps(rooms)) as url:
        run = subprocess.run(
            ["bash", "-c", '"$@" | head -3; exit ${PIPESTATUS[0]}', "bash",
             *command_line(url, "rooms", "--all")], capture_output=True,
            text=True, timeout=PATIENCE)
    assert len(run.stdout.splitlines()) == 3
    assert (run.returncode, run.stderr) == (LOST_OUTPUT, "")


def test_partitions_and_actors_are_chosen_and_come_in_pages(node):
    def rows(*arguments):
        return table(weirctl(node, *arguments)[1])[1:]
    every = rows("partitions")
    assert len(every) > 2
    assert rows("partitions", "--topic", "chat") == every
    assert rows("partitions", "--topic", "other") == []
    code, _, problem = weirctl(node, "partitions", "--limit", "1")
    assert code == DONE and "--after 'chat/0'" in problem
    assert [x[:2] for x in rows("partitions", "--limit", "1", "--all")] == [
        x[:2] for x in every]
    assert [x[:2] for x in rows("partitions", "--after", "chat/0")] == [
        x[:2] for x in every[1:]]
    assert {x[0] for x in rows("actors", "--type", "room")} <= {"room"}
    assert len(rows("actors", "--type", "room")) < len(rows("actors"))


def test_a_node_that_does_not_answer_is_not_waited_for_longer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        code, _, problem = weirctl(url, "--timeout", "1", "nodes")
        assert code == NO_ANSWER and "within 1000 ms" in problem


def test_a_token_comes_from_a_file_or_the_environment(tmp_path):
    with WeirNode(CONFIG, "admin.token=s3cret", ready=False) as node:
        file = tmp_path / "token"
        file.write_text("s3cret\n")
        assert weirctl(node, "--token-file", str(file), "nodes")[0] == DONE
        assert weirctl(node, "nodes", WEIRCTL_TOKEN="s3cret")[0] == DONE
        code, text, problem = weirctl(node, "nodes", WEIRCTL_TOKEN="s3cre")
        assert (code, text) == (NOT_DONE, "") and "401" in problem
        code, _, problem = weirctl(node, "--token-file", "/nowhere", "nodes")
        assert code == BAD_USAGE and "/nowhere" in problem


def test_an_encrypted_endpoint_must_show_a_certificate_that_is_trusted(
        tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.issue("localhost")
    config = CONFIG + f"""
[admin.tls]
certificate = "{certificate}"
key = "{key}"
"""
    with WeirNode(config, ready=False) as node:
        url = f"https://127.0.0.1:{node.admin_port}"
        ca = "--ca", str(authority.file)
        assert weirctl(url, *ca, "nodes")[0] == DONE
        assert weirctl(url.replace("127.0.0.1", "localhost"), *ca,
                       "nodes")[0] == DONE
        assert weirctl(url.replace("127.0.0.1", "127.0.0.2"), *ca,
                       "nodes")[0] == NO_ANSWER
        code, _, problem = weirctl(url, "nodes")
        assert code == NO_ANSWER and "certificate" in problem
        assert "boost" not in problem and ".hpp" not in problem
        (tmp_path / "no.pem").write_text("nothing")
        code, _, problem = weirctl(url, "--ca", str(tmp_path / "no.pem"),
                                   "nodes")
        assert code == NO_ANSWER and "is no certificate of an authority" in problem


def test_what_clients_name_does_not_move_the_terminal(node):
    name = "\x1b[2J\nhall\u202e"
    with RawClient(node.port) as client:
        client.join(name)
        code, text, _ = weirctl(node, "rooms")
    assert code == DONE
    assert "\\u001b[2J\\u000ahall\\u202e" in text
    assert "\x1b" not in text and "\u202e" not in text
    assert len(table(text)) == 2


def test_it_takes_answers_of_other_versions():
    with endpoint(200, '{"nodes": [{"name": "a", "later": [1]}, 7]}') as url:
        code, text, _ = weirctl(url, "nodes")
        assert code == DONE and table(text)[1][0] == "a"
    with endpoint(200, '{"rooms": 5, "next": []}') as url:
        assert weirctl(url, "rooms")[0] == DONE


@pytest.mark.parametrize("body", ["", "no JSON", "[1]", "{", "[" * 100000])
def test_what_is_no_answer_is_said_to_be_none(body):
    with endpoint(200, body) as url:
        code, text, problem = weirctl(url, "nodes")
        assert (code, text) == (NO_ANSWER, "")
        assert "the node answers 200" in problem


def test_a_list_that_lacks_a_node_says_so():
    body = {"rooms": [], "next": "", "partial": True, "silent_nodes": ["b"]}
    with endpoint(200, json.dumps(body)) as url:
        code, _, problem = weirctl(url, "rooms")
        assert code == INCOMPLETE and '["b"]' in problem
    with endpoint(503, '{"disconnected": 1, "silent_nodes": ["b"]}') as url:
        code, text, problem = weirctl(url, "disconnect", "--sid", "x")
        assert (code, text) == (INCOMPLETE, "disconnected 1\n")
        assert '["b"]' in problem


def test_any_node_answers_for_the_cluster(kafka):
    with operated_cluster(kafka, "weirctl", "ab") as cluster, \
            RawClient(cluster["a"].port) as client:
        client.join("chat:1")
        wait_until(lambda: listed(cluster["b"], "rooms"), "the room")
        _, text, _ = weirctl(cluster["b"], "rooms")
        assert table(text)[1][1] == "chat:1" and table(text)[1][-1] == "a"
        wait_until(lambda: listed(cluster["b"], "partitions", node="b"),
                   "the partitions that the group divides")
        _, text, _ = weirctl(cluster["b"], "partitions", "--node", "b")
        assert {x[2] for x in table(text)[1:]} == {"b"}
        assert weirctl(cluster["b"], "loglevel", "warning")[1] == "done 2\n"
        assert weirctl(cluster["b"], "drain", "a")[1] == "done 1\n"
        assert cluster["a"].wait_for_exit() == 0
        wait_until(lambda: weirctl(cluster["b"], "drain", "a")[0] == NOT_DONE,
                   "the node to be gone")
        assert cluster["b"].process.poll() is None
