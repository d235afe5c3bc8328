"""A slow way between hosts: packets that a host's routes send into its device
`late` come out of that of the host they are for, after a while, or are lost.

This is what `tc netem` does; but a kernel need not have that, as those of small
virtual machines do not, and TUN devices are everywhere.
"""

import asyncio
import fcntl
import os
import random
import struct

from namespace import NamespaceError

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MAX_PACKET = 65535


def open_device():
    """Makes `late`, in the namespace of this thread."""
    try:
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, TUNSETIFF,
                    struct.pack("16sH22x", b"late", IFF_TUN | IFF_NO_PI))
    except OSError as error:
        raise NamespaceError("this machine does not let us make TUN devices "
                             f"(/dev/net/tun): {error.strerror}") from None
    return descriptor


class LatePath:
    def __init__(self):
        self.ends = {}  # by address

    def attach(self, address):
        """A host's end, in the namespace of this thread."""
        end = self.ends[address] = LateEnd(self)
        return end


class LateEnd:
    def __init__(self, path):
        self.path = path
        self.impaired = {}  # {address: (seconds, share of packets)}
        self.random = random.Random(1)
        self.descriptor = open_device()
        self.loop = asyncio.get_running_loop()
        self.loop.add_reader(self.descriptor, self.take)

    def close(self):
        self.loop.remove_reader(self.descriptor)
        os.close(self.descriptor)
        self.descriptor = None

    def impair(self, address, seconds, loss):
        self.impaired[address] = seconds, loss

    def take(self):
        packet = os.read(self.descriptor, MAX_PACKET)
        # Of IPv4, whose header has the destination there; the kernel also
        # speaks IPv6 into each new device.
        target = ".".join(map(str, packet[16:20]))
        if packet[0] >> 4 != 4 or target not in self.impaired:
            return
        seconds, loss = self.impaired[target]
        if self.random.random() >= loss:
            self.loop.call_later(seconds, self.path.ends[target].put, packet)

    def put(self, packet):
        try:
            if self.descriptor is not None:
                os.write(self.descriptor, packet)
        except BlockingIOError:
            pass  # its queue is full: lost, as on any wire
