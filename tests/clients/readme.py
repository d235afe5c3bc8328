"""The examples of README.md and docs/, as they stand there."""

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
    kind: str = ""  # what a comment before it says: <!-- kind: name -->
    name: str = ""

    def with_address(self, written, real):
        """With an address of this test in place of the one that it shows."""
        assert written in self.text, f"no {written} in\n{self.text}"
        return dataclasses.replace(self, text=self.text.replace(written, real))


# What a reader of README.md comes by first.
FIRST = ("README.md", "docs/clients.md", "docs/back-ends.md",
         "docs/operating.md", "docs/deployment.md")


def examples(*documents):
    """All fenced blocks, in order."""
    text = "\n".join((ROOT / x).read_text() for x in documents or FIRST)
    found = re.findall(r"^(?:<!-- (\w+): ([^\n]+) -->\n)?```(\w*)\n(.*?)^```$",
                       text, re.MULTILINE | re.DOTALL)
    return [Example(language, text, kind, name)
            for kind, name, language, text in found]


def marked(document, kind):
    """Those that a comment names, by name."""
    found = [x for x in examples(document) if x.kind == kind]
    names = [x.name for x in found]
    assert len(set(names)) == len(names), names
    return dict(zip(names, found))


def example(phrase):
    """The only one that has this in it."""
    found = [x for x in examples() if x.language != "text" and phrase in x.text]
    assert len(found) == 1, f"{len(found)} examples have {phrase!r}"
    return found[0]


def output_of(phrase):
    """What is said there that this example prints: the lines, as patterns in
    which numbers may be others."""
    all_of_them = examples()
    shown = all_of_them[all_of_them.index(example(phrase)) + 1]
    assert shown.language == "text"
    return [re.sub(r"\d+", r"\\d+", re.escape(line))
            for line in shown.text.splitlines()]


def commands(console):
    """What is to be typed, which follows `$ `, and the lines that it prints."""
    found = []
    for part in re.split(r"^\$ ", console.text, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)[0]
        found.append((command, part[len(command):].splitlines()))
    return found


class Program:
    """Runs one, and keeps what it prints."""

    def __init__(self, *command, cwd=None, env=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, cwd=cwd, env=env,
            preexec_fn=die_with_parent)
        self.lines = []
        self.seen = 0  # of them, by expect()
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

    def expect(self, patterns):
        """These lines, one after the other, behind those of before."""
        for wanted in patterns:
            wait_until(lambda: self.sees(wanted), f"a line of {wanted!r}")

    def sees(self, wanted):
        for i, line in enumerate(self.lines[self.seen:], start=self.seen):
            if re.fullmatch(wanted, line):
                self.seen = i + 1
                return True
        return False
