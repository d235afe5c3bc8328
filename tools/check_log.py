#!/usr/bin/env python3
"""Checks how lines of the log are written.

    tools/check_log.py [ROOT]

What a line says is a text of the program's, the same whenever it is written:
what is about this time stands in fields, so that people can look for the one
and programs for the other. A field's name is an identifier (`leader_epoch`), so
that a query needs no quotes. Prints one line per violation, as compilers do,
and exits with 1 if there is any.
"""

import re
import sys

from checked_files import root_of

FOLDERS = ["actors", "transport", "config", "tools"]

CALL = re.compile(r"\blog::(debug|info|warning|error|write|limited)\(")
FIELDS = re.compile(r"\blog::fields?\b[^;({]*\{")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
NAME = re.compile(r'\{\s*"((?:[^"\\]|\\.)*)"\s*,')
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

# Which argument is what the line says.
PLACE = {"write": 1, "limited": 1}

OPEN, CLOSE = "({[", ")}]"


def without_comments(text):
    """With as many lines and characters."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*',
                  lambda x: x[0] if x[0][0] == '"' else " " * len(x[0]), text)


def arguments(text, begin):
    """Those of the call, or in the braces, that have begun there."""
    depth, last, found = 0, begin, []
    place = begin
    while place < len(text):
        string = TEXT.match(text, place)
        if string:
            place = string.end()
            continue
        if text[place] in CLOSE and depth == 0:
            return found + [text[last:place]]
        depth += (text[place] in OPEN) - (text[place] in CLOSE)
        if text[place] == "," and depth == 0:
            found.append(text[last:place])
            last = place + 1
        place += 1
    return found


def is_put_together(message):
    """Rather than literals beside each other, a choice of those, or a name."""
    rest = TEXT.sub('""', message)
    return "+" in rest or "format" in rest or "std::string" in rest


def violations(text):
    """All violations of one file as (line, message), in line order."""
    text = without_comments(text)
    found = []
    for call in CALL.finditer(text):
        line = text.count("\n", 0, call.start()) + 1
        given = arguments(text, call.end())
        place = PLACE.get(call[1], 0)
        if len(given) > place and is_put_together(given[place]):
            found.append((line, "the line's text is put together: what differs "
                                "is a field of its own"))
        found += names_in(",".join(given[place + 1:]), line)
    for fields in FIELDS.finditer(text):
        line = text.count("\n", 0, fields.start()) + 1
        inside = ",".join(arguments(text, fields.end()))
        found += names_in("{" + inside, line)
    return sorted(found)


def names_in(text, line):
    return [(line, f'"{name}" is no name for a field: letters, digits and _')
            for name in NAME.findall(text) if not IDENTIFIER.fullmatch(name)]


def main(root):
    count = 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            name = path.relative_to(root).as_posix()
            for line, message in violations(path.read_text()):
                print(f"{name}:{line}: {message}")
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
