"""Who may do what: `allow` of a mapping, and rooms by claim."""

import json
import time

import pytest

import kcat
from drivers import LANGUAGES, Client, driver_of
from raw_client import RawClient
from test_tokens import TRANSPORTS, answer_to
from tokens import SECRET, make_token
from waiting import PATIENCE, wait_until
from weir_fixtures import node_of
from weir_node import check

CONFIG = f"""
[kafka]
embedded = true
[cluster]
secret = "a secret of the tests"
[auth.jwt]
algorithms = ["HS256"]
secret = "{SECRET}"
[[namespace]]
name = "/"
recovery = "2m"
  [[namespace.mapping]]
  room = "chat:{{id}}"
  topic = "chat"
  key = "{{id}}"
  events = ["say"]
  room_from = "/0/room"
  history = 2
  allow.join = ["/rooms = {{id}}"]
  allow.emit = ["/role = admin", "/rooms = {{id}}"]
  allow.history = ["/role = admin"]
  [[namespace.mapping]]
  room = "team:{{id}}"
  topic = "team"
  key = "{{id}}"
  join = "claim:/teams"
  [[namespace.mapping]]
  room = "board"
  topic = "board"
  join = "auto"
  allow.join = ["authenticated"]
  [[namespace.mapping]]
  room = "closed:{{id}}"
  topic = "closed"
  events = ["say"]
  room_from = "/0/room"
  [[namespace.local]]
  events = ["typing"]
  room_from = "/0/room"
[[namespace]]
name = "/optional"
auth = "optional"
  [[namespace.mapping]]
  room = "open:{{id}}"
  topic = "open"
  events = ["say"]
  room_from = "/0/room"
  allow = {{ join = ["anyone"], emit = ["authenticated"] }}
"""


node = node_of(CONFIG)


driver = driver_of(*LANGUAGES)


CLIENTS = pytest.mark.parametrize("transport",
                                  ["polling", "websocket", "upgrade"])


def auth(user="ada", **claims):
    return {"token": make_token(user, **claims)}


def is_denied(answer):
    return (answer["status"], answer["code"]) == ("error", "not_allowed")


def say(client, room, n=0):
    return client.emit("say", {"room": room, "n": n})


def next_of(client, name):
    """The arguments of the next event of that name; a quiet client gets
    others, with each heartbeat."""
    until = time.monotonic() + PATIENCE
    while (event := client.next_event())[0] != name:
        assert time.monotonic() < until, f"waited for {name}, got {event}"
    return event[1:]


class Official(Client):
    """One that is connected."""

    def __init__(self, driver, url, transport, claims, user="ada"):
        super().__init__(driver, url, transport, auth=auth(user, **claims))
        self.wait_for("connect")


# -- without a right ----------------------------------------------------------

@TRANSPORTS
def test_what_no_rule_allows_is_refused(node, transport):
    client = transport(node.port)
    assert answer_to(client, auth(rooms=["1"]))[0] == "0"
    before = node.metric("weir_requests_refused_total", code="not_allowed")

    def ask(*args):
        client.send(f"27{json.dumps(args)}")
        while not (text := client.receive()).startswith("37"):
            pass
        return json.loads(text[2:])[0]

    for args in (["join", "chat:2"], ["join", "team:1"], ["join", "board"],
                 ["join", "closed:1"], ["say", {"room": "chat:2"}],
                 ["say", {"room": "closed:1"}],
                 ["join", "chat:1", {"since": "0:0"}]):
        assert is_denied(ask(*args)), args
    assert node.metric("weir_requests_refused_total",
                  code="not_allowed") == before + 7
    assert ask("say", {"room": "chat:1"})["status"] == "ok"
    assert ask("join", "chat:1")["status"] == "ok"
    assert ask("say", {"room": "nowhere"})["code"] == "unknown_room"


