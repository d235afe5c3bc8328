#!/usr/bin/env python3
"""Writes the reference of the configuration from config/weir.example.toml, which
a test holds against the table of keys (config/keys.cpp) and their defaults.

    tools/reference.py markdown FILE    docs/configuration.md
    tools/reference.py man FILE         weir.toml(5)
"""

import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "config/weir.example.toml"

HEADER = re.compile(r"(?:# )?(\[\[?[a-z.]+\]\]?)$")
KEY = re.compile(r'(# )?("[a-z._]+"|[a-z._]+) = (.*)$')

# Commented out, and yet with what holds where they are not set.
SHOWN_DEFAULTS = {"min_version", "webhook", "jwks_timeout", "jwks_refresh",
                  "audience", "leeway", "token", "user", "max_token",
                  "max_refused", "expiry_notice", "timeout", "concurrency",
                  "waiting", "cache_entries", "cache_bytes", "sample_one_in",
                  "queue", "batch", "delay"}
# Set, as there must be something.
REQUIRED = {"[kafka].brokers", "[[namespace]].name",
            "[[namespace.mapping]].room", "[[namespace.mapping]].topic",
            "[[namespace.local]].events", "[[namespace.local]].room_from"}


@dataclasses.dataclass
class Key:
    name: str
    value: str
    is_default: bool


@dataclasses.dataclass
class Entry:
    """Keys that follow one another and have one explanation."""
    keys: list
    text: str


@dataclasses.dataclass
class Table:
    header: str
    text: str
    entries: list


def tables(text):
    found, said = [], []
    for line in text.splitlines():
        line = line.strip()
        if header := HEADER.match(line):
            found.append(Table(header[1], " ".join(said), []))
            said = []
        elif key := KEY.match(line):
            add(found[-1], key, said)
            said = []
        elif line.startswith("# "):
            said.append(line[2:])
        elif not found:
            said = []  # about the file
    return found


def add(table, key, said):
    commented, name, value = key.groups()
    value = re.sub(r"\s+#.*", "", value)
    is_default = (name in SHOWN_DEFAULTS if commented
                  else f"{table.header}.{name}" not in REQUIRED)
    if said or not table.entries:
        table.entries.append(Entry([], " ".join(said)))
    table.entries[-1].keys.append(Key(name, value, is_default))


# -- markdown -----------------------------------------------------------------

HEAD = """# Configuration

<!-- Written by tools/reference.py from config/weir.example.toml. -->

Every key, by table. A value is the default, or, after *such as*, an example where there is none. [config/weir.example.toml](../config/weir.example.toml) is the same as a file.

- `weir check FILE` tells what is wrong with a file, and what memory its limits add up to, without starting anything.
- Each key outside of `[[namespace]]` can also be set by an option, `--set server.listen=127.0.0.1:0`, or a variable, `WEIR_SERVER_LISTEN`; the option wins over the variable, and both over the file.
- Durations are written `"250ms"`, `"30s"`, `"2m"` or `"1h"`; sizes `"512B"`, `"64KiB"`, `"1MiB"`, `"1GiB"` or as a number of bytes.
"""


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def shown(key):
    value = f"`{key.value}`".replace("|", "\\|")
    return value if key.is_default else f"such as {value}"


def as_markdown(found):
    lines = [HEAD]
    for table in found:
        lines += [f"## {table.header}", ""]
        if table.text:
            lines += [cell(table.text), ""]
        if table.entries:
            lines += ["| Key | Value | |", "| --- | --- | --- |"]
        for entry in table.entries:
            for i, key in enumerate(entry.keys):
                text = cell(entry.text) if i == 0 else ""
                name = f"`{key.name}`"
                lines.append(f"| {name} | {shown(key)} | {text} |")
        if table.entries:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


# -- man page -----------------------------------------------------------------

MAN_HEAD = r""".TH WEIR.TOML 5 "" "weir" "File Formats"
.SH NAME
weir.toml \- configuration of weir(1)
.SH DESCRIPTION
A TOML file. Below stands every key, by table, with its default, or, after
.IR "such as" ,
an example where there is none.
.PP
Each key outside of
.B [[namespace]]
can also be set by an option,
.BR "\-\-set server.listen=127.0.0.1:0" ,
or a variable,
.BR WEIR_SERVER_LISTEN ;
the option wins over the variable, and both over the file.
.PP
Durations are written "250ms", "30s", "2m" or "1h"; sizes "512B", "64KiB",
"1MiB", "1GiB" or as a number of bytes. Files are named as seen from the folder
of the file.
.PP
.B weir check
.I FILE
tells what is wrong with a file.
.SH EXAMPLE
.EX
"""


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    return "\\&" + text if text[:1] in (".", "'") else text


def paragraph(text):
    """One sentence a line, and none that looks like a request."""
    return "\n".join(escaped(x) for x in re.split(
        r"(?<=[.;:]) ", text.replace("`", "")) if x)


def as_man(found):
    smallest = (ROOT / "tools/package/weir.toml").read_text().rstrip()
    lines = [MAN_HEAD + "\n".join(map(escaped, smallest.splitlines())),
             ".EE", ".SH TABLES"]
    for table in found:
        lines.append(f".SS {escaped(table.header)}")
        if table.text:
            lines.append(paragraph(table.text))
        for entry in table.entries:
            for i, key in enumerate(entry.keys):
                value = key.value if key.is_default else f"such as {key.value}"
                lines += [".TP" if i == 0 else ".TQ",
                          f".BR {escaped(key.name)} \" = {quoted(value)}\""]
            lines.append(paragraph(entry.text) or "\\&")
    lines += [".SH SEE ALSO", ".BR weir (1)"]
    return "\n".join(lines) + "\n"


def quoted(text):
    return escaped(text).replace('"', "\\(dq")


# -- main ---------------------------------------------------------------------

FORMS = {"markdown": as_markdown, "man": as_man}


def reference(form):
    return FORMS[form](tables(EXAMPLE.read_text()))


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in FORMS:
        sys.exit(__doc__)
    pathlib.Path(sys.argv[2]).write_text(reference(sys.argv[1]))
