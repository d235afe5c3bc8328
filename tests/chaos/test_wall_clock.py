"""A process sees its wall clock jump, and its monotonic one continue."""

import subprocess
import sys
import time

import pytest

from waiting import PATIENCE, SANITIZED
from wall_clock import WallClock

pytestmark = pytest.mark.skipif(
    SANITIZED, reason="the sanitizers' runtime must be loaded first")

SHOW = "import time; print(time.time(), time.monotonic())"
# A wait of C, by the wall clock, for something that never happens.
WAIT = """
import ctypes, sys, time
libc = ctypes.CDLL(None)
condition = ctypes.create_string_buffer(64)
mutex = ctypes.create_string_buffer(64)
until = (ctypes.c_long * 2)(int(time.time()) + int(sys.argv[1]), 0)
begin = time.monotonic()
print("waits", flush=True)
libc.pthread_mutex_lock(mutex)
getattr(libc, sys.argv[2])(condition, mutex, until)
print(time.monotonic() - begin)
"""


class Program:
    def __init__(self, clock, script, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)], text=True,
            stdout=subprocess.PIPE, env=clock.environment)

    def line(self):
        return self.process.stdout.readline()

    def numbers(self):
        output, _ = self.process.communicate(timeout=PATIENCE)
        return [float(x) for x in output.split()]


@pytest.mark.parametrize("seconds", [3600, 0, -3600])
def test_the_wall_clock_jumps_and_the_monotonic_one_does_not(tmp_path, seconds):
    clock = WallClock(tmp_path / "clock")
    clock.jump(seconds)
    wall, monotonic = Program(clock, SHOW).numbers()
    assert abs(wall - time.time() - seconds) < PATIENCE
    assert abs(monotonic - time.monotonic()) < PATIENCE


WAITS = pytest.mark.parametrize(
    "function", ["pthread_cond_timedwait", "cnd_timedwait"])


@WAITS
def test_a_wait_ends_when_the_clock_shows_its_time(tmp_path, function):
    clock = WallClock(tmp_path / "clock")
    program = Program(clock, WAIT, 3600, function)
    assert program.line() == "waits\n"
    clock.jump(3600)
    waited, = program.numbers()
    assert waited < PATIENCE


@WAITS
def test_a_clock_set_back_makes_a_wait_longer(tmp_path, function):
    clock = WallClock(tmp_path / "clock")
    program = Program(clock, WAIT, 2, function)
    assert program.line() == "waits\n"
    clock.jump(-2)
    waited, = program.numbers()
    assert waited > 2
