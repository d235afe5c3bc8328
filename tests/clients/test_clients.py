"""Unmodified clients in several languages, over each transport, on both brokers."""

import re

import pytest

import kcat
from drivers import LANGUAGES, TRANSPORTS, Client, Driver
from weir_fixtures import create_topic, mapping_of, unique
from weir_node import WeirNode

CONFIG = """
[kafka]
{broker}

[cluster]
name = "{prefix}"

[[namespace]]
name = "/"

""" + mapping_of("chat", "chat message") + """\

  [[namespace.mapping]]
  room = "doc:{{id}}"
  topic = "{prefix}.doc"
  events = ["edit"]
  room_from = "/0"
  format = "args"

  [[namespace.mapping]]
  room = "files"
  topic = "{prefix}.files"
  events = ["upload"]
  format = "raw"

  [[namespace.mapping]]
  room = "scene:{{id}}"
  topic = "{prefix}.scene"
  events = ["draw"]
  room_from = "/0/room"
  format = "envelope"

  [[namespace.mapping]]
  room = "secret:{{id}}"
  topic = "{prefix}.secret"
  events = ["whisper"]
  room_from = "/0/room"
  echo = false
  members_only = true

  [[namespace.mapping]]
  room = "news"
  topic = "{prefix}.news"
  event = "headline"
  join = "auto"

  [[namespace.local]]
  events = ["typing"]
  to = "room"
  room_from = "/0/room"

  [[namespace.local]]
  events = ["mirror"]
  to = "sender"
  as = "mirrored"
  ack = "echo"

[[namespace]]
name = "/greeting"
on_connect = {{ event = "welcome", args = "handshake" }}
"""

TOPICS = ["chat", "doc", "files", "scene", "secret", "news"]


class Setting:
    """A node, its broker, and the name that its topics begin with."""

    def __init__(self, node, bootstrap, prefix):
        self.node, self.bootstrap, self.prefix = node, bootstrap, prefix

    def topic(self, name):
        return f"{self.prefix}.{name}"

    def record_of(self, ack):
        return kcat.record_at(self.bootstrap, ack["topic"], ack["partition"],
                              ack["offset"])


@pytest.fixture(scope="module", params=["embedded", "kafka"])
def setting(request):
    prefix = unique("clients")
    if request.param == "embedded":
        broker = "embedded = true"
    else:
        bootstrap = request.getfixturevalue("kafka")
        broker = f'brokers = "{bootstrap}"'
        for topic in TOPICS:
            create_topic(bootstrap, f"{prefix}.{topic}")
    with WeirNode(CONFIG.format(broker=broker, prefix=prefix)) as node:
        if request.param == "embedded":
            bootstrap = node.bootstrap
        yield Setting(node, bootstrap, prefix)


@pytest.fixture(autouse=True)
def node_is_alive(setting):
    """Clients only see that nobody answers, and wait."""
    assert setting.node.process.poll() is None, "the node has ended"


@pytest.fixture(scope="session")
def drivers():
    found = {language: Driver(language) for language in LANGUAGES}
    yield found
    for driver in found.values():
        driver.stop()


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(params=list(TRANSPORTS))
def transport(request):
    return request.param


@pytest.fixture
def client(setting, drivers, language, transport):
    with connected(setting, drivers, language, transport) as client:
        yield client


@pytest.fixture
def other(setting, drivers, language, transport):
    """One in another language, over another transport."""
    language = {"js": "python", "python": "java", "java": "js"}[language]
    transport = {"polling": "websocket"}.get(transport, "polling")
    with connected(setting, drivers, language, transport) as client:
        yield client


def connected(setting, drivers, language, transport, nsp="/", auth=None):
    client = Client(drivers[language], setting.node.url, transport, nsp, auth)
    client.id = client.wait_for("connect")["id"]
    if transport == "upgrade":
        assert client.wait_for("upgrade")["transport"] == "websocket"
    return client


@pytest.fixture
def room():
    return unique("room").replace("-", "")


# -- through Kafka ------------------------------------------------------------

def test_an_emit_is_acked_with_the_place_of_its_record(setting, client, room):
    event = {"room": f"chat:{room}", "text": "hello \u20ac"}
    ack = client.emit("chat message", event)
    assert set(ack) == {"status", "topic", "partition", "offset"}
    assert (ack["status"], ack["topic"]) == ("ok", setting.topic("chat"))
    record = setting.record_of(ack)
    assert (record.key, record.json) == (room, event)


