"""Hosts of a network reach each other unless a fault says otherwise."""

import asyncio
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import pytest

from network import CLIENTS, KAFKA, Cut, Network
from waiting import PATIENCE, wait_until

SOON, PORT = 0.3, 7000


class Place:
    """Where sockets are: a host, or the bridge's own namespace."""

    def __init__(self, address, host=None):
        self.address, self.host = address, host

    def socket(self):
        inside = self.host.namespace.inside if self.host \
            else contextlib.nullcontext
        with inside():
            made = socket.socket()
        made.setblocking(False)
        return made

    async def serve(self):
        """Echoes."""
        async def echo(reader, writer):
            with contextlib.suppress(OSError):
                while data := await reader.read(65536):
                    writer.write(data)
            writer.close()
        listener = self.socket()
        listener.bind((self.address, PORT))
        return await asyncio.start_server(echo, sock=listener)

    async def connect(self, other, timeout=PATIENCE):
        plain = self.socket()
        if not self.host:
            plain.bind((self.address, 0))
        try:
            async with asyncio.timeout(timeout):
                await asyncio.get_running_loop().sock_connect(
                    plain, (other.address, PORT))
        except BaseException:
            plain.close()
            raise
        return await asyncio.open_connection(sock=plain)

    async def reaches(self, other):
        try:
            return await echoed(*await self.connect(other, SOON), SOON)
        except (TimeoutError, OSError):
            return False


async def echoed(reader, writer, timeout=PATIENCE):
    writer.write(b"hello")
    async with asyncio.timeout(timeout):
        return await reader.readexactly(5) == b"hello"


def run(test, hosts=3):
    async def with_network():
        network = Network()
        try:
            places = [Place(x.address, x) for x in
                      (network.add_host() for _ in range(hosts))]
            servers = [await x.serve() for x in places]
            await test(*places)
            for server in servers:
                server.close()
        finally:
            network.close()
    before = os.readlink("/proc/thread-self/ns/net")
    asyncio.run(with_network())
    assert os.readlink("/proc/thread-self/ns/net") == before


def test_all_reach_each_other():
    async def test(a, b, c):
        for one in (a, b, c, Place(CLIENTS), Place(KAFKA)):
            for other in (a, b, c):
                assert await one.reaches(other)
    run(test)


def test_a_cut_holds_everything_back_and_loses_nothing():
    async def test(a, b, c):
        cut = Cut((b.address,))
        reader, writer = await a.connect(b)
        assert await echoed(reader, writer)
        a.host.cut(cut)
        assert not await a.reaches(b) and not await b.reaches(a)
        with pytest.raises(TimeoutError):
            await echoed(reader, writer, SOON)
        assert await a.reaches(c) and await b.reaches(c)
        a.host.heal(cut)
        assert await a.reaches(b)
        async with asyncio.timeout(PATIENCE):
            assert await reader.readexactly(5) == b"hello"
    run(test)


@pytest.mark.parametrize("way", ["in", "out"])
def test_a_cut_of_one_way_lets_the_other_pass(way):
    """What arrived was taken in though its sender cannot learn that."""
    async def test(a, b, _):
        sender, taker = (b, a) if way == "out" else (a, b)
        reader, writer = await sender.connect(taker)
        assert await echoed(reader, writer)
        a.host.cut(Cut((b.address,), way))
        with pytest.raises(TimeoutError):
            await echoed(reader, writer, SOON)
        assert bytes_taken(taker, sender) == 10
    run(test)


def bytes_taken(place, sender):
    """By the server of a place from a connection of another."""
    with place.host.namespace.inside():
        lines = subprocess.run(
            ["ss", "-Htin", "src", f"{place.address}:{PORT}", "dst",
             sender.address], capture_output=True, text=True).stdout
    return int(lines.split("bytes_received:")[1].split()[0])


def test_a_reset_ends_connections_and_refuses_new_ones():
    async def test(a, b, _):
        reader, writer = await a.connect(b)
        assert await echoed(reader, writer)
        cut = Cut((b.address,), how="reset")
        a.host.cut(cut)
        with pytest.raises(ConnectionResetError):
            await echoed(reader, writer)
        with pytest.raises(ConnectionRefusedError):
            await a.connect(b)
        a.host.heal(cut)
        assert await a.reaches(b)
    run(test)


def test_cuts_add_up():
    async def test(a, b, c):
        first, second = Cut((b.address,)), Cut((b.address, c.address), "out")
        a.host.cut(first)
        a.host.cut(second)
        a.host.heal(first)
        assert not await a.reaches(b) and not await a.reaches(c)
        a.host.heal(second)
        assert await a.reaches(b) and await a.reaches(c)
    run(test)


def test_clients_and_kafka_are_cut_off_by_themselves():
    async def test(a, *_):
        a.host.cut(Cut((KAFKA,)))
        assert not await Place(KAFKA).reaches(a)
        assert await Place(CLIENTS).reaches(a)
    run(test, hosts=1)


def test_a_slow_way_delays_and_loses_nothing_of_a_connection():
    async def test(a, b, c):
        reader, writer = await a.connect(b)
        for one, other in ((a, b), (b, a)):
            one.host.slow_down(other.host, delay=0.1, loss=0.05)
        begin = time.monotonic()
        assert await echoed(reader, writer)
        assert time.monotonic() - begin >= 0.2
        data = os.urandom(200_000)
        writer.write(data)
        async with asyncio.timeout(PATIENCE):
            assert await reader.readexactly(len(data)) == data
        assert await a.reaches(c)
        for one, other in ((a, b), (b, a)):
            one.host.speed_up(other.host)
        assert await a.reaches(b)
        assert await echoed(reader, writer)
    run(test)


def test_nothing_is_left_of_a_network_whose_program_is_killed():
    script = """
import asyncio, subprocess, sys, time
from network import Network
from weir_node import die_with_parent

async def main():
    host = Network().add_host()
    def begin():
        die_with_parent()
        host.enter()
    child = subprocess.Popen(["sleep", "600"], preexec_fn=begin)
    print(child.pid, flush=True)
    time.sleep(600)

asyncio.run(main())
"""
    program = subprocess.Popen([sys.executable, "-c", script], text=True,
                               stdout=subprocess.PIPE,
                               env={**os.environ,
                                    "PYTHONPATH": ":".join(sys.path)})
    child = pathlib.Path("/proc", program.stdout.readline().strip())
    inode = os.readlink(child / "ns/net")
    assert inode != os.readlink("/proc/self/ns/net")
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    wait_until(lambda: not child.exists(), "the host's process to end")
    wait_until(lambda: inode not in namespaces(), "its namespace to end")


def namespaces():
    """Of all processes, and those that have a name."""
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(process / "ns/net"))
    return found
