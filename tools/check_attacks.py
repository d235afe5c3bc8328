#!/usr/bin/env python3
"""Checks that SECURITY.md names no test that is not there.

    tools/check_attacks.py [ROOT]

Its tables name tests as `file::case`: a function of Python, or a test case of
Boost. Prints a line per name that leads nowhere and per attack that names no
test, and exits with 1 if there is any.
"""

import re
import sys

from checked_files import root_of

DOCUMENT = "SECURITY.md"
CASE = re.compile(r"`([\w.]+)::(\w+)`")
FUNCTION = r"^\s*(?:async )?def {}\("
TEST_CASE = r"\bBOOST_(?:AUTO|DATA|FIXTURE)_TEST_CASE\(\s*{}\s*[,)]"


def files_of(tests):
    """The sources of tests by name, without what is installed below."""
    found = {}
    for path in sorted(tests.rglob("*")):
        if path.suffix in (".py", ".cpp") and "node_modules" not in path.parts:
            found.setdefault(path.name, []).append(path)
    return found


def problem(files, name, case):
    """What is wrong with `name::case`, or None."""
    paths = files.get(name, [])
    if len(paths) != 1:
        return f"{len(paths)} files of tests have the name {name}"
    wanted = FUNCTION if name.endswith(".py") else TEST_CASE
    if not re.search(wanted.format(case), paths[0].read_text(), re.MULTILINE):
        return f"{name} has no test {case}"
    return None


def attacks(lines):
    """(number, line) of the rows of tables whose last column is `Test`."""
    inside = False
    for number, line in enumerate(lines, start=1):
        if not line.startswith("|"):
            inside = False
        elif line.rstrip().endswith("| Test |"):
            inside = True
        elif inside and not set(line) <= set("|- \n"):
            yield number, line


def violations(files, text):
    """(line, message), in line order."""
    found, rows = [], dict(attacks(text.splitlines()))
    for number, line in enumerate(text.splitlines(), start=1):
        cases = CASE.findall(line)
        if number in rows and not cases:
            found.append((number, "an attack without a test"))
        found += [(number, x) for x in (problem(files, *y) for y in cases) if x]
    return found if rows else [(1, "there is no table of attacks")]


def main(root):
    found = violations(files_of(root / "tests"),
                       (root / DOCUMENT).read_text())
    for line, message in found:
        print(f"{DOCUMENT}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
