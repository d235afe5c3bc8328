"""TLS on the ports of clients and operators: what comes through it, who is let
in, and certificates that change while connections stay."""

import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import ssl
import subprocess

import pytest

from raw_client import RawClient
from raw_websocket import RawWebSocket
from tls_authority import Authority
from waiting import PATIENCE, SANITIZED, wait_until
from weir_node import WeirNode, check

CONFIG = """
[kafka]
embedded = true
[server]
header_timeout = "2s"
echo_path = "/echo/"
  [server.tls]
  certificate = "{certificate}"
  key = "{key}"
  {more}
  [[server.tls.sni]]
  hosts = ["chat.example.org", "*.wild.example.org"]
  certificate = "{other[0]}"
  key = "{other[1]}"
  [[server.tls.sni]]
  hosts = ["exact.wild.example.org"]
  certificate = "{exact[0]}"
  key = "{exact[1]}"
[admin.tls]
certificate = "{certificate}"
key = "{key}"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  events = ["say"]
  room_from = "/0/room"
"""


class Setting:
    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder)
        self.first = self.authority.issue("weir.example.org")
        self.other = self.authority.issue("chat.example.org")
        self.exact = self.authority.issue("exact.wild.example.org")

    def config(self, more=""):
        certificate, key = self.first
        return CONFIG.format(certificate=certificate, key=key, more=more,
                             other=self.other, exact=self.exact)

    def context(self, **pair):
        """Of a client, which trusts the authority."""
        result = ssl.create_default_context(cafile=self.authority.file)
        if pair:
            result.load_cert_chain(**pair)
        return result


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    return Setting(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def node(setting):
    with WeirNode(setting.config(), tls=setting.context()) as x:
        yield x


def connect(node, context, name="weir.example.org"):
    plain = socket.create_connection(("127.0.0.1", node.port), PATIENCE)
    return context.wrap_socket(plain, server_hostname=name)


def refusal(node, context, name="weir.example.org"):
    """Why a client does not get an answer."""
    try:
        with connect(node, context, name) as x:
            x.sendall(b"GET /socket.io/ HTTP/1.1\r\nHost: a\r\n\r\n")
            assert x.recv(100) == b"", "it has got one"
            return "closed"
    except (ssl.SSLError, ConnectionError) as error:
        return str(error)


def name_of(connection):
    return dict(x[0] for x in connection.getpeercert()["subject"])["commonName"]


def failed(node):
    return node.metric("weir_tls_handshakes_failed_total")


# -- what comes through -------------------------------------------------------

def test_events_come_through(node):
    with RawClient(node.port, tls=node.tls) as client:
        client.join("chat:1")
        assert client.emit("say", {"room": "chat:1", "text": "a"})["status"] == "ok"
        assert client.next_event()[1]["text"] == "a"


def test_the_urls_say_that_it_is_tls(node):
    node.wait_for_log("client=https://127.0.0.1:.* admin=https://127.0.0.1:")


def test_polling_comes_through_one_connection(node):
    connection = http.client.HTTPSConnection("127.0.0.1", node.port,
                                             timeout=PATIENCE, context=node.tls)

    def ask(method, where, body=None):
        connection.request(method, where, body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    where = "/socket.io/?EIO=4&transport=polling"
    status, opened = ask("GET", where)
    assert (status, opened[0]) == (200, "0")
    where += "&sid=" + json.loads(opened[1:])["sid"]
    assert ask("POST", where, "40") == (200, "ok")
    assert ask("GET", where)[1].startswith("40")
    assert ask("POST", where, "420" + json.dumps(["join", "chat:2"]))[0] == 200
    assert ask("GET", where)[1].startswith('430[{"status":"ok"')
    connection.close()


@pytest.mark.parametrize("seed", range(4))
def test_an_echo_is_what_was_sent_however_it_is_cut(node, seed):
    """Records of a client end anywhere, and it reads when it likes: little by
    little, from a small window."""
    choose = random.Random(seed)
    where = "/echo/?EIO=4&transport=websocket"
    with RawWebSocket(node.port, where, receive_buffer=4096,
                      tls=node.tls) as client:
        assert client.receive()[0] == "0"
        sent = ["4" + chr(97 + i % 26) * choose.choice(
            [1, 100, 16_000, 16_384, 17_000, 100_000, 900_000])
            for i in range(8)]
        received = []
        for i, text in enumerate(sent):
            client.send_in_pieces(text, lambda: choose.choice(
                [1, 7, 4_000, 16_384, 20_000, 200_000]))
            # What is not read must fit into the outbox.
            while (waiting := sent[len(received):i + 1]) and (
                    choose.random() < 0.5
                    or sum(map(len, waiting)) > 100_000):
                received.append(client.receive())
        while len(received) < len(sent):
            received.append(client.receive())
        assert received == sent


def test_operators_are_served_over_tls_too(node):
    assert node.get("/livez")[0] == 200
    with socket.create_connection(("127.0.0.1", node.admin_port)) as plain:
        plain.settimeout(PATIENCE)
        plain.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200" not in plain.recv(100)


# -- who is let in ------------------------------------------------------------

def test_plain_http_gets_no_answer_and_is_counted(node):
    before = failed(node)
    with socket.create_connection(("127.0.0.1", node.port)) as plain:
        plain.settimeout(PATIENCE)
        plain.sendall(b"GET /socket.io/ HTTP/1.1\r\nHost: a\r\n\r\n")
        data = b""
        while more := plain.recv(100):
            data += more
        assert b"HTTP" not in data
    wait_until(lambda: failed(node) == before + 1, "it to be counted")
    node.wait_for_log("a TLS handshake failed from=127.0.0.1.*http request")


@pytest.mark.parametrize("said", [b"", b"\x16\x03\x01"])
def test_a_handshake_that_takes_too_long_is_given_up(node, said):
    before = failed(node)
    with socket.create_connection(("127.0.0.1", node.port)) as slow:
        slow.settimeout(PATIENCE)
        slow.sendall(said)
        try:
            assert slow.recv(100) == b""
        except ConnectionResetError:
            pass
        wait_until(lambda: failed(node) == before + 1, "it to be counted")
        node.wait_for_log("a TLS handshake failed from=127.0.0.1.*not complete "
                          "within server.header_timeout")
        with RawClient(node.port, tls=node.tls) as client:  # others are served
            client.join("chat:1")


def test_many_slow_handshakes_hold_nobody_up(node):
    with contextlib.ExitStack() as stack, \
            RawClient(node.port, tls=node.tls) as client:
        client.join("chat:1")
        slow = []
        for i in range(200):
            slow.append(stack.enter_context(
                socket.create_connection(("127.0.0.1", node.port), PATIENCE)))
            slow[-1].sendall(b"\x16\x03\x01\x02\x00\x01"[:i % 7])
        for n in range(50):
            assert client.emit("say", {"room": "chat:1", "n": n})["status"] == "ok"
            assert client.next_event()[1]["n"] == n
        with RawClient(node.port, tls=node.tls) as other:
            other.join("chat:2")
        for x in slow:  # all are given up
            with contextlib.suppress(ConnectionResetError):
                assert x.recv(100) == b""


def test_weak_ciphers_are_not_spoken(setting, node):
    for weak in ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA",
                 "ECDHE-ECDSA-AES128-SHA256"]:
        context = setting.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(weak)
        assert refusal(node, context) != "closed", weak


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_not_spoken(node, version):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{node.port}", version,
         "-cipher", "DEFAULT:@SECLEVEL=0"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE)
    assert done.returncode != 0
    assert "protocol version" in done.stderr


