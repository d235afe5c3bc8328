"""Starting a node: what is wrong is said clearly, and early."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess

import pytest

import weir_node
from free_ports import free_ports
from raw_client import RawClient
from waiting import PATIENCE, wait_until
from weir_node import ROOT, WeirNode, check, memory_bound

CONFIG = """
[kafka]
embedded = true
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  events = ["chat message"]
  room_from = "/0/room"
"""


def run_until_it_ends(config, *settings, tmp_path):
    """(exit status, stderr) of a weir that is not going to start."""
    file = tmp_path / "weir.toml"
    file.write_text(config)
    overrides = [x for y in settings for x in ("--set", y)]
    run = subprocess.run([weir_node.binary(), str(file), *overrides], text=True,
                         capture_output=True, timeout=PATIENCE)
    return run.returncode, run.stderr


def test_a_join_right_after_the_start_is_answered():
    """Before the first fetch has told where the partitions begin."""
    for _ in range(5):
        with WeirNode(CONFIG) as node, RawClient(node.port) as client:
            client.join("chat:1")
            event = {"room": "chat:1"}
            assert client.emit("chat message", event)["offset"] == 0
            assert client.next_event() == ["chat message", event]


def test_it_is_ready_once_partitions_are_assigned():
    with WeirNode(CONFIG) as node:
        assert node.get("/livez") == (200, "ok\n")
        status, body = node.get("/readyz")
        assert (status, body["ready"]) == (200, True)
        expected = {("chat", i) for i in range(4)}
        wait_until(lambda: set(node.partitions()) == expected, "the status")


def test_json_lines_have_the_ports_in_fields(tmp_path):
    file = tmp_path / "weir.toml"
    file.write_text(CONFIG)
    settings = ["log.format=json", "server.listen=127.0.0.1:0",
                "admin.listen=127.0.0.1:0", "cluster.listen=127.0.0.1:0",
                "cluster.secret=0123456789abcdef"]
    with subprocess.Popen(
            [weir_node.binary(), str(file),
             *[x for y in settings for x in ("--set", y)]],
            text=True, stderr=subprocess.PIPE,
            preexec_fn=weir_node.die_with_parent) as process:
        try:
            line = next(x for x in map(json.loads, process.stderr)
                        if x["message"].startswith("listening"))
        finally:
            process.kill()
    address = r"127\.0\.0\.1:\d+"
    assert line["message"] == "listening"
    assert re.fullmatch("http://" + address, line["client"])
    assert re.fullmatch("http://" + address, line["admin"])
    assert re.fullmatch(address, line["cluster"])


def test_the_log_names_the_embedded_broker_for_kcat():
    with WeirNode(CONFIG) as node:
        run = subprocess.run(["kcat", "-L", "-b", node.bootstrap], text=True,
                             capture_output=True, timeout=PATIENCE)
        assert 'topic "chat" with 4 partitions' in run.stdout
        assert "lost when the node stops" in node.wait_for_log(
            "the embedded broker is for trying things out.*")[0]


def test_check_and_the_start_say_what_the_embedded_broker_cannot_do():
    with WeirNode(CONFIG) as node:
        cannot = node.wait_for_log("(the embedded broker is for .*) do=")[1]
    for limit in "in memory only", "lost", "Java clients", "no transactions":
        assert limit in cannot, limit
    status, said = check(CONFIG)
    assert status == 0
    assert cannot in said


class ServiceManager:
    """What systemd is for a service of Type=notify."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name)
        self.socket.settimeout(PATIENCE)

    def is_told(self):
        return self.socket.recv(4096).decode()

    def has_heard_all(self):
        self.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            self.socket.recv(1)
        return True


@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_a_service_manager_is_told_when_it_is_open_and_when_it_stops(
        kind, tmp_path, monkeypatch):
    name = {"file": str(tmp_path / "notify"),
            "abstract": "\0weir-test-" + tmp_path.name}[kind]
    manager = ServiceManager(name)
    monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
    with WeirNode(CONFIG, ready=False) as node:
        assert manager.is_told() == "READY=1"
        assert node.get("/livez")[0] == 200
        node.terminate()
        assert manager.is_told() == "STOPPING=1"
        assert node.wait_for_exit() == 0
    assert manager.has_heard_all()


def test_a_service_manager_that_is_gone_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    with WeirNode(CONFIG) as node:
        node.wait_for_log("the service manager cannot be told "
                          r'state="READY=1" why="No such file or directory"')