def test_a_record_has_the_headers_of_a_cloud_event(setting, client, room):
    ack = client.emit("chat message", {"room": f"chat:{room}"})
    headers = setting.record_of(ack).headers
    assert headers.pop("ce_id")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                        headers.pop("ce_time"))
    assert headers == {
        "ce_specversion": "1.0", "ce_type": "chat message",
        "ce_source": f"/weir/{setting.prefix}/", "ce_subject": f"chat:{room}",
        "content-type": "application/json", "ce_weirsid": client.id,
        "ce_weirack": "1"}


def test_a_member_gets_what_any_kafka_client_writes(setting, client, room):
    client.join(f"chat:{room}")
    kcat.produce(setting.bootstrap, setting.topic("chat"), room, {"n": 1})
    kcat.produce(setting.bootstrap, setting.topic("chat"), room, {"n": 2},
                 {"ce_type": "announcement"})
    assert client.next_event() == ["chat message", {"n": 1}]
    assert client.next_event() == ["announcement", {"n": 2}]


def test_clients_of_two_languages_talk_to_each_other(client, other, room):
    client.join(f"chat:{room}")
    other.join(f"chat:{room}")
    for i, (sender, name) in enumerate([(client, "a"), (other, "b"),
                                        (client, "c")]):
        event = {"room": f"chat:{room}", "from": name, "n": i}
        sender.emit("chat message", event)
        assert client.next_event() == ["chat message", event]
        assert other.next_event() == ["chat message", event]


def test_emits_keep_their_order(setting, client, room):
    client.join(f"chat:{room}")
    events = [{"room": f"chat:{room}", "n": i} for i in range(100)]
    numbers = [client.start_emit("chat message", x) for x in events]
    acks = [client.answer(x)[0] for x in numbers]
    offsets = [x["offset"] for x in acks]
    assert len({x["partition"] for x in acks}) == 1
    assert offsets == sorted(set(offsets))
    assert [client.next_event()[1] for _ in events] == events


def test_after_leaving_nothing_comes_any_more(setting, client, room):
    client.join(f"chat:{room}")
    client.join(f"chat:{room}-2")
    answer = client.emit("leave", f"chat:{room}")
    assert (answer["status"], answer["room"]) == ("ok", f"chat:{room}")
    client.emit("chat message", {"room": f"chat:{room}"})
    client.emit("chat message", {"room": f"chat:{room}-2"})
    assert client.next_event()[1] == {"room": f"chat:{room}-2"}


def test_a_room_of_join_auto_needs_no_join(setting, client):
    headline = {"text": unique("news")}
    kcat.produce(setting.bootstrap, setting.topic("news"), "news", headline)
    while (event := client.next_event()) != ["headline", headline]:
        assert event[0] == "headline"  # of an earlier test


def test_members_of_a_room_without_echo_do_not_hear_themselves(client, other,
                                                               room):
    client.join(f"secret:{room}")
    other.join(f"secret:{room}")
    mine = {"room": f"secret:{room}", "from": "me"}
    yours = {"room": f"secret:{room}", "from": "you"}
    client.emit("whisper", mine)
    other.emit("whisper", yours)
    assert client.next_event() == ["whisper", yours]
    assert other.next_event() == ["whisper", mine]


# -- formats and binary -------------------------------------------------------

def test_args_keeps_all_arguments(setting, client, other, room):
    other.join(f"doc:{room}")
    ack = client.emit("edit", f"doc:{room}", 12, {"x": [True, None]}, "end")
    record = setting.record_of(ack)
    assert record.key == f"doc:{room}"
    assert record.json == [f"doc:{room}", 12, {"x": [True, None]}, "end"]
    assert other.next_event() == ["edit", *record.json]


def test_raw_is_the_attachment_and_nothing_else(setting, client, other):
    other.join("files")
    content = bytes(range(256)) + unique("file").encode()
    ack = client.emit("upload", content)
    record = setting.record_of(ack)
    assert (record.key, record.value) == ("files", content)
    assert record.headers["content-type"] == "application/octet-stream"
    while (event := other.next_event()) != ["upload", content]:
        assert event[0] == "upload"


