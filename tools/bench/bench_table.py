"""Tables and ratios of what was measured."""

COLUMNS = ["server", "emits/s", "deliveries/s", "cores", "per core", "user us",
           "system us", "p50 ms", "p99 ms", "p999 ms",
           "cores of Kafka, load, others", "violations"]
ARRIVAL_COLUMNS = ["server", "connects/s", "joins/s", "cores",
                   "connects per core", "user us", "system us", "p50 ms",
                   "p99 ms", "p999 ms", "cores of Kafka, load, others",
                   "errors"]
IDLE_COLUMNS = ["server", "KB per connection", "MB without", "MB with all",
                "cores"]


def per_core(row, report):
    """Work done per core of the server's CPU time."""
    cores = report["cpu_cores"]["server"]
    return report[row.work] / cores if cores else 0.0


def cpu_per_operation(row, report):
    """Microseconds of the server's user and of its system time."""
    parts = report["cpu_parts"]["server"]
    work = report[row.work]
    return [1e6 * parts[kind] / work if work else 0.0
            for kind in ("user", "system")]


def typical(row, reports):
    """Of several runs the one in the middle."""
    if row.mode == "idle":
        order = sorted(reports, key=lambda r: r["kb_per_connection"])
    elif row.work:
        order = sorted(reports, key=lambda r: per_core(row, r))
    else:
        order = sorted(reports, key=lambda r: r["delivery_ms"]["p99"])
    return order[len(order) // 2]


def count(value):
    return f"{value:,.0f}"


def troubles(report):
    """What was wrong with the deliveries, or `-`."""
    found = {**report.get("violations", {}), **report["errors"]}
    words = [f"{count(n)} {kind}" for kind, n in found.items() if n]
    if report.get("joins_repeated"):
        words.append(f"{report['joins_repeated']} joins repeated")
    return ", ".join(words) or "-"


def load_cells(row, name, report):
    latency = report["delivery_ms"]
    cores = report["cpu_cores"]
    work = (("connects_per_s", "joins_per_s") if row.mode == "arrivals"
            else ("emits_per_s", "deliveries_per_s"))
    return [name, *(count(report[x]) for x in work), f"{cores['server']:.2f}",
            count(per_core(row, report)) if row.work else "-",
            *cpu_cells(row, report),
            *(f"{latency[q]:.2f}" for q in ("p50", "p99", "p999")),
            ", ".join(f"{cores[who]:.2f}" for who in ("kafka", "load", "others")),
            troubles(report)]


def cpu_cells(row, report):
    if not row.work:
        return ["-", "-"]
    return [f"{us:.2f}" for us in cpu_per_operation(row, report)]


def idle_cells(name, report):
    return [name, f"{report['kb_per_connection']:.1f}",
            f"{report['kb_empty'] / 1024:.0f}",
            f"{report['kb_all'] / 1024:.0f}", f"{report['cores']:.2f}"]


def markdown(columns, lines):
    widths = [max(len(cell) for cell in column)
              for column in zip(columns, *lines)]

    def line(cells):
        padded = (c.ljust(w) for c, w in zip(cells, widths))
        return "| " + " | ".join(padded) + " |"
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join([line(columns), rule, *map(line, lines)])


def table(row, reports):
    """`reports` is {server: report}."""
    if row.mode == "idle":
        return markdown(IDLE_COLUMNS, [idle_cells(name, report)
                                       for name, report in reports.items()])
    columns = ARRIVAL_COLUMNS if row.mode == "arrivals" else COLUMNS
    return markdown(columns, [load_cells(row, name, report)
                              for name, report in reports.items()])


def ratios(row, reports):
    """Weir against each of the others, as {server: {what: ratio}}; above 1 is
    better for work, below 1 for latency and memory."""
    ours = reports.get("weir")
    if not ours:
        return {}
    return {name: compare(row, ours, theirs)
            for name, theirs in reports.items() if name != "weir"}


def compare(row, ours, theirs):
    def ratio(a, b):
        return round(a / b, 3) if b else None
    if row.mode == "idle":
        return {"kb_per_connection": ratio(ours["kb_per_connection"],
                                           theirs["kb_per_connection"])}
    found = {q: ratio(ours["delivery_ms"][q], theirs["delivery_ms"][q])
             for q in ("p50", "p99", "p999")}
    if row.work:
        found["work"] = ratio(ours[row.work], theirs[row.work])
        found["work_per_core"] = ratio(per_core(row, ours),
                                       per_core(row, theirs))
        found["user"], found["system"] = map(
            ratio, cpu_per_operation(row, ours), cpu_per_operation(row, theirs))
    return found


def ratio_lines(found):
    """One sentence per server that Weir is compared with."""
    return [f"Weir / {name}: "
            + ", ".join(f"{what} {value}" for what, value in values.items())
            for name, values in found.items()]


def section(title, row, reports):
    """A row as RESULTS.md shows it: its table, and what Weir is in it to each
    of the others."""
    lines = [f"- {line}" for line in ratio_lines(ratios(row, reports))]
    return "\n".join([f"## {title}", "", table(row, reports), "", *lines])
