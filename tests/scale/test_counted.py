"""docs/scale.md counts what its command prints."""

import os
import pathlib
import re
import shlex
import subprocess

from readme import examples, marked
from waiting import PATIENCE
from weir_node import ROOT, binary

DOCUMENT = "docs/scale.md"
STEPS = marked(DOCUMENT, "step")

# What the command calls what the table has in a row; the rest is CPU, which
# differs from machine to machine.
COUNTS = ["links", "dials", "addresses sent",
          "keys held, all partition consumers",
          "keys at the fullest partition consumer",
          "rooms at the fullest node", "partitions that move",
          "subscribe messages", "keys in them"]


def test_the_table_has_what_is_counted():
    program, *arguments = shlex.split(STEPS["counted"].text)
    program = pathlib.Path(binary()).with_name(os.path.basename(program))
    said = subprocess.run([program, *arguments], check=True, text=True,
                          capture_output=True, timeout=PATIENCE).stdout
    counted = dict(re.findall(r"^  (.+): ([\d.]+)$", said, re.MULTILINE))
    table = (ROOT / DOCUMENT).read_text().split("## Counted")[1].split("\n## ")[0]
    for name in COUNTS:
        number = f"{int(counted[name]):,}"
        assert re.search(rf"(?<![\d,]){number}(?!,?\d)", table), (
            f"{name}: {number}")


def test_each_command_of_the_document_is_run():
    """The other one by test_measured.py."""
    assert set(STEPS) == {"counted", "measured"}
    assert len(examples(DOCUMENT)) == len(STEPS)
