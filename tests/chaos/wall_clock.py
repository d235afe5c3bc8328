"""The wall clock of one process, which can jump: wall_clock.cpp."""

import os
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parents[2]


def library():
    """ctest names the one that it has built."""
    found = pathlib.Path(os.environ.get("WEIR_WALL_CLOCK")
                         or ROOT / "build/debug/tests/chaos/libwall_clock.so")
    if not found.exists():
        raise RuntimeError(f"no {found}: build it, name it in WEIR_WALL_CLOCK, "
                           "or leave clock_jump and clock_leap out of "
                           "--faults")
    return found


class WallClock:
    def __init__(self, file):
        self.file = file
        self.jump(0)

    def jump(self, seconds):
        """So far from the true time is it from now on."""
        data = struct.pack("=q", seconds * 1_000_000_000)
        # The process has the file in its memory: it must stay the same one.
        with self.file.open("r+b" if self.file.exists() else "wb") as out:
            out.write(data)

    @property
    def environment(self):
        # AddressSanitizer's runtime would insist on being the first library.
        options = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
        return {"LD_PRELOAD": str(library()),
                "WALL_CLOCK_FILE": str(self.file),
                "ASAN_OPTIONS": ":".join(x for x in options if x)}