def test_nobody_is_talked_into_an_older_version(node):
    """A client that comes again with less, as somebody has cut it off (RFC
    7507)."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{node.port}", "-tls1_2",
         "-fallback_scsv"], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert "inappropriate fallback" in done.stderr


def test_nobody_renegotiates(node):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{node.port}", "-tls1_2"],
        input="R\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=PATIENCE)
    assert "no renegotiation" in done.stdout


def test_the_oldest_version_is_the_operators_choice(setting):
    with WeirNode(setting.config('min_version = "1.3"'),
                  tls=setting.context()) as node:
        context = setting.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        assert "protocol version" in refusal(node, context)
        with connect(node, setting.context()) as x:
            assert x.version() == "TLSv1.3"


@pytest.mark.parametrize("offered, chosen", [
    (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), ([], None)])
def test_http_1_1_is_chosen(setting, node, offered, chosen):
    context = setting.context()
    if offered:
        context.set_alpn_protocols(offered)
    with connect(node, context) as x:
        assert x.selected_alpn_protocol() == chosen


def test_who_speaks_no_http_1_1_is_told(setting, node):
    context = setting.context()
    context.set_alpn_protocols(["h2"])
    assert "no application protocol" in refusal(node, context).replace("_", " ").lower()


@pytest.mark.parametrize("asked, shown", [
    ("chat.example.org", "chat.example.org"),
    ("CHAT.example.org", "chat.example.org"),
    ("a.wild.example.org", "chat.example.org"),
    ("exact.wild.example.org", "exact.wild.example.org"),
    ("a.b.wild.example.org", "weir.example.org"),
    ("wild.example.org", "weir.example.org"),
    ("elsewhere.example", "weir.example.org")])
def test_each_name_has_its_certificate(setting, node, asked, shown):
    context = setting.context()
    context.check_hostname = False
    with connect(node, context, asked) as x:
        assert name_of(x) == shown


def test_a_clients_certificate_is_verified(setting, tmp_path):
    strangers = Authority(tmp_path, "strangers").issue("somebody")
    known = setting.authority.issue("somebody")
    more = f'client_ca = "{setting.authority.file}"'
    with WeirNode(setting.config(more), tls=setting.context()) as node:
        for pair in [{}, dict(zip(["certfile", "keyfile"], known))]:
            with RawClient(node.port, tls=setting.context(**pair)) as client:
                client.join("chat:1")
        before = failed(node)
        refused = setting.context(**dict(zip(["certfile", "keyfile"],
                                             strangers)))
        refusal(node, refused)
        wait_until(lambda: failed(node) == before + 1, "it to be counted")
        node.wait_for_log("a TLS handshake failed.*verify failed")


def test_a_session_is_resumed(setting, node):
    context = setting.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with connect(node, context) as x:
        session = x.session
    plain = socket.create_connection(("127.0.0.1", node.port), PATIENCE)
    with context.wrap_socket(plain, server_hostname="weir.example.org",
                             session=session) as x:
        assert x.session_reused


# -- certificates that change -------------------------------------------------

def serial(node, context):
    with connect(node, context) as x:
        return x.getpeercert()["serialNumber"]


@pytest.mark.parametrize("hangup", [False, True])
def test_new_certificates_are_read_and_connections_stay(tmp_path, hangup):
    setting = Setting(tmp_path)
    with WeirNode(setting.config(), tls=setting.context()) as node, \
            RawClient(node.port, tls=node.tls) as client:
        client.join("chat:1")
        before = serial(node, node.tls)
        setting.authority.issue("weir.example.org")
        if hangup:
            os.kill(node.process.pid, signal.SIGHUP)
        wait_until(lambda: serial(node, node.tls) != before,
                   "the new certificate")
        node.wait_for_log("files read again what=certificates")
        assert expires(node) == min(
            end_of(x[0]) for x in (setting.first, setting.other, setting.exact))
        client.emit("say", {"room": "chat:1", "text": "still there"})
        assert client.next_event()[1]["text"] == "still there"


def expires(node):
    return node.metric("weir_certificate_expiry_timestamp_seconds",
                       table="server.tls")


def end_of(file):
    text = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", file],
                          capture_output=True, text=True, check=True).stdout
    return ssl.cert_time_to_seconds(text.strip().split("=")[1])


def test_a_broken_certificate_changes_nothing(tmp_path):
    setting = Setting(tmp_path)
    with WeirNode(setting.config(), tls=setting.context()) as node:
        before = serial(node, node.tls)
        pathlib.Path(setting.first[0]).write_text("no certificate")
        node.wait_for_log("files not read again.*what=certificates"
                          ".*server.tls.certificate.*holds no certificate")
        assert serial(node, node.tls) == before
        setting.authority.issue("weir.example.org")
        wait_until(lambda: serial(node, node.tls) != before,
                   "the new certificate")


@pytest.mark.parametrize("key, what", [
    ("certificate", "holds no certificate"),
    ("key", "does not hold the certificate's key"),
    ("client_ca", "holds no certificate")])
def test_check_reads_the_files(tmp_path, key, what):
    setting = Setting(tmp_path)
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    files = dict(certificate=setting.first[0], key=setting.first[1])
    files[key] = broken
    lines = "\n".join(f'{k} = "{v}"' for k, v in files.items())
    status, said = check(
        f"[server.tls]\n{lines}\n[kafka]\nembedded = true\n[[namespace]]\n"
        'name = "/"\n[[namespace.mapping]]\nroom = "a"\ntopic = "a"\n')
    assert status != 0
    assert f"server.tls.{key}" in said and what in said


# -- what it costs ------------------------------------------------------------

@pytest.mark.skipif(SANITIZED, reason="freed memory is kept aside")
def test_an_idle_connection_keeps_no_buffers(node):
    """A record's buffers alone are 33 KiB."""
    def joined():
        client = RawClient(node.port, tls=node.tls)
        client.join("chat:1")
        return client

    clients = [joined() for _ in range(20)]  # what is made once is made
    before = node.memory()
    clients += [joined() for _ in range(300)]
    grown = (node.memory() - before) / 300
    for x in clients:
        x.websocket.close()
    print(f"{grown / 1024:.1f} KiB")
    assert grown < 32 * 1024
