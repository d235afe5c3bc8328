"""That each record was read once by the cluster, of a run without faults."""

from violation import Violation

# More than this was read from brokers than written to them.
TOO_MUCH = 1.02


def check(entries):
    for x in entries:
        if x.what != "traffic":
            continue
        written, read = x.more["written"], x.more["read"]
        if read > written * TOO_MUCH:
            yield Violation("read twice", x.at, "brokers", f"{read} bytes were "
                            f"read of {written} that were written")
        elif read < written:
            yield Violation("never read", x.at, "brokers", f"only {read} bytes "
                            f"were read of {written} that were written")
