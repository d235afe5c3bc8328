"""Writes the figures of runs into docs/failure-table.md."""

import json
import pathlib

from figures import markdown, merge

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/failure-table.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def write(files):
    runs = []
    for file in files:
        found = json.loads(file.read_text())
        runs += found if isinstance(found, list) else [found]
    before, rest = PAGE.read_text().split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(before + BEGIN + summary(runs) + "\n"
                    + markdown(merge(runs)) + END + after)


def summary(runs):
    def total(key):
        return sum(x[key] for x in runs)
    return (f"{len(runs)} runs: {total('emits'):,} emits, {total('acked'):,} "
            f"acked, {total('deliveries'):,} deliveries, "
            f"{total('reconnects_recovered'):,} reconnects that recovered and "
            f"{total('reconnects_anew'):,} that began anew, "
            f"{total('gaps_told'):,} gaps told, "
            f"{total('violations'):,} violations.\n")
