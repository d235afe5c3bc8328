"""The connection is closed where Socket.IO's own server closes it, and nowhere
else: what a whole connection sends, beside that server. (The decoders alone are
compared on generated packets, by tests/reference.)"""

import subprocess

import pytest

from engineio_client import websocket_session
from raw_websocket import Closed
from weir_fixtures import node_of
from weir_node import ROOT, program

CONFIG = """
[kafka]
embedded = true
[[namespace]]
name = "/"
mapping = [{ room = "chat:{id}", topic = "chat", events = ["a"], room_from = "/0" }]
[[namespace]]
name = "/custom"
mapping = [{ room = "other:{id}", topic = "other" }]
"""

HOLE = '{"_placeholder":true,"num":%d}'
DEEP = "[" * 200 + "]" * 200

# Text and bytes, behind a CONNECT to the main namespace.
CONVERSATIONS = [
    # CONNECT and DISCONNECT
    ["40"], ["40{}"], ["40[]"], ["40/custom,[]"], ["40/custom,null"],
    ["40/custom"], ["40/custom,", "40/custom,"], ["40/custom,7{}"],
    ["40/none,"], ["40/" + "n" * 5000 + ","], ["40/a\x1e\n,"],
    ["41"], ["41", "40"], ["41", '42["a"]'], ["41{}"], ["41[]"], ["415"],
    ["41 "], ["41/none,"], ["40/custom,", "41/custom,", '42/custom,["a"]'],
    ["40/custom,", "41/custom,", '42["a"]'], ['44{"message":"x"}'], ["44"],
    # EVENT
    ['42["a","chat:1"]'], ['42/none,["a"]'], ['42/custom,["a"]'],
    ["42"], ["427"], ["42[]"], ["42{}"], ["42[{}]"], ["42[null]"], ['42"a"'],
    ["42[0,1]"], ["427[-1.5e3]"], ['427["\\ud83d"]'], ['42["a"'],
    ['42["a"]x'], ['427x["a"]'], ['427 [ "a" , 1 ] '], ['42 ["a"]'],
    ['42\n\t["a"]\r\n'], [f'427["a",{DEEP}]'], ['42["disconnect"]'],
    ['42["newListener"]'], ['42["no such event"]'], ['427["join",1]'],
    ['42123456789012345678901234["a"]'], ['421 2["a"]'], ['42007["a"]'],
    # attachments
    [f'451-7["a",{HOLE % 0}]', b"x"], ['451-7["a",1]', b"x"],
    [f'451-7["a",{HOLE % 0},{HOLE % 0}]', b"x"], [f'451-["a",{HOLE % 1}]', b"x"],
    ['451-["a",{"_placeholder":true}]', b"x"], [f'451-[0,{HOLE % 0}]', b"x"],
    [f'452-["a",{HOLE % 0}]', b"x", '42["a"]'], [f'452-7["a",{HOLE % 0}]', b"x",
                                                b"y"],
    ["451-", b"x"], ["4501-", b"x"], ['4511-["a"]'], ['45-["a"]'], ['451["a"]'],
    [f'451-["a",{HOLE % 0}]', '42["a"]'], [b"x"],
    [f'451-7["a",{HOLE % 0}]', "bAQ\nID\n"], [f'451-7["a",{HOLE % 0}]', "b?"],
    ["bAQID"],
    # ACK: nothing was asked
    ["43"], ["43[]"], ["4399[1]"], ["4399"], ["43{}"], ["431["],
    ["43123456789012345678901234[]"], [f"461-[{HOLE % 0}]", b"x"],
    # Engine.IO
    ["0"], ["2"], ["3"], ["5"], ["6"], ["4"], ["x"], ["7"], [""], ["4x"]]


@pytest.fixture(scope="module")
def reference():
    with program("node", str(ROOT / "tests/clients/js/reference_server.mjs"),
                 stdout=subprocess.PIPE, text=True) as server:
        yield int(server.stdout.readline())


node = node_of(CONFIG)


def ask(websocket):
    """Whether the server still answers: Closed, if not."""
    websocket.send_text("40/question,")
    while not str(websocket.receive()).startswith("44/question,"):
        pass


def is_closed(port, conversation):
    websocket, _ = websocket_session(port)
    with websocket:
        websocket.send_text("40")
        assert websocket.receive().startswith("40")
        try:
            for message in conversation:
                if isinstance(message, bytes):
                    websocket.send_binary(message)
                    continue
                websocket.send_text(message)
                # The reference takes both up later than what follows them.
                if message.startswith(("40", "41")):
                    ask(websocket)
            ask(websocket)
            return False
        except (Closed, BrokenPipeError, ConnectionResetError):
            return True


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=repr)
def test_it_is_closed_where_the_reference_closes_it(node, reference,
                                                    conversation):
    assert (is_closed(node.port, conversation)
            == is_closed(reference, conversation))