def test_raw_bytes_of_another_producer_arrive_as_bytes(setting, client):
    client.join("files")
    content = b"\x00\xff" + unique("file").encode()
    kcat.produce(setting.bootstrap, setting.topic("files"), "files", content)
    while (event := client.next_event()) != ["upload", content]:
        assert event[0] == "upload"


def test_an_envelope_keeps_attachments_where_they_were(setting, client, other,
                                                       room):
    client.join(f"scene:{room}")
    other.join(f"scene:{room}")
    scene = {"room": f"scene:{room}", "layers": [b"one", {"deep": b"\x00two"}]}
    ack = client.emit("draw", scene, b"three", "text")
    record = setting.record_of(ack)
    assert record.headers["content-type"] == "application/protobuf"
    assert b"three" in record.value
    for receiver in (client, other):
        assert receiver.next_event() == ["draw", scene, b"three", "text"]


# -- without Kafka ------------------------------------------------------------

def test_local_events_reach_the_other_members(client, other, room):
    client.join(f"chat:{room}")
    other.join(f"chat:{room}")
    typing = {"room": f"chat:{room}", "who": "me"}
    client.start_emit("typing", typing, ack=False)
    assert other.next_event() == ["typing", typing]
    # Whoever is heard next, it is not the sender's own event.
    other.emit("chat message", {"room": f"chat:{room}", "n": 1})
    assert client.next_event()[0] == "chat message"


def test_local_events_come_back_to_the_sender_with_binary(client):
    number = client.start_emit("mirror", {"a": b"\x01\x02"}, 3)
    assert client.answer(number) == [{"a": b"\x01\x02"}, 3]
    assert client.next_event() == ["mirrored", {"a": b"\x01\x02"}, 3]


# -- refusals -----------------------------------------------------------------

def check_refused(answer, code):
    assert set(answer) == {"status", "code", "message"}
    assert (answer["status"], answer["code"]) == ("error", code)
    assert answer["message"]


REFUSALS = {
    "an unmapped event": (["no such event", {}], "unknown_event"),
    "a room that no mapping has": (
        ["chat message", {"room": "cellar:1"}], "unknown_room"),
    "an event without its room": (["chat message", {}], "invalid_payload"),
    "a room that is no string": (
        ["chat message", {"room": 1}], "invalid_payload"),
    "two arguments where one is due": (
        ["chat message", {"room": "chat:1"}, 2], "invalid_payload"),
    "binary where JSON is due": (
        ["chat message", {"room": "chat:1", "x": b"\x01"}], "invalid_payload"),
    "JSON where binary is due": (["upload", {}], "invalid_payload"),
    "joining a room that no mapping has": (["join", "cellar"], "unknown_room"),
    "joining without a room": (["join"], "invalid_payload"),
    "joining a number": (["join", 12], "invalid_payload"),
    "joining a room of join auto": (["join", "news"], "not_allowed"),
    "leaving a room one is not in": (["leave", "chat:1"], "not_a_member"),
    "a room for members": (
        ["whisper", {"room": "secret:1"}], "not_a_member"),
}


def test_what_is_refused_says_why(client):
    for what, (event, code) in REFUSALS.items():
        print(what)
        check_refused(client.emit(*event), code)


# -- namespaces ---------------------------------------------------------------

def test_an_unknown_namespace_is_a_connect_error(setting, drivers, language,
                                                 transport):
    with Client(drivers[language], setting.node.url, transport,
                nsp="/nowhere") as client:
        assert client.wait_for("connect_error")["why"] == "Invalid namespace"


def test_the_auth_payload_reaches_on_connect(setting, drivers, language,
                                             transport):
    auth = {"token": "abc", "n": 1}
    with connected(setting, drivers, language, transport, "/greeting",
                   auth) as client:
        assert client.next_event() == ["welcome", auth]


def test_disconnecting_leaves_the_rooms(setting, client, other, room):
    client.join(f"chat:{room}")
    other.join(f"chat:{room}")
    client.disconnect()
    assert "client" in client.wait_for("disconnect")["why"]
    other.emit("chat message", {"room": f"chat:{room}"})
    assert other.next_event()[0] == "chat message"
