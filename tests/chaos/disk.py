"""Disks that can be full: small ones in memory, which only this process and those
that it starts see. They go with the last of these, however it ends."""

import contextlib
import ctypes
import errno
import os

CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
LIBC = ctypes.CDLL(None, use_errno=True)
BLOCK = bytes(1 << 16)


def can_mount():
    return os.geteuid() == 0


def call(function, *arguments):
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{function.__name__}: "
                      f"{os.strerror(ctypes.get_errno())}; disks take root")


def keep_mounts_to_ourselves():
    """For this thread, and all threads and processes that it starts."""
    call(LIBC.unshare, CLONE_NEWNS)
    call(LIBC.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)


class Disk:
    def __init__(self, folder, megabytes):
        """What lies in `folder` is on the disk then."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = {x.name: x.read_bytes() for x in folder.iterdir()}
        call(LIBC.mount, b"weir-chaos", bytes(folder), b"tmpfs", 0,
             f"size={megabytes}m".encode())
        for name, data in kept.items():
            (folder / name).write_bytes(data)

    @property
    def ballast(self):
        return self.folder / "ballast"

    def fill(self):
        with self.ballast.open("wb", buffering=0) as out:
            size = len(BLOCK)
            while size:
                try:
                    out.write(BLOCK[:size])
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2

    def free(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        with contextlib.suppress(OSError):
            call(LIBC.umount2, bytes(self.folder), 2)  # lazily
