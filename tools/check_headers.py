#!/usr/bin/env python3
"""Checks that no header is longer than one reads at once.

    tools/check_headers.py [ROOT]

Prints one line per header of more than 200 lines, as compilers do, and exits
with 1 if there is any. There are no exceptions: what is longer is two things,
or shows what belongs into a source.
"""

import pathlib
import sys

from checked_files import our_files, root_of

LONGEST = 200


def headers_of(root):
    """Ours, with their lines."""
    for name in our_files(root, "*.hpp", "*.h"):
        text = pathlib.Path(root, name).read_text(encoding="utf-8")
        yield name, len(text.splitlines())


def main(root):
    count = 0
    for name, lines in headers_of(root):
        if lines > LONGEST:
            print(f"{name}:{LONGEST + 1}: a header of {lines} lines; at most "
                  f"{LONGEST}: is it two things?")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