@CLIENTS
def test_official_clients_do_what_their_token_lets_them(node, driver, transport):
    room = f"{driver.language}-{transport}"
    with Official(driver, node.url, transport, {"rooms": [room]}) as ada, \
            Official(driver, node.url, transport, {}, "eve") as eve:
        ada.join(f"chat:{room}")
        answer = eve.emit("join", f"chat:{room}")
        assert is_denied(answer) and f"chat:{room}" in answer["message"]
        assert is_denied(say(eve, f"chat:{room}"))
        assert say(ada, f"chat:{room}", 1)["status"] == "ok"
        assert next_of(ada, "say")[0]["n"] == 1


def test_nothing_that_is_refused_is_stored(node):
    with RawClient(node.port, auth=auth(rooms=["store"])) as client:
        assert is_denied(say(client, "chat:other", 1))
        assert say(client, "chat:store", 2)["status"] == "ok"
    records = wait_until(
        lambda: [x for x in kcat.consume(node.bootstrap, "chat")
                 if x.key in ("store", "other")], "a record")
    assert [x.json["n"] for x in records] == [2]


def test_without_a_token_one_may_what_anyone_may(node):
    with RawClient(node.port, "/optional") as nobody, \
            RawClient(node.port, "/optional", auth=auth()) as ada:
        nobody.join("open:1")
        assert is_denied(say(nobody, "open:1"))
        assert say(ada, "open:1", 3)["status"] == "ok"
        assert next_of(nobody, "say")[0]["n"] == 3


def test_what_was_before_is_for_those_who_may(node):
    with RawClient(node.port, auth=auth(rooms=["h"])) as writer:
        for n in range(3):
            assert say(writer, "chat:h", n)["status"] == "ok"
        with RawClient(node.port, auth=auth(rooms=["h"],
                                            role=["x", "admin"])) as admin:
            admin.join("chat:h")
            # the latest may come live, behind it
            first = last = next_of(admin, "say")[0]["n"]
            while last != 2:
                last = next_of(admin, "say")[0]["n"]
            assert first in (0, 1)
        writer.join("chat:h")
        assert say(writer, "chat:h", 3)["status"] == "ok"
        assert next_of(writer, "say")[0]["n"] == 3


def test_local_events_need_the_right_to_emit(node):
    with RawClient(node.port, auth=auth(rooms=["l"])) as ada, \
            RawClient(node.port, auth=auth("bob", rooms=["l"])) as bob:
        ada.join("chat:l"), bob.join("chat:l")
        ada.start_emit("typing", {"room": "chat:l"})
        assert next_of(bob, "typing")[0] == {"room": "chat:l"}
    with RawClient(node.port, auth=auth(teams=["l"])) as ada:
        await_membership(ada, "team:l")


# -- rooms by claim -----------------------------------------------------------

@CLIENTS
def test_a_token_says_which_rooms_one_is_in(node, driver, transport):
    one, two, other = (f"{driver.language}-{transport}-{x}" for x in "12x")
    with Official(driver, node.url, transport,
                  {"teams": [one, two]}) as client:
        for room in (one, two):
            await_membership(client, f"team:{room}")
        for room in (other, one):
            kcat.produce(node.bootstrap, "team", room, {"in": room})
        assert next_of(client, "message")[0] == {"in": one}


def await_membership(client, room):
    """A join by itself is not answered: until then one is no member, and then
    one who may not emit."""
    wait_until(lambda: is_denied(client.emit("typing", {"room": room})),
               f"the room {room}")


# -- another token ------------------------------------------------------------

