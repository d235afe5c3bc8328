#!/usr/bin/env python3
"""Checks that each unit with a source has a test, or that one is named for it.

    tools/check_tests.py [ROOT]

The test of `actors/room/room.cpp` is `tests/actors/room/room_test.cpp`. Units
without a test of their own name stand in the tables of tests/README.md that
begin with "| Folder | Units | Tested by |". Prints one line per unit that is in
neither place, and per name in these tables that is nowhere, as compilers do,
and exits with 1 if there is any.
"""

import fnmatch
import pathlib
import re
import sys

from checked_files import our_files, root_of

FOLDERS = ("actors/", "config/", "schemas/", "transport/")
README = "tests/README.md"
TABLE = "| Folder | Units | Tested by |"
QUOTED = re.compile(r"`([^`]+)`")


def rows_of(text):
    """(line, folder, units, tests) of each row of the tables."""
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("|"):
            inside = False
        elif line == TABLE:
            inside = True
        elif inside and "---" not in line:
            folder, units, tests = line.strip("| ").split(" | ")
            yield (number, folder.strip("`"), QUOTED.findall(units),
                   QUOTED.findall(tests))


def untested(files):
    """Units with a source and without a test of their name, and its source."""
    files = set(files)
    return {file.removesuffix(".cpp"): file for file in files
            if file.startswith(FOLDERS) and file.endswith(".cpp")
            and f"tests/{file.removesuffix('.cpp')}_test.cpp" not in files}


def is_a_test(name, files):
    return any(file.startswith("tests/")
               and file.endswith((f"/{name}", f"/{name}.cpp")) for file in files)


def violations(files, text):
    """All violations as (file, line, message)."""
    found = []
    missing = untested(files)
    named = set()
    for line, folder, units, tests in rows_of(text):
        for unit in units:
            matches = fnmatch.filter(missing, f"{folder}{unit}")
            named.update(matches)
            if not matches:
                found.append((README, line, f"{folder}{unit}: there is no such "
                              "unit, or it has a test of its name"))
        for test in tests:
            if not is_a_test(test, files):
                found.append((README, line, f"{test}: there is no such test"))
    for unit in sorted(set(missing) - named):
        found.append((missing[unit], 1, f"no tests/{unit}_test.cpp, and "
                      f"{README} names no other test"))
    return found


def main(root):
    text = pathlib.Path(root, README).read_text(encoding="utf-8")
    found = violations(our_files(root), text)
    for file, line, message in found:
        print(f"{file}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
