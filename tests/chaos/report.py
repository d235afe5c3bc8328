"""Writes the figures of runs into docs/failure-table.md."""

import json
import pathlib

from figures import markdown, merge

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/failure-table.md"
BEGIN = "<!-- figures of {} nodes: begin -->\n"
END = "<!-- figures of {} nodes: end -->\n"


def write(files):
    """Replaces those of clusters of the same size; others stay."""
    runs = []
    for file in files:
        found = json.loads(file.read_text())
        runs += found if isinstance(found, list) else [found]
    page = PAGE.read_text()
    for nodes in sorted({x["nodes"] for x in runs}):
        page = replace(page, nodes, [x for x in runs if x["nodes"] == nodes])
    PAGE.write_text(page)


def replace(page, nodes, runs):
    begin, end = BEGIN.format(nodes), END.format(nodes)
    if begin not in page:
        page += f"\n### {nodes} nodes\n\n{begin}{end}"
    before, rest = page.split(begin)
    after = rest.split(end)[1]
    return f"{before}{begin}{summary(runs)}\n{markdown(merge(runs))}{end}{after}"


def summary(runs):
    def total(key):
        return sum(x[key] for x in runs)
    faults = sum(y["times"] for x in runs for y in x["faults"].values())
    return (f"{len(runs)} runs, {faults:,} faults: {total('emits'):,} emits, "
            f"{total('acked'):,} acked, {total('deliveries'):,} deliveries, "
            f"{total('reconnects_recovered'):,} reconnects that recovered and "
            f"{total('reconnects_unrecovered'):,} that started over, "
            f"{total('gaps_told'):,} gaps reported, "
            f"{total('violations'):,} violations.\n")
