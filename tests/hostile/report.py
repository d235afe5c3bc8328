"""The table of all cases."""

MIB = 1 << 20


def row(x):
    refused = ", ".join(f"{v} {k}" for k, v in sorted(
        x.refused.items(), key=lambda item: -item[1])[:3])
    return [x.case, f"{x.calm_p99 * 1000:.1f}", f"{x.p99 * 1000:.1f}",
            f"{x.ratio:.1f}", f"{x.full_p99 * 1000:.1f}",
            f"{x.newcomer * 1000:.0f}", f"{x.livez * 1000:.0f}",
            f"{x.loop * 1000:.0f}",
            f"{x.peak / MIB:.0f}", f"{100 * x.peak / x.bound:.0f} %",
            str(x.mailbox[0]), f"{x.log_lines:.1f}",
            str(x.attack.get("units", "")), refused]


TITLES = ["case", "calm p99", "paced p99", "ratio", "full p99", "newcomer",
          "livez", "loop", "MiB", "of bound", "mailbox", "lines/s", "units",
          "refused"]


def print_table(results):
    rows = [TITLES, ["---"] * len(TITLES), *map(row, results)]
    widths = [max(len(x[i]) for x in rows) for i in range(len(TITLES) - 1)]
    print()
    for x in rows:
        print("| " + " | ".join([*(y.ljust(n) for y, n in zip(x, widths)),
                                 x[-1]]) + " |")
    failed = [x for x in results if x.faults]
    print()
    for x in failed:
        print(f"{x.case}: {x.said()}", *x.log[-5:], sep="\n    ")
    print(f"\n{len(results)} cases, {len(failed)} with faults")
