#!/usr/bin/env python3
"""Checks that no header is longer than one reads at once.

    tools/check_headers.py [ROOT]

Prints one line per header of more than 200 lines, as compilers do, and exits
with 1 if there is any. There are no exceptions: what is longer is two things,
or shows what belongs into a source.
"""

import pathlib
import subprocess
import sys

LONGEST = 200


def headers_of(root):
    """Ours, also those that git does not know yet, with their lines."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others",
         "--exclude-standard", "--", "*.hpp", "*.h"],
        check=True, capture_output=True, text=True)
    for name in sorted(set(listed.stdout.split("\0")) - {""}):
        file = pathlib.Path(root, name)
        if file.is_file():
            yield name, len(file.read_text(encoding="utf-8").splitlines())


def main(root):
    count = 0
    for name, lines in headers_of(root):
        if lines > LONGEST:
            print(f"{name}:{LONGEST + 1}: a header of {lines} lines; at most "
                  f"{LONGEST}: is it two things?")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parent.parent
    sys.exit(main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default))
