"""Attacks on the port for other nodes, by nobody who knows the secret."""

import os

from streams import Stream
from speech import first, forever


def cluster_knocks(attacker):
    """Connections that say something wrong, one after the other."""
    said = [b"", b"GET / HTTP/1.1\r\n\r\n", os.urandom(200), b"\0\1g",
            b"\xff\xffg" + b"weir" * 10, b"\0\x50gweir" + bytes(200)]
    while True:
        for data in said:
            try:
                with attacker.connect(attacker.target["cluster_port"],
                                      timeout=1) as connection:
                    connection.sendall(data)
            except OSError:
                attacker.count("failed")
            attacker.count("units")
            attacker.pace.wait(len(data), 1)


def cluster_held(attacker):
    """Connections that say nothing, or a byte now and then of a long frame."""
    attacker.drive(lambda _: Stream(
        attacker.connect(attacker.target["cluster_port"]),
        first(b"\xff\xffg", forever(b"w")), interval=0.2), 150)
