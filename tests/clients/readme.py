"""The examples of README.md, as they stand there."""

import dataclasses
import re
import subprocess
import threading

from waiting import wait_until
from weir_node import ROOT, die_with_parent


@dataclasses.dataclass(frozen=True)
class Example:
    language: str
    text: str

    def with_address(self, written, real):
        """With an address of this test in place of the one that it shows."""
        assert written in self.text, f"no {written} in\n{self.text}"
        return dataclasses.replace(self, text=self.text.replace(written, real))


def examples():
    """All fenced blocks, in order."""
    text = (ROOT / "README.md").read_text()
    return [Example(*x) for x in re.findall(r"^```(\w*)\n(.*?)^```$", text,
                                            re.MULTILINE | re.DOTALL)]


def example(phrase):
    """The only one that has this in it."""
    found = [x for x in examples() if x.language != "text" and phrase in x.text]
    assert len(found) == 1, f"{len(found)} examples in README.md have {phrase!r}"
    return found[0]


def output_of(phrase):
    """What README.md says that this example prints: the lines, as patterns in
    which numbers may be others."""
    all_of_them = examples()
    shown = all_of_them[all_of_them.index(example(phrase)) + 1]
    assert shown.language == "text"
    return [re.sub(r"\d+", r"\\d+", re.escape(line))
            for line in shown.text.splitlines()]


class Program:
    """Runs one, and keeps what it prints."""

    def __init__(self, *command, cwd=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, cwd=cwd,
            preexec_fn=die_with_parent)
        self.lines = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        if kind is not None:
            print("--- what the example printed:", *self.lines, sep="\n")

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, pattern):
        """The first line that has it."""
        return wait_until(
            lambda: next((x for x in self.lines if re.search(pattern, x)), None),
            f"a line of {pattern!r}")
