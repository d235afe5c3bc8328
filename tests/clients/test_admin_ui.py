"""What the official Admin UI says and hears, by the official JavaScript client;
its page in a browser is tests/browser/admin_ui_test.mjs."""

import contextlib
import json
import re
import time

import pytest

from drivers import Client, driver_of
from engineio_client import PollingSession, open_websocket, websocket_session
from raw_websocket import Closed
from waiting import PATIENCE, wait_until
from weir_cluster import WeirCluster
from weir_fixtures import create_topic, unique
from weir_node import WeirNode

CONFIG = """
kafka.embedded = true
cluster.secret = "0123456789abcdef"
[[namespace]]
name = "/"
  [[namespace.mapping]]
  room = "chat:{id}"
  topic = "chat"
  key = "{id}"
  events = ["say"]
  room_from = "/0/room"
"""

# Of "changeit", with four rounds.
HASH = "$2b$04$abcdefghijklmnopqrstuudwGrhhx5JklpO9.j/ckWDCf3exvs1/2"
LOGIN = {"username": "admin", "password": "changeit"}
CHANGES = {"EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE",
           "MDISCONNECT"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


driver = driver_of("js")


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ui")
    (folder / "index.html").write_text("<p>page</p>")
    return folder


@pytest.fixture
def node(page_folder):
    with ui_node(page_folder) as node:
        yield node


def ui_node(page_folder, *settings):
    return WeirNode(CONFIG, f"admin.ui={page_folder}",
                    f"admin.ui_password={HASH}", *settings)


def admin_url(node):
    return f"http://127.0.0.1:{node.admin_port}"


class Page(Client):
    """What the page does."""

    def __init__(self, driver, node, auth=None, transport="upgrade"):
        super().__init__(driver, admin_url(node), transport, "/admin",
                         LOGIN if auth is None else auth)

    def next(self, name, fits=lambda *_: True):
        """The arguments of the next event of that name that fits; those before
        it are forgotten."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found, *args = self.next_event()
            if found == name and fits(*args):
                return args
        raise AssertionError(f"no {name} that fits within {PATIENCE} s")

    def send(self, *args):
        self.start_emit(*args, ack=False)


@contextlib.contextmanager
def client_of(driver, node, transport="websocket"):
    with Client(driver, node.url, transport) as client:
        yield client, client.wait_for("connect")["id"]


def test_who_does_not_know_the_password_is_refused(driver, node):
    for auth in ({"username": "admin", "password": "wrong"}, {},
                 {"username": "root", "password": "changeit"},
                 {"sessionId": "1900000000.AAAA"}):
        with Page(driver, node, auth, "websocket") as page:
            refused = page.wait_for("connect_error")
            assert refused["why"] == "invalid credentials"
            assert not page.events
    assert node.wait_for_log("a login to the Admin UI is refused")


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
def test_a_login_brings_a_session_and_then_all_there_is(
        driver, node, transport):
    with client_of(driver, node) as (client, socket):
        client.join("chat:1")
        with Page(driver, node, transport=transport) as page:
            page.wait_for("connect")
            name, session = page.next_event()
            assert name == "session"
            name, config = page.next_event()
            assert name == "config"
            assert set(config["supportedFeatures"]) == CHANGES | {
                "AGGREGATED_EVENTS", "ALL_EVENTS"}
            stats, = page.next("server_stats")
            assert stats["serverId"] == "a" and stats["clientsCount"] == 1
            assert stats["pollingClientsCount"] == 0
            assert stats["namespaces"] == [{"name": "/", "socketsCount": 1}]
            assert stats["pid"] == node.process.pid and stats["uptime"] > 0
            sockets, = page.next("all_sockets")
            assert [x["id"] for x in sockets] == [socket]
            assert_described(sockets[0], socket)
        with Page(driver, node, {"sessionId": session}) as again:
            again.wait_for("connect")
            assert again.next_event()[0] == "config"


def assert_described(x, socket):
    assert x["nsp"] == "/" and x["transport"] == "websocket"
    assert x["data"] == {} and sorted(x["rooms"]) == sorted([socket, "chat:1"])
    assert len(x["clientId"]) == 12
    handshake = x["handshake"]
    assert handshake["address"] == "127.0.0.1" and not handshake["secure"]
    assert handshake["query"]["EIO"] == "4" and not handshake["xdomain"]
    assert abs(handshake["issued"] / 1000 - time.time()) < 3600
    assert TIME.fullmatch(handshake["time"])
    assert handshake["url"].startswith("/socket.io/?EIO=4&")
    assert "host" in handshake["headers"]


def test_it_tells_what_becomes_of_sockets(driver, node):
    with Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        with client_of(driver, node) as (client, socket):
            came, when = page.next("socket_connected")
            assert came["id"] == socket and TIME.fullmatch(when)
            client.join("chat:1")
            assert page.next("room_joined")[:3] == ["/", "chat:1", socket]
            client.emit("leave", "chat:1")
            assert page.next("room_left")[:3] == ["/", "chat:1", socket]
            opened = page.next("server_stats", lambda x: x["clientsCount"] == 1)
            assert opened
            client.emit("join", "chat:2")
            for kind in "packetsIn", "bytesIn", "bytesOut":
                page.next("server_stats", lambda x, kind=kind: counts(x, kind))
                client.emit("leave", "chat:2")
        assert_goes(page, socket)


def counts(stats, kind):
    return any(x["type"] == kind and x["count"] > 0
               for x in stats["aggregatedEvents"])


def test_what_a_page_wants_of_nobody_is_logged(driver, node):
    with Page(driver, node) as page:
        page.next("all_sockets")
        for what in (["join", "/", "chat:1", "nobody"],
                     ["leave", "/", "chat:1", "nobody"],
                     ["_disconnect", "/", True, "nobody"]):
            said = len(node.log())
            page.send(*what)
            wait_until(lambda: any(
                "an action of the Admin UI finds nobody" in x
                and "filter=nobody" in x for x in node.log()[said:]), what[0])


def test_it_shows_events_as_they_come_and_go(driver, node):
    """What they hold, only whoever has the token sees."""
    with client_of(driver, node) as (client, socket), \
            Page(driver, node) as page:
        page.next("all_sockets")
        client.join("chat:1")
        said = {"room": "chat:1", "text": "hello"}
        client.emit("say", said)

        def is_it(nsp, sid, args, when):
            return args == ["say", "(40 bytes)"]

        for name in ("event_received", "event_sent"):
            nsp, sid, _, when = page.next(name, is_it)
            assert (nsp, sid) == ("/", socket)
            assert TIME.fullmatch(when)
        server, = node.get("/v1/servers?events=args")[1]["servers"]
        assert {x["received"] for x in server["events"]
                if json.loads(x["json"]) == ["say", said]} == {True, False}


def test_it_tells_why_sockets_have_gone(driver, node):
    with Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        for _ in range(3):  # one that goes within a look is "gone"
            with client_of(driver, node) as (_, socket):
                page.next("socket_connected", lambda x, _: x["id"] == socket)
            why = page.next("socket_disconnected",
                            lambda *x: x[1] == socket)[2]
            if why != "gone":
                break
        assert why == "client namespace disconnect"


def assert_goes(page, socket):
    """Both its end and the counts say so, in whichever order."""
    gone, ends = None, []
    until = time.monotonic() + PATIENCE
    while not (gone and ends):
        assert time.monotonic() < until, (gone, ends)
        name, *args = page.next_event()
        if name == "socket_disconnected":
            gone = args
        elif name == "server_stats":
            ends += [x for x in args[0]["aggregatedEvents"]
                     if x["type"] == "rawDisconnection"]
    assert gone[:2] == ["/", socket] and TIME.fullmatch(gone[3])
    assert all(x["timestamp"] % 1000 == 0 and x["count"] >= 1 and x["subType"]
               for x in ends)


def test_what_the_page_wants_is_done_and_logged(driver, node):
    with Page(driver, node) as page, client_of(driver, node) as (client, socket):
        page.wait_for("connect")
        page.next("socket_connected" if not has(page, socket) else "server_stats")
        page.send("join", "/", "chat:7", socket)
        assert page.next("room_joined")[:3] == ["/", "chat:7", socket]
        page.send("emit", "/", socket, "hello", 1, {"a": 2})
        assert client.next_event() == ["hello", 1, {"a": 2}]
        page.send("emit", "/", "chat:7", "to room")
        assert client.next_event() == ["to room"]
        page.send("leave", "/", "chat:7")  # clears it
        assert client.next_event()[:1] == ["weir:left"]
        assert page.next("room_left")[:3] == ["/", "chat:7", socket]
        page.send("join", "/", "nowhere", socket)
        assert node.wait_for_log("was not done everywhere.*no mapping")
        page.send("_disconnect", "/", False, socket)
        assert client.wait_for("disconnect")["why"] == "io server disconnect"
        assert page.next("socket_disconnected")[:2] == ["/", socket]
    assert node.wait_for_log(
        r"""operator's action.*from="?127\.0\.0\.1.*Admin UI _disconnect""")


def has(page, socket):
    """Whether the page knows it from the start."""
    return any(x["id"] == socket for x in page.next("all_sockets")[0])


def test_a_client_is_disconnected_with_all_of_its_sockets(driver, node):
    with Page(driver, node) as page, client_of(driver, node) as (client, socket):
        page.wait_for("connect")
        page.next("socket_connected" if not has(page, socket) else "server_stats")
        page.send("_disconnect", "/", True, socket)
        assert client.wait_for("disconnect")["why"] == "io server disconnect"


def test_read_only_changes_nothing(driver, page_folder):
    with ui_node(page_folder, "admin.ui_read_only=true") as node, \
            client_of(driver, node) as (client, socket), \
            Page(driver, node) as page:
        page.wait_for("connect")
        config, = page.next("config")
        assert set(config["supportedFeatures"]) == {
            "AGGREGATED_EVENTS", "ALL_EVENTS"}
        page.next("all_sockets")
        page.send("_disconnect", "/", True, socket)
        assert node.wait_for_log("operator's action.*read-only")
        assert client.join("chat:1")


def test_many_sockets_are_only_counted(driver, page_folder):
    with ui_node(page_folder, "admin.ui_sockets=1") as node, \
            client_of(driver, node), Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        with client_of(driver, node):
            config, = page.next("config")
            assert "ALL_EVENTS" not in config["supportedFeatures"]
            page.next("server_stats", lambda x: x["clientsCount"] == 2)
            page.next("server_stats")
            names = {x["args"][0] for x in page.events if x["what"] == "event"}
            assert names <= {"server_stats"}
        assert node.wait_for_log("too many sockets for the Admin UI")


HOSTILE = [
    "4", "4{", "40/admin,{", "40/admin," + "[" * 1000, "4" + "9" * 1000,
    '42/admin,["_disconnect","/",true]', '42["_disconnect","/",true]',
    "41/admin,", "43/admin,1[]", "40/admin" + "x" * 60_000 + ",{}"]


def test_who_is_not_let_in_can_do_nothing(driver, node):
    """Neither to clients, nor to pages that have been let in."""
    with client_of(driver, node) as (client, socket), Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        for packet in HOSTILE:
            websocket, _ = websocket_session(node.admin_port)
            with websocket:
                websocket.send_text(packet)
                # Each ends its own session, or is refused in so many words.
                assert refusal_in(websocket), packet[:40]
        assert client.join("chat:1")
        assert page.next("room_joined")[:3] == ["/", "chat:1", socket]


def refusal_in(websocket):
    try:
        return websocket.receive().startswith("44")
    except (Closed, ConnectionResetError):
        return True


def test_what_makes_no_sense_is_not_done(driver, node):
    with client_of(driver, node) as (client, socket), Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        for args in (["_disconnect", "/", "yes"], ["_disconnect", "/", True, 7],
                     ["_disconnect"], ["join", "/", None, socket],
                     ["join", {}, [], []], ["leave", "/"], ["fetch", "/"],
                     ["emit", "/", socket, "connect"], ["emit", "/", socket],
                     ["join", "/", "x" * 60_000, socket]):
            page.send(*args)
        page.send("emit", "/", socket, "the end")
        assert client.next_event() == ["the end"]
    assert node.wait_for_log("operator's action.*Admin UI fetch.*no such command")


def test_an_upgrade_is_seen(driver, node):
    with Page(driver, node) as page:
        page.wait_for("connect")
        page.next("all_sockets")
        client = PollingSession(node.port)
        client.send("40")
        came, _ = page.next("socket_connected")
        assert came["transport"] == "polling"
        page.next("server_stats", lambda x: x["pollingClientsCount"] == 1)
        with open_websocket(node.port, client.sid) as websocket:
            websocket.send_text("2probe")
            assert websocket.receive() == "3probe"
            websocket.send_text("5")
            assert page.next("socket_updated") == [
                {"id": came["id"], "nsp": "/", "transport": "websocket"}]


def test_without_a_password_whoever_reaches_the_port_is_let_in(
        driver, page_folder):
    with WeirNode(CONFIG, f"admin.ui={page_folder}") as node, \
            Page(driver, node, {}) as page:
        page.wait_for("connect")
        assert page.next_event()[0] == "config"  # and no session


def test_with_a_token_the_page_needs_none_but_the_rest_does(
        driver, page_folder):
    with WeirNode(CONFIG, f"admin.ui={page_folder}", "admin.token=s3cret",
                  f"admin.ui_password={HASH}", ready=False) as node:
        assert node.get("/ui/") == (200, "<p>page</p>")
        assert node.get("/v1/rooms")[0] == 401
        with Page(driver, node) as page:
            page.wait_for("connect")
            page.next("all_sockets")


def test_nothing_of_it_is_there_unless_it_is_wanted():
    with WeirNode(CONFIG) as node:
        for path in "/ui/", "/socket.io/?EIO=4&transport=polling":
            assert node.get(path)[0] == 404


def test_another_origin_is_let_in_where_it_is_named(page_folder):
    handshake = "/socket.io/?EIO=4&transport=polling"
    origin = {"Origin": "https://admin.socket.io"}
    with ui_node(page_folder) as node:
        assert node.ask("GET", handshake, **origin)[0] == 403
    with ui_node(page_folder,
                 "admin.ui_origins=https://admin.socket.io") as node:
        assert node.ask("GET", handshake, **origin)[0] == 200
        assert node.ask("GET", handshake, Origin="https://evil.example")[0] == 403


def test_each_node_of_a_cluster_shows_all_of_it(driver, page_folder, kafka):
    prefix = unique("ui")
    create_topic(kafka, prefix)
    config = (CONFIG.replace("kafka.embedded = true",
                             f'kafka.brokers = "{kafka}"\n'
                             f'cluster.name = "{prefix}"')
              .replace('topic = "chat"', f'topic = "{prefix}"'))
    with WeirCluster(config, "ab", f"admin.ui={page_folder}",
                     f"admin.ui_password={HASH}") as cluster, \
            client_of(driver, cluster["a"]) as (one, first), \
            client_of(driver, cluster["b"]) as (two, second), \
            Page(driver, cluster["a"]) as page:
        page.wait_for("connect")
        name, session = page.next_event()
        assert name == "session"
        servers = {page.next("server_stats")[0]["serverId"] for _ in range(2)}
        assert servers == {"a", "b"}
        sockets, = page.next("all_sockets")
        assert {x["id"] for x in sockets} == {first, second}
        page.send("join", "/", "chat:9", second)
        assert page.next("room_joined")[:3] == ["/", "chat:9", second]
        page.send("_disconnect", "/", False, second)
        assert two.wait_for("disconnect")["why"] == "io server disconnect"
        # A reload may come to the other node.
        with Page(driver, cluster["b"], {"sessionId": session}) as again:
            again.wait_for("connect")
            sockets, = again.next("all_sockets")
            assert first in {x["id"] for x in sockets}
