"""Clients reach nodes through the proxies of docs/proxies.md, with the
configurations that stand there."""

import contextlib
import http.client
import ssl
import subprocess
import tomllib

import pytest

from cluster_fixtures import CONFIG, three_nodes
from drivers import TRANSPORTS, Client, Driver
from proxy import FILES, Proxy
from readme import examples
from tls_authority import Authority
from waiting import PATIENCE, wait_until
from weir_fixtures import unique
from weir_node import ROOT, WeirNode, check

DOCUMENT = "docs/proxies.md"
ENDS = ["nginx.conf", "haproxy.cfg", "Caddyfile", "apache.conf"]
PASSES = ["nginx-stream.conf", "haproxy-tcp.cfg"]

# What the document says that Weir is told.
SETTINGS = "server.trust_proxy=127.0.0.1/32", "server.health=true"
LARGE = 900_000


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    x = Authority(tmp_path_factory.mktemp("tls"))
    x.certificate = x.issue("localhost")
    return x


@pytest.fixture(scope="module")
def driver(authority):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_EXTRA_CA_CERTS", authority.file)
        driver = Driver("js")
    yield driver
    driver.stop()


@pytest.fixture(scope="module")
def nodes(kafka):
    with three_nodes(kafka, *SETTINGS) as nodes:
        yield nodes


def proxy(name, nodes, authority, folder, changes=()):
    return Proxy(name, [x.port for x in nodes], *authority.certificate, folder,
                 changes)


def said(client):
    """The next event's first argument; another one is recovery's."""
    while (event := client.next_event())[0] == "weir:position":
        pass
    assert event[0] == "say", event
    return event[1]


def talk(driver, url):
    """Over each transport: into a room and back, large ones too."""
    for transport in TRANSPORTS:
        with Client(driver, url, transport) as client:
            client.wait_for("connect")
            client.join("chat:1")
            for size in (1, LARGE):
                event = {"room": "chat:1", "text": "x" * size}
                assert client.emit("say", event)["status"] == "ok"
                assert said(client) == event
            assert client.emit("mirror", "y" * LARGE) == "y" * LARGE


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("how_many", [1, 3])
def test_clients_talk_through_it(nodes, authority, driver, tmp_path, name,
                                 how_many):
    """Without sticky sessions; TLS ends at the proxy."""
    with proxy(name, nodes[:how_many], authority, tmp_path) as x:
        talk(driver, x.url)


@pytest.fixture(scope="module")
def encrypted(kafka, authority):
    certificate, key = authority.certificate
    with three_nodes(kafka, *SETTINGS, f"server.tls.certificate={certificate}",
                     f"server.tls.key={key}") as nodes:
        yield nodes


@pytest.mark.parametrize("name", PASSES)
def test_tls_is_passed_through(encrypted, authority, driver, tmp_path, name):
    with proxy(name, encrypted, authority, tmp_path) as x:
        talk(driver, x.url)


class Browser:
    """Asks over HTTPS, from an address of its own."""

    def __init__(self, x, authority, address="127.0.0.1"):
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", x.port, timeout=PATIENCE,
            source_address=(address, 0),
            context=ssl.create_default_context(cafile=authority.file))

    def status(self, path="/socket.io/?EIO=4&transport=polling", **fields):
        self.connection.request("GET", path, headers={"Host": "localhost"}
                                | fields)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture(scope="module")
def strict(kafka):
    """A node that takes one connection from each address."""
    config = CONFIG.format(kafka=kafka, prefix=unique("proxies"))
    with WeirNode(config, *SETTINGS, "limits.connections_per_address=1") as node:
        yield node


@pytest.mark.parametrize("name", ENDS)
def test_weir_sees_the_addresses_of_clients(strict, authority, tmp_path, name):
    """And no one who writes another's into a header has it."""
    subnet = f"127.0.{1 + ENDS.index(name)}"
    with proxy(name, [strict], authority, tmp_path) as x:
        first, again, other = (Browser(x, authority, f"{subnet}.{y}")
                               for y in (2, 2, 3))
        assert first.status() == 200
        assert again.status(**{"X-Forwarded-For": "192.0.2.1"}) == 429
        assert other.status() == 200


