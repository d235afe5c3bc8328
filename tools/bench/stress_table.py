"""Tables of what the scenarios cost."""

from bench_table import count, markdown, troubles


def memory_cells(report):
    memory = report["memory"]
    return [f"{memory['before_mib']:.0f}", f"{memory['peak_mib']:.0f}"]


def slow_table(result):
    lines = []
    for x in (result["without"], result["with"]):
        delay = x["delivery_ms"]
        lines.append([
            f"{x['members']}, {x['silent']} of them do not read",
            count(x["deliveries_per_s"]),
            *(f"{delay[q]:.2f}" for q in ("p50", "p99", "p999")),
            f"{x['cpu_cores']['server']:.2f}", *memory_cells(x),
            f"{x['bound_mib']:.0f}", f"{x['drained_after_s']:.1f}",
            troubles(x)])
    return markdown(["members", "deliveries/s", "p50 ms", "p99 ms", "p999 ms",
                     "cores", "MiB before", "peak", "bound",
                     "all caught up after s", "violations"], lines) + (
        f"\n\np99 with them, of p99 without: {result['p99_ratio']:.2f}")


def behind_table(results):
    return markdown(
        ["clients", "records behind", "deliveries", "caught up: first half s",
         "all s", "deliveries/s", "reads of the log", "sent by the broker, of "
         "the log", "MiB before", "peak", "bound", "violations"],
        [[f"{x['rooms']:,} rooms x {x['members']:,}", count(x["records"]),
          count(x["deliveries"]), f"{x['caught_up_ms']['p50'] / 1000:.1f}",
          f"{x['caught_up_ms']['max'] / 1000:.1f}",
          count(x["deliveries"] / x["caught_up_ms"]["max"] * 1000
                if x["caught_up_ms"]["max"] else 0),
          count(x["log_reads"]), f"{x['sent_of_log']:.2f}",
          *memory_cells(x), f"{x['bound_mib']:.0f}", troubles(x)]
         for x in results])


def comeback_table(results):
    return markdown(
        ["clients", "settings", "node ready after s", "recovered",
         "half back after s", "all back after s", "missed nothing after s",
         "reads of the log, 4 partitions", "deliveries", "MiB before the kill",
         "peak after it", "violations"],
        [[count(x["clients"]), " ".join(x["settings"]) or "-",
          f"{x['ready_s']:.1f}", count(x["back"] - x["new_sessions"]),
          f"{x['back_ms']['p50'] / 1000:.2f}",
          f"{x['back_ms']['max'] / 1000:.2f}", f"{x['caught_up_s']:.2f}",
          count(x["log_reads"]), count(x["deliveries"]), *memory_cells(x),
          troubles(x)] for x in results])
