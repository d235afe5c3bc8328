"""TCP ports of 127.0.0.1 which are this process's until it ends.

    free_ports.py COUNT    prints them, and ends when its input does
"""

import errno
import fcntl
import os
import pathlib
import random
import socket
import sys
import tempfile

FIRST = 10_000
KERNEL = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")

# Open, and so locked, as long as the process lives; children of it that
# outlive it do not inherit them.
held = []


def free_ports(count):
    """`count` ports that nobody listens on. Between the choice and the use,
    and while a server is down for a while, nobody else gets them: no process
    that asks here, as each port has a lock, and no client's end of a
    connection, as they are below the range that the kernel takes those from.
    Raises OSError (EADDRNOTAVAIL) if there are not as many."""
    found = []
    ports = range(FIRST, first_of_kernel())
    for port in random.sample(ports, len(ports)):
        if len(found) == count:
            break
        if hold(port):
            found.append(port)
    if len(found) < count:
        raise OSError(errno.EADDRNOTAVAIL,
                      f"no {count} free ports between {ports.start} and {ports.stop}")
    return found


def first_of_kernel():
    first = int(KERNEL.read_text().split()[0])
    # Where the kernel takes all, there is nothing below.
    return first if first >= FIRST + 1000 else 65_536


def hold(port):
    folder = pathlib.Path(tempfile.gettempdir()) / f"weir-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    lock = (folder / str(port)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        lock.close()
        if error.errno in (errno.EWOULDBLOCK, errno.EADDRINUSE):
            return False
        raise
    held.append(lock)
    return True


if __name__ == "__main__":
    print(*free_ports(int(sys.argv[1])), flush=True)
    sys.stdin.read()
