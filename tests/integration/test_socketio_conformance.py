"""Socket.IO v5 over the wire, as config/conformance.toml sets it up."""

import json

import pytest

from engineio_client import websocket_session
from raw_websocket import Closed
from weir_fixtures import node_of
from weir_node import ROOT


node = node_of(ROOT / "config/conformance.toml")


@pytest.fixture
def websocket(node):
    websocket, _ = websocket_session(node.port)
    with websocket:
        yield websocket


def send(websocket, packet):
    websocket.send_text("4" + packet)


def receive(websocket):
    """The next Socket.IO packet, or bytes; pings are answered."""
    while (packet := websocket.receive()) == "2":
        websocket.send_text("3")
    if isinstance(packet, bytes):
        return packet
    assert packet[0] == "4"
    return packet[1:]


def receive_event(websocket, prefix="2"):
    packet = receive(websocket)
    assert packet.startswith(prefix), packet
    return json.loads(packet[len(prefix):])


def connect(websocket, nsp="", data=""):
    """Joins a namespace, "/custom," for example: (sid, the greeting)."""
    send(websocket, f"0{nsp}{data}")
    packet = receive(websocket)
    assert packet.startswith("0" + nsp), packet
    answer = json.loads(packet[1 + len(nsp):])
    assert set(answer) == {"sid"}
    return answer["sid"], receive_event(websocket, "2" + nsp)


def is_closed(websocket):
    """Not: the server pings, so that it takes the connection for open."""
    try:
        while websocket.receive() != "2":
            pass
        return False
    except Closed:
        return True


# -- namespaces ---------------------------------------------------------------

NAMESPACES = pytest.mark.parametrize("nsp", ["", "/custom,"])


@NAMESPACES
def test_a_namespace_is_joined_without_a_payload(websocket, nsp):
    _, greeting = connect(websocket, nsp)
    assert greeting == ["auth", {}]


@NAMESPACES
def test_a_namespace_is_joined_with_a_payload(websocket, nsp):
    _, greeting = connect(websocket, nsp, '{"token":"123"}')
    assert greeting == ["auth", {"token": "123"}]


def test_the_comma_may_be_missing(websocket):
    send(websocket, "0/custom")
    assert receive(websocket).startswith("0/custom,{")


def test_socket_ids_differ_by_namespace_and_from_the_sessions(node):
    websocket, handshake = websocket_session(node.port)
    with websocket:
        main, _ = connect(websocket)
        custom, _ = connect(websocket, "/custom,")
    assert len({main, custom, handshake["sid"]}) == 3


def test_an_unknown_namespace_is_an_error_and_no_end(websocket):
    send(websocket, "0/random")
    packet = receive(websocket)
    assert packet.startswith("4/random,")
    assert json.loads(packet[9:]) == {"message": "Invalid namespace"}
    connect(websocket)


@pytest.mark.parametrize("data", ["abc", "null", "[]", '"text"', "12[]"])
def test_a_payload_that_is_no_object_closes(websocket, data):
    send(websocket, "0" + data)
    assert is_closed(websocket)


def test_a_second_connect_closes(websocket):
    connect(websocket)
    send(websocket, "0")
    assert is_closed(websocket)


# -- disconnect ---------------------------------------------------------------

def test_the_main_namespace_is_left_alone(websocket):
    connect(websocket)
    connect(websocket, "/custom,")
    send(websocket, "1")
    send(websocket, "1/custom,")
    # The connection outlives its last namespace.
    _, greeting = connect(websocket)
    assert greeting == ["auth", {}]


def test_another_namespace_is_left_and_the_main_one_goes_on(websocket):
    connect(websocket)
    connect(websocket, "/custom,")
    send(websocket, "1/custom,")
    send(websocket, '2["message","still here"]')
    assert receive_event(websocket) == ["message-back", "still here"]


def test_an_event_for_a_namespace_that_was_left_closes(websocket):
    connect(websocket)
    send(websocket, "1")
    send(websocket, '2["message",1]')
    assert is_closed(websocket)


