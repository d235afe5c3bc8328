"""Ports are given to one process only, and to no connection."""

import pathlib
import socket
import subprocess
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools/kafka"))

import free_ports  # noqa: E402

class Holder:
    def __init__(self, count):
        self.process = subprocess.Popen(
            [sys.executable, free_ports.__file__, str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ports(self):
        return [int(x) for x in self.process.stdout.readline().split()]

    def end(self):
        self.process.communicate()


class Ports(unittest.TestCase):
    def test_no_two_processes_get_the_same(self):
        # Chosen alone, some of 1,200 in 22,000 would be the same: all but
        # one time in 10^14.
        holders = [Holder(400) for _ in range(3)]
        try:
            ports = [port for x in holders for port in x.ports()]
        finally:
            for x in holders:
                x.end()
        self.assertEqual(len(ports), 1200)
        self.assertEqual(len(set(ports)), 1200)

    def test_one_process_gets_none_twice(self):
        ports = free_ports.free_ports(300) + free_ports.free_ports(300)
        self.assertEqual(len(set(ports)), 600)

    def test_what_an_ended_process_had_is_free(self):
        holder = Holder(1)
        [port] = holder.ports()
        self.assertFalse(free_ports.hold(port))
        holder.end()
        self.assertTrue(free_ports.hold(port))

    def test_what_somebody_listens_on_is_not_free(self):
        [port] = free_ports.free_ports(1)
        free_ports.held.pop().close()
        with socket.create_server(("127.0.0.1", port)):
            self.assertFalse(free_ports.hold(port))
        self.assertTrue(free_ports.hold(port))

    def test_they_are_below_those_of_connections(self):
        first = free_ports.first_of_kernel()
        self.assertTrue(all(x < first for x in free_ports.free_ports(100)))

    def test_too_many_are_refused(self):
        with mock.patch.object(free_ports, "first_of_kernel",
                               return_value=free_ports.FIRST + 5):
            with self.assertRaisesRegex(OSError, "no 6 free ports"):
                free_ports.free_ports(6)


if __name__ == "__main__":
    unittest.main()
