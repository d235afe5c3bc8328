"""Network namespaces without names.

The kernel removes one, with its devices, routes and rules, as soon as no
process is in it and no descriptor is open on it. So nothing is left of a run
however it ends, and runs may use the same addresses at the same time.
"""

import contextlib
import ctypes
import os

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


class NamespaceError(RuntimeError):
    pass


def call(function, *arguments):
    if function(*arguments) != 0:
        raise NamespaceError(
            "this machine does not let us make network namespaces: "
            f"{os.strerror(ctypes.get_errno())}; run as root, in a container "
            "with the capabilities NET_ADMIN and SYS_ADMIN")


class Namespace:
    """One of a thread. Processes and sockets are of the namespace in which the
    thread is that makes them, and stay in it."""

    def __init__(self):
        """That of this thread, now."""
        self.descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    @classmethod
    def make(cls):
        """A new one, in which there is nothing."""
        with cls().left():
            call(LIBC.unshare, CLONE_NEWNET)
            return cls()

    def close(self):
        os.close(self.descriptor)

    @property
    def path(self):
        """By which `ip` finds it."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def enter(self):
        call(LIBC.setns, self.descriptor, CLONE_NEWNET)

    @contextlib.contextmanager
    def left(self):
        """The thread may go elsewhere meanwhile."""
        try:
            yield
        finally:
            self.enter()
            self.close()

    @contextlib.contextmanager
    def inside(self):
        """The thread is in it. Nothing may be awaited meanwhile."""
        with Namespace().left():
            self.enter()
            yield