# -- events and acks ----------------------------------------------------------

def test_text_comes_back(websocket):
    connect(websocket)
    send(websocket, '2["message",1,"2",{"3":[true]},null]')
    assert receive_event(websocket) == ["message-back", 1, "2", {"3": [True]},
                                        None]


def hole(number):
    return f'{{"_placeholder":true,"num":{number}}}'


def test_binary_comes_back(websocket):
    connect(websocket)
    send(websocket, f'52-["message",{hole(0)},{{"deep":[{hole(1)}]}}]')
    websocket.send_binary(b"\x01\x02\x03")
    websocket.send_binary(b"\x04\x05\x06")
    packet = receive(websocket)
    assert packet.startswith("52-")
    assert json.loads(packet[3:]) == ["message-back",
                                      {"_placeholder": True, "num": 0},
                                      {"deep": [{"_placeholder": True,
                                                 "num": 1}]}]
    assert [receive(websocket), receive(websocket)] == [b"\x01\x02\x03",
                                                        b"\x04\x05\x06"]


@pytest.mark.parametrize("number", ["0", "456", "9007199254740993"])
def test_an_ack_carries_the_arguments(websocket, number):
    connect(websocket)
    send(websocket, f'2{number}["message-with-ack",1,"2",{{"3":[false]}}]')
    assert receive_event(websocket, "3" + number) == [1, "2", {"3": [False]}]


def test_an_ack_without_arguments_is_an_empty_list(websocket):
    connect(websocket)
    send(websocket, '27["message-with-ack"]')
    assert receive(websocket) == "37[]"


def test_an_ack_carries_binary_arguments(websocket):
    connect(websocket)
    send(websocket, f'52-789["message-with-ack",{hole(0)},{hole(1)}]')
    websocket.send_binary(b"\x01\x02\x03")
    websocket.send_binary(b"\x04\x05\x06")
    packet = receive(websocket)
    assert packet.startswith("62-789[")
    assert [receive(websocket), receive(websocket)] == [b"\x01\x02\x03",
                                                        b"\x04\x05\x06"]


# -- packets that are none ----------------------------------------------------

@pytest.mark.parametrize("packet", [
    '9["unknown type"]', "2{}", "2[]", '2["open', "2[{}]", "2abc",
    '2x["ack id"]', '51["no dash"]', '5-["no count"]', '2["message"]trailing',
    '1["payload of a disconnect"]', '4{"message":"error"}', ""])
def test_what_is_no_packet_closes(websocket, packet):
    connect(websocket)
    send(websocket, packet)
    assert is_closed(websocket)


@pytest.mark.parametrize("name", ["connect", "connect_error", "disconnect",
                                  "disconnecting", "newListener",
                                  "removeListener"])
def test_reserved_event_names_close(websocket, name):
    connect(websocket)
    send(websocket, f'2["{name}"]')
    assert is_closed(websocket)


def test_events_before_connect_close(websocket):
    send(websocket, '2["message","too early"]')
    assert is_closed(websocket)


def test_bytes_without_a_packet_before_them_close(websocket):
    connect(websocket)
    websocket.send_binary(b"\x01")
    assert is_closed(websocket)


def test_text_where_an_attachment_is_due_closes(websocket):
    connect(websocket)
    send(websocket, f'51-["message",{hole(0)}]')
    send(websocket, '2["message"]')
    assert is_closed(websocket)


@pytest.mark.parametrize("packet, attachments", [
    (f'51-["message",{hole(1)}]', 1), (f'511-["message",{hole(0)}]', 0),
    ('51-["message",{"_placeholder":true,"num":"0"}]', 1)])
def test_placeholders_of_what_is_not_there_close(websocket, packet, attachments):
    connect(websocket)
    send(websocket, packet)
    for _ in range(attachments):
        websocket.send_binary(b"\x01")
    assert is_closed(websocket)