def test_the_version_names_commit_and_libraries():
    said = subprocess.run([weir_node.binary(), "--version"], check=True,
                          text=True, capture_output=True).stdout
    version = re.search(r"^project\(weir VERSION (\S+)",
                        (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]
    assert re.match(rf"weir {re.escape(version)} \(commit ([0-9a-f]{{12}}"
                    r"(-dirty)?|unknown)\)\n", said), said
    for library in ("CAF", "librdkafka", "Boost", "OpenSSL", "Protobuf",
                    "libsodium"):
        assert re.search(rf"^{library} \d", said, re.MULTILINE), said


@pytest.mark.parametrize("key", ["server.listen", "admin.listen"])
def test_a_port_in_use_is_said_and_ends_it(key, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        others = {"server.listen", "admin.listen"} - {key}
        status, said = run_until_it_ends(
            CONFIG, f"{key}={address}", *(f"{x}=127.0.0.1:0" for x in others),
            tmp_path=tmp_path)
    assert status == 1
    assert f"cannot listen on {address}" in said
    assert "in use" in said
    assert key in said or "[{}] {}".format(*key.split(".")) in said


def test_two_nodes_do_not_share_a_port(tmp_path):
    with WeirNode(CONFIG) as node:
        status, said = run_until_it_ends(
            CONFIG, f"server.listen=127.0.0.1:{node.port}",
            "admin.listen=127.0.0.1:0", tmp_path=tmp_path)
        assert (status, "in use" in said) == (1, True)


# -- weir check ---------------------------------------------------------------

ERRORS = {
    "an unknown key": (
        CONFIG.replace('topic = "chat"', 'tpoic = "chat"'), 8,
        ['unknown key "tpoic"', 'did you mean "topic"']),
    "a wrong type": (
        CONFIG.replace("embedded = true", 'embedded = "yes"'), 3, ["embedded"]),
    "a bad duration": (
        '[engineio]\nping_interval = "25 parsecs"\n' + CONFIG, 2,
        ["25 parsecs"]),
    "a missing topic": (
        CONFIG.replace('topic = "chat"\n', "\n"), 6, ["topic"]),
    "bad TOML": (CONFIG.replace('"chat"', '"chat'), 8, []),
    "overlapping rooms": (
        CONFIG + '[[namespace.mapping]]\nroom = "chat:x{id}"\ntopic = "y"\n',
        12, ["chat:x{id}", "chat:{id}"]),
    "a key without the room's captures": (
        CONFIG.replace('topic = "chat"', 'topic = "chat"\n  key = "k"'), 9,
        ["{id}"]),
    "a reserved event": (
        CONFIG.replace("chat message", "disconnect"), 9, ["disconnect"]),
    "events without room_from": (
        CONFIG.replace('room_from = "/0/room"', ""), 6, ["room_from"]),
    "two brokers": (
        CONFIG.replace("embedded = true",
                       'embedded = true\nbrokers = "localhost:9092"'), 4,
        ["embedded", "brokers"]),
    "no namespace": ("[kafka]\nembedded = true\n", None, ["namespace"]),
}


@pytest.mark.parametrize("what", ERRORS)
def test_check_names_the_line_and_the_text(what):
    config, line, words = ERRORS[what]
    status, said = check(config)
    assert status == 1
    assert line is None or f"weir.toml:{line}:" in said, said
    for word in words:
        assert word in said, said


def test_check_finds_all_errors_at_once():
    config = CONFIG.replace("topic", "tpoic").replace("events", "evnets")
    _, said = check(config)
    assert "tpoic" in said and "evnets" in said


def test_check_adds_up_the_memory_that_the_limits_allow():
    status, said = check(CONFIG)
    assert status == 0
    ok, broker, title, *terms, total, largest, machine = said.splitlines()
    assert "lost when the node stops" in broker
    assert ok.endswith(": ok") and title == "memory, at most:"
    products = [re.search(r"= +([0-9.]+ \w+) x (\d+) \w+$", x) for x in terms]
    assert len(products) > 10 and all(products), said
    assert int(re.search(r"^  sum .* = (\d+) bytes$", total)[1]) > 0
    assert largest.startswith("the largest part: ")
    assert re.match(r"this machine has .*: .* enough for \d+ of them", machine)
    bound = memory_bound(CONFIG)
    assert memory_bound(CONFIG, "server.max_connections=1000") < bound


def test_what_is_wrong_also_keeps_it_from_starting(tmp_path):
    status, said = run_until_it_ends(CONFIG.replace("topic", "tpoic"),
                                     tmp_path=tmp_path)
    assert status == 1
    assert 'did you mean "topic"' in said


def test_a_file_that_is_not_there(tmp_path):
    run = subprocess.run([weir_node.binary(), str(tmp_path / "none.toml")],
                         text=True, capture_output=True, timeout=PATIENCE)
    assert run.returncode == 1
    assert "none.toml" in run.stderr


@pytest.mark.parametrize("file", sorted(
    x.name for x in (ROOT / "config").glob("*.toml")))
def test_the_files_that_come_with_weir_are_right(file):
    path = pathlib.Path(ROOT, "config", file)
    run = subprocess.run([weir_node.binary(), "check", str(path)], text=True,
                         capture_output=True, timeout=PATIENCE)
    # Folders that tools/run puts in place may be missing here.
    assert run.returncode == 0 or "tools/demo" in run.stderr, run.stderr


def test_signals_that_mean_nothing_do_not_end_it():
    with WeirNode(CONFIG) as node:
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            node.process.send_signal(number)
            name = re.escape(signal.strsignal(number))
            node.wait_for_log(f'signal ignored.*signal="?{name}')
        assert node.get("/livez")[0] == 200


def test_without_standard_descriptors(tmp_path):
    """As some supervisors start their programs."""
    file = tmp_path / "weir.toml"
    file.write_text(CONFIG)
    [port] = free_ports(1)

    def close_all():
        weir_node.die_with_parent()
        os.closerange(0, 3)

    with weir_node.program(
            weir_node.binary(), str(file), "--set", "server.listen=127.0.0.1:0",
            "--set", f"admin.listen=127.0.0.1:{port}",
            preexec_fn=close_all) as process:
        def lives():
            assert process.poll() is None, process.returncode
            try:
                with socket.create_connection(("127.0.0.1", port)) as admin:
                    admin.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return admin.recv(100).startswith(b"HTTP/1.1 200")
            except ConnectionRefusedError:
                return False

        wait_until(lives, "the node to live")
        opened = {os.readlink(f"/proc/{process.pid}/fd/{i}") for i in range(3)}
        assert opened == {"/dev/null"}
        process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("text", [
    "a." * 20_000 + "a = 1", "a = " + "[" * 20_000, "a = " + "{a=" * 20_000],
    ids=["key", "list", "table"])
def test_check_survives_any_depth(text):
    status, said = check("[log]\n" + text + "\n")
    assert status == 1
    assert "weir.toml:2:" in said and "more than 64" in said
