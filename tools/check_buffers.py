#!/usr/bin/env python3
"""Checks that what grows by what others send has a bound where it is declared.

    tools/check_buffers.py [ROOT]

A buffer of Asio's or Beast's that grows as it is read into (`flat_buffer` and
its like, a dynamic buffer over a string) would take all memory that there is.
Each is made with the most that it may hold (`flat_buffer x{limit}`), is given
that in the same file or the source beside it (`x.max_size(limit)`), or says in a
comment on its line, or on the one above, what keeps it from growing:

    // at most: max_header, which read_head looks at

Other reads go into memory whose size is known before. Prints one line per
buffer without a bound, as compilers do, and exits with 1 if there is any.
"""

import re
import sys

from checked_files import root_of

FOLDERS = ["transport", "actors"]

# A declaration by its type; those with a size in their type have a bound.
DECLARED = re.compile(r"\b(flat_buffer|multi_buffer|basic_\w+_buffer|streambuf|"
                      r"basic_streambuf)\b(?:<.*>)?\s+(\w+)\s*([;{(=])(.*)")
# Over a string or a vector: the most is the second argument.
DYNAMIC = re.compile(r"\bdynamic_(?:string_|vector_)?buffer\s*\(([^()]*)\)")
REASON = re.compile(r"//.*\bat most: \S")


def has_limit(name, opening, rest, files):
    """Of a declaration: in its braces, or set in one of the files."""
    made_with = opening in "{(" and rest.strip(" ;)}") != ""
    return made_with or any(re.search(rf"\b{name}\.max_size\s*\(", text)
                            for text in files)


def violations(text, beside=""):
    """All violations of one file as (line, message), in line order. `beside`:
    the source of a header."""
    found = []
    before = ""
    for number, line in enumerate(text.splitlines(), start=1):
        code = line.split("//")[0]
        excused = REASON.search(line) or REASON.search(before)
        before = line
        if excused or code.lstrip().startswith("#"):
            continue
        declared = DECLARED.search(code)
        if declared and not has_limit(*declared.groups()[1:], [text, beside]):
            found.append((number, f"{declared[2]} has no bound: make it with "
                                  "one, or say in a comment what keeps it "
                                  "from growing"))
        for over in DYNAMIC.findall(code):
            if "," not in over:
                found.append((number, f"a dynamic buffer over {over.strip()} "
                                      "has no bound: give it a second "
                                      "argument"))
    return found


def main(root):
    count = 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            source = path.with_suffix(".cpp")
            beside = source.read_text() if source.is_file() else ""
            name = path.relative_to(root).as_posix()
            for line, message in violations(path.read_text(), beside):
                print(f"{name}:{line}: {message}")
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