@CLIENTS
def test_who_loses_a_right_leaves_the_room(node, driver, transport):
    keep, lose = (f"{driver.language}-{transport}-{x}" for x in ("k", "l"))
    with Official(driver, node.url, transport,
                  {"rooms": [keep, lose]}) as ada, \
            Official(driver, node.url, transport, {"role": "admin"},
                     "admin") as admin:
        ada.join(f"chat:{keep}"), ada.join(f"chat:{lose}")
        before = node.metric("weir_memberships_lost_total")
        answer = ada.emit("weir:token", make_token("ada", rooms=[keep]))
        assert answer["status"] == "ok"
        assert next_of(ada, "weir:left")[0] == {
            "room": f"chat:{lose}", "reason": "not_allowed"}
        assert node.metric("weir_memberships_lost_total") == before + 1
        assert is_denied(ada.emit("join", f"chat:{lose}"))
        assert is_denied(say(ada, f"chat:{lose}"))
        assert say(admin, f"chat:{lose}", "lost")["status"] == "ok"
        assert say(admin, f"chat:{keep}", "kept")["status"] == "ok"
        assert next_of(ada, "say")[0]["n"] == "kept"
        # and may have it again
        answer = ada.emit("weir:token", make_token("ada", rooms=[keep, lose]))
        assert answer["status"] == "ok"
        ada.join(f"chat:{lose}")
        assert say(ada, f"chat:{lose}", "again")["status"] == "ok"
        assert next_of(ada, "say")[0]["n"] == "again"


def test_a_token_of_another_user_changes_nothing(node):
    with RawClient(node.port, auth=auth(rooms=["u"])) as ada:
        ada.join("chat:u")
        answer = ada.emit("weir:token", make_token("eve", rooms=["v"]))
        assert is_denied(answer) and "user_mismatch" in answer["message"]
        assert is_denied(ada.emit("join", "chat:v"))
        assert say(ada, "chat:u", 1)["status"] == "ok"
        assert next_of(ada, "say")[0]["n"] == 1


def test_a_new_token_brings_its_rooms(node):
    with RawClient(node.port, auth=auth()) as ada:
        answer = ada.emit("weir:token", make_token("ada", teams=["new"]))
        assert answer["status"] == "ok"
        await_membership(ada, "team:new")
        answer = ada.emit("weir:token", make_token("ada"))
        assert answer["status"] == "ok"
        assert next_of(ada, "weir:left")[0]["room"] == "team:new"


# -- coming back --------------------------------------------------------------

def test_who_comes_back_with_fewer_rights_is_in_fewer_rooms(node):
    with RawClient(node.port, auth=auth(rooms=["r1", "r2"])) as client:
        client.join("chat:r1"), client.join("chat:r2")
        # the position comes before the ack
        back = {"pid": client.pid, "offset": client.events[-1][-1]}
    with RawClient(node.port, auth=auth(role="admin")) as admin:
        for room in ("chat:r1", "chat:r2"):
            assert say(admin, room, room)["status"] == "ok"
        with RawClient(node.port,
                       auth={**back, **auth(rooms=["r2"])}) as again:
            assert again.socket_id == client.socket_id
            assert again.next_event()[:2] == [
                "weir:left", {"room": "chat:r1", "reason": "not_allowed"}]
            assert next_of(again, "say")[0]["n"] == "chat:r2"
            assert say(admin, "chat:r1", 1)["status"] == "ok"
            assert say(admin, "chat:r2", 2)["status"] == "ok"
            assert next_of(again, "say")[0]["n"] == 2
            assert is_denied(again.emit("join", "chat:r1"))


# -- what is wrong with a configuration ---------------------------------------

@pytest.mark.parametrize("old,new,expected", [
    ("/rooms = {id}", "/rooms = {room}", r'does not have'),
    ("/rooms = {id}", "rooms = {id}", "is not a rule"),
    ("allow.history", "allow.read", 'unknown key "read"'),
    ("claim:/teams", "claim:teams", "claim:/rooms"),
    ('[auth.jwt]\nalgorithms = ["HS256"]\nsecret = "' + SECRET + '"', "",
     "without tokens everything is allowed"),
    ('join = "auto"', 'allow.emit = ["anyone"]\njoin = "claim:/a"',
     "needs a room with a capture")])
def test_what_is_wrong_is_reported_with_file_and_line(old, new, expected):
    assert old in CONFIG
    status, said = check(CONFIG.replace(old, new, 1))
    assert status == 1 and expected in said, said
    assert "weir.toml:" in said
