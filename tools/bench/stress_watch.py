"""What a process costs while a scenario runs, and what the node's /metrics and
the broker's own counters say of it."""

import os
import pathlib
import re
import threading
import time
import urllib.request

MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")
INTERVAL = 0.5


def resident(pid):
    """Bytes of resident memory: cheap, unlike smaps, which would hold the
    process up while it is measured."""
    fields = pathlib.Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * PAGE


def peak(pid):
    """The most that it ever was."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1]) * 1024


class Memory(threading.Thread):
    """Resident memory over time, as [(seconds, bytes)]."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.begin = time.monotonic()
        self.samples = []
        self.peak = 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(INTERVAL):
            self.sample()

    def sample(self):
        try:
            now = resident(self.pid)
            self.peak = max(self.peak, peak(self.pid))
        except (OSError, TypeError, IndexError):
            return 0  # it has been killed
        self.samples.append((round(time.monotonic() - self.begin, 1), now))
        return now

    def __enter__(self):
        self.sample()
        self.start()
        return self

    def __exit__(self, *_):
        self.sample()
        self.ended.set()
        self.join()

    def report(self, before=None):
        """In MiB."""
        step = max(1, len(self.samples) // 30)
        return {"start_mib": self.samples[0][1] / MIB,
                "before_mib": (before or self.samples[0][1]) / MIB,
                "peak_mib": self.peak / MIB,
                "end_mib": self.samples[-1][1] / MIB,
                "over_time_mib": [(at, round(x / MIB, 1))
                                  for at, x in self.samples[::step]]}


def metrics(server):
    """{name{labels}: value} of the node."""
    with urllib.request.urlopen(server.admin + "/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in
            re.findall(r"^(weir_\w+(?:\{.*\})?) (\S+)", text, re.M)}


def written_bytes(kafka):
    """What the broker has given to the kernel to write so far: all that it
    sends, also by sendfile, and what it appends to its log."""
    io = pathlib.Path(f"/proc/{kafka.processes[1].pid}/io").read_text()
    return int(re.search(r"^wchar: (\d+)", io, re.M)[1])


def log_bytes(kafka, topic):
    """The size of the topic's log."""
    folders = pathlib.Path(kafka.directory, "broker-1").glob(f"{topic}-[0-9]*")
    return sum(segment.stat().st_size for folder in folders
               for segment in folder.glob("*.log"))
