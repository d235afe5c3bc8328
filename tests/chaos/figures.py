"""Numbers of a run, and of each fault in it."""

from collections import Counter, defaultdict

from faults import FAULTS

# A violation that shows within this time of a fault may be its doing.
SUSPECT = 20.0


def figures(entries, violations):
    counts = Counter(x.what for x in entries)
    recovered = Counter(bool(x.more["recovered"]) for x in entries
                        if x.what == "connected" and x.more["connection"] > 1)
    return {
        "emits": counts["emit"], "acked": counts["ack"],
        "refused": counts["nack"], "deliveries": counts["event"],
        "reconnects_recovered": recovered[True],
        "reconnects_unrecovered": recovered[False], "gaps_told": counts["gap"],
        **{x: counts[x] for x in ("kept_out", "put_out")
           if counts[x]},
        "violations": len(violations),
        "faults": fault_figures(entries, violations),
    }


def fault_figures(entries, violations):
    """{fault: times, violations, seconds}.

    `worst_length`: of the fault itself. `worst_offline`: from the loss of a connection while the fault lasted until
    the client has one again. `worst_delivery`: from an emit made while the fault
    lasted to a delivery of it. `worst_after`: from the end of the fault to the
    last delivery of what was emitted before that end."""
    found = defaultdict(lambda: {"times": 0, "violations": 0,
                                 "worst_length": 0.0, "worst_offline": 0.0, "worst_delivery": 0.0,
                                 "worst_after": 0.0})
    deliveries, outages = delivered(entries), offline(entries)
    for name, begin, end in spans(entries):
        row = found[name]
        row["times"] += 1
        row["violations"] += sum(begin <= x.at <= end + SUSPECT
                                 for x in violations)
        row["worst_length"] = max(row["worst_length"], end - begin)
        row["worst_offline"] = max(
            [row["worst_offline"]]
            + [back - gone for gone, back in outages if begin <= gone <= end])
        for emitted, arrived in deliveries:
            if begin <= emitted <= end:
                row["worst_delivery"] = max(row["worst_delivery"],
                                            arrived - emitted)
                row["worst_after"] = max(row["worst_after"], arrived - end)
    return {name: {k: round(v, 2) for k, v in row.items()}
            for name, row in sorted(found.items())}


def delivered(entries):
    """(when emitted, when the last client had it) of each event; what a client
    gets again, because it asked for it, counts once."""
    emitted = {x.id: x.at for x in entries if x.what == "emit"}
    last, seen = {}, set()
    for x in entries:
        if x.what == "event" and x.id in emitted and (x.who, x.id) not in seen:
            seen.add((x.who, x.id))
            last[x.id] = x.at
    return [(emitted[id], at) for id, at in last.items()]


def offline(entries):
    """(when a client lost its connection, when it had one again)"""
    gone, found = {}, []
    for x in entries:
        if x.what == "disconnected":
            gone[x.who] = x.at
        elif x.what == "connected" and x.who in gone:
            found.append((gone.pop(x.who), x.at))
    return found


def spans(entries):
    begun = {}
    for x in entries:
        if x.what == "fault":
            begun[x.more["number"]] = x
        elif x.what == "healed":
            fault = begun.pop(x.more["number"])
            yield fault.who, fault.at, x.at


def merge(runs):
    """One table of several runs' figures; times only of those in which a fault
    was alone: otherwise they are also of what overlaps with it."""
    total = {}
    for run in runs:
        for name, row in run["faults"].items():
            into = total.setdefault(name, {"times": 0, "violations": 0})
            for key, value in row.items():
                if not key.startswith("worst"):
                    into[key] += value
                elif run["alone"]:
                    into[key] = max(into.get(key, 0.0), value)
    return total


def markdown(table):
    lines = ["| What fails | How it is injected | Times | Violations | Its own "
             "length | Longest without connection | Worst emit to delivery | "
             "Caught up after its end |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for fault in sorted(FAULTS.values(), key=lambda x: x.row):
        row = table.get(fault.name)
        if row:
            times = [f"{row[x]:.1f} s" if x in row else "–" for x in (
                "worst_length", "worst_offline", "worst_delivery", "worst_after")]
            lines.append(" | ".join([
                f"| {fault.row}", f"`{fault.name}`: {fault.how}",
                str(row["times"]), str(row["violations"]), *times]) + " |")
    return "\n".join(lines) + "\n"
