"""How a node grows with its cores: what each of its threads takes of what the
process uses. On a machine with few cores the threads share them, which does not
matter: what counts is how the work is divided."""

import re

from bench_table import cpu_per_operation, markdown

ROWS = ["emits", "rooms", "fanout"]
LOOPS = [1, 2, 4, 8]
# For which Amdahl's law is asked.
MACHINES = [2, 4, 8, 16]
COLUMNS = ["server", "user us", "system us", "busiest thread", "of all", "next",
           "serial", *(f"{n} cores" for n in MACHINES)]


def servers(former):
    """In turns with an earlier build, where there is one."""
    names = ["weir", "former"] if former else ["weir"]
    return [f"{name}@{n}" for n in LOOPS for name in names]


def shares(report):
    """[(name, share)] of the server's threads, the busiest first."""
    threads = report["cpu_parts"]["server"]["threads"]
    used = [(x["name"], x["user"] + x["system"]) for x in threads]
    total = sum(seconds for _, seconds in used)
    return sorted(((name, seconds / total) for name, seconds in used),
                  key=lambda x: -x[1])


def serial_share(found):
    """What does not become less where there are more cores: one I/O loop does
    more than the others do on average, or another thread what it does."""
    loops = [share for name, share in found if is_loop(name)]
    others = [share for name, share in found if not is_loop(name)]
    excess = 0.0
    if len(loops) > 1:
        excess = loops[0] - sum(loops[1:]) / (len(loops) - 1)
    return max([excess, *others])


def is_loop(name):
    return re.fullmatch(r"weir\.loop-\d+", name) is not None


def speed_up(serial, cores):
    """By Amdahl's law."""
    return 1 / (serial + (1 - serial) / cores)


def cells(row, name, report):
    found = shares(report)
    # With one loop there is nothing to tell its part that could be divided.
    several = sum(is_loop(thread) for thread, _ in found) > 1
    serial = serial_share(found)
    return [name, *(f"{us:.2f}" for us in cpu_per_operation(row, report)),
            found[0][0], f"{found[0][1]:.0%}",
            ", ".join(f"{thread} {share:.0%}" for thread, share in found[1:3]),
            f"{serial:.0%}" if several else "-",
            *(f"{speed_up(serial, n):.1f}" if several else "-"
              for n in MACHINES)]


def section(row, reports):
    """Of those servers of a row that are Weir's."""
    return markdown(COLUMNS, [cells(row, name, report)
                              for name, report in reports.items()
                              if "@" in name])
