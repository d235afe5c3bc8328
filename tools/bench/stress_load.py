"""One run of weir_bench_load that says how far it is."""

import json
import os
import queue
import subprocess
import threading

from bench_servers import LOAD, BenchError
from kafka_cluster import die_with_parent


class Load:
    """The load as a process of its own; `stage` waits for what it tells, and
    `report` for its end.

        with Load("behind", {"rooms": 10}) as load:
            load.stage("behind")
            ... load.report() ...
    """

    def __init__(self, mode, arguments):
        self.command = [str(LOAD), mode]
        for name, value in arguments.items():
            for one in value if isinstance(value, list) else [value]:
                self.command += [f"--{name}", str(one)]
        self.stages = queue.SimpleQueue()
        self.errors = []

    def __enter__(self):
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: die_with_parent(parent))
        threading.Thread(target=self.read_errors, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def read_errors(self):
        for line in self.process.stderr:
            word, _, name = line.strip().partition(" ")
            if word == "stage":
                self.stages.put(name)
            else:
                self.errors.append(line)
        self.stages.put(None)

    def stage(self, name, timeout=600):
        try:
            found = self.stages.get(timeout=timeout)
        except queue.Empty:
            raise self.failed(f"does not come to '{name}'") from None
        if found != name:
            raise self.failed(f"came to '{found}' instead of '{name}'")

    def report(self, timeout=600):
        """Also of an unsound run."""
        try:
            text = self.process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            raise self.failed("does not end") from None
        if self.process.returncode not in (0, 1) or not text:
            raise self.failed("has failed")
        return json.loads(text)

    def failed(self, why):
        return BenchError(f"{' '.join(self.command)} {why}: "
                          + "".join(self.errors).strip())