@pytest.mark.parametrize("name", ENDS)
def test_browsers_speak_http_2_with_it(nodes, authority, tmp_path, name):
    with proxy(name, nodes, authority, tmp_path) as x:
        said = subprocess.run(
            ["curl", "-sS", "--http2", "--cacert", authority.file, "-o",
             "/dev/null", "-w", "%{http_version} %{http_code}",
             f"{x.url}/socket.io/?EIO=4&transport=polling"],
            text=True, capture_output=True, check=True, timeout=PATIENCE).stdout
        assert said == "2 200"


def test_a_node_that_stops_is_left_out(kafka, authority, tmp_path):
    """By each of them."""
    with contextlib.ExitStack() as stack:
        nodes = stack.enter_context(three_nodes(kafka, *SETTINGS))
        clients = []
        for name in ENDS:
            folder = tmp_path / name
            folder.mkdir()
            clients.append(Browser(stack.enter_context(
                proxy(name, nodes, authority, folder)), authority))
        nodes[1].terminate()
        nodes[1].wait_for_exit()
        for client in clients:
            # Those that ask /readyz know within a second or two.
            wait_until(lambda: all(client.status() == 200 for _ in range(6)),
                       "the others to be asked")
            assert [client.status() for _ in range(12)] == [200] * 12


# -- an idle time-out below ping_interval -------------------------------------

# Caddy has none.
SHORT = {"nginx.conf": {"proxy_read_timeout 60s": "proxy_read_timeout 1s"},
         "haproxy.cfg": {"timeout server 60s": "timeout server 1s",
                         "timeout tunnel 60s": "timeout tunnel 1s"},
         "apache.conf": {"ProxyTimeout 60": "ProxyTimeout 1"}}


@pytest.mark.parametrize("name, transport, seen", [
    ("nginx.conf", "websocket", "transport close"),
    ("nginx.conf", "polling", "transport error"),
    ("haproxy.cfg", "websocket", "transport close"),
    ("haproxy.cfg", "polling", "transport error"),
    ("apache.conf", "polling", "transport error")])
def test_with_a_short_time_out_clients_come_and_go(
        nodes, authority, driver, tmp_path, name, transport, seen):
    with proxy(name, nodes[:1], authority, tmp_path, SHORT[name]) as x, \
            Client(driver, x.url, transport) as client:
        first = client.wait_for("connect")
        for _ in range(3):
            assert client.wait_for("disconnect")["why"] == seen
            again = client.wait_for("connect")
            assert (again["recovered"], again["id"]) == (True, first["id"])
    text = (ROOT / DOCUMENT).read_text()
    assert f"`{seen}`" in text


def test_apache_leaves_a_quiet_websocket_alone(kafka, authority, driver,
                                               tmp_path):
    """For longer than its time-out."""
    config = CONFIG.format(kafka=kafka, prefix=unique("proxies"))
    with WeirNode(config, *SETTINGS, "engineio.ping_interval=3s") as node, \
            proxy("apache.conf", [node], authority, tmp_path,
                  SHORT["apache.conf"]) as x, \
            Client(driver, x.url, "websocket") as client:
        client.wait_for("connect")
        client.wait_for("ping")
        assert not [y for y in client.events if y["what"] == "disconnect"]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("name", SHORT)
def test_with_a_ping_interval_below_it_they_stay(kafka, authority, driver,
                                                 tmp_path, name, transport):
    config = CONFIG.format(kafka=kafka, prefix=unique("proxies"))
    with WeirNode(config, *SETTINGS, "engineio.ping_interval=300ms") as node, \
            proxy(name, [node], authority, tmp_path, SHORT[name]) as x, \
            Client(driver, x.url, transport) as client:
        client.wait_for("connect")
        for _ in range(10):  # thrice as long as the time-out, at least
            client.wait_for("ping")
        assert not [y for y in client.events if y["what"] == "disconnect"]
        assert client.emit("mirror", 1) == 1


# -- the document -------------------------------------------------------------

def test_each_example_of_the_document_is_run_here():
    others = [x for x in examples(DOCUMENT) if x.kind != "file"]
    assert set(FILES) == {*ENDS, *PASSES}
    toml, = others
    assert toml.language == "toml"
    assert tomllib.loads(toml.text) == {
        "server": {"trust_proxy": ["127.0.0.1/32"], "health": True}}  # SETTINGS
    status, said = check(toml.text + "[kafka]\nembedded = true\n[[namespace]]\n"
                         'name = "/"\nmapping = [{ room = "a", topic = "a" }]\n')
    assert status == 0, said
