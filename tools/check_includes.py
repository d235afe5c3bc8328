#!/usr/bin/env python3
"""Checks that includes point one way, and that libraries stay where they belong.

    tools/check_includes.py [ROOT]

Prints one line per violation, as compilers do, and exits with 1 if there is
any. The rules are the tables below; what they keep apart is explained in
CONTRIBUTING.md.
"""

import re
import sys

from checked_files import root_of

# Which of our folders a file of a folder may include; the longest folder that
# a file lies in decides.
FOLDERS = {
    "config/base": ["config/base"],
    "config": ["config"],
    "schemas": ["schemas", "config/base"],
    "transport/asio": ["transport/asio"],
    "transport/socketio": ["transport/socketio", "config"],
    "transport/engineio": ["transport/engineio", "transport/asio", "config"],
    "transport/http": ["transport/http", "transport/engineio", "transport/asio",
                       "config"],
    "transport/kafka": ["transport/kafka", "config"],
    "transport/auth": ["transport/auth", "transport/asio", "config"],
    "transport/otlp": ["transport/otlp", "transport/auth", "transport/asio",
                       "config"],
    "transport/cluster": ["transport/cluster", "transport/asio", "config"],
    "actors/runtime": ["actors/runtime", "transport", "schemas", "config"],
    "actors/contract": ["actors/contract", "actors/runtime", "transport",
                        "schemas", "config"],
    "actors/client": ["actors/client", "actors/contract", "actors/runtime",
                       "transport", "schemas", "config"],
    "actors/room": ["actors/room", "actors/contract", "actors/runtime",
                     "transport", "schemas", "config"],
    "actors/kafka": ["actors/kafka", "actors/contract", "actors/runtime",
                      "transport", "schemas", "config"],
    "actors/cluster": ["actors/cluster", "actors/contract", "actors/runtime",
                        "transport", "schemas", "config"],
    "actors/node": ["actors", "transport", "schemas", "config"],
    "tools": ["tools", "actors", "transport", "schemas", "config"],
    "tests": ["tests", "tools", "actors", "transport", "schemas", "config"],
}

# Which files may include a library: what the include starts or ends with, the
# files, and the reason that a violation is reported with.
LIBRARIES = [
    (r"caf/", r"actors/|tests/|tools/[^/]*\.cpp$|tools/bench/",
     "CAF stays in actors/ and the programs' mains"),
    (r"boost/(asio|beast)", r"transport/|tests/|actors/runtime/io_loop\.|tools/bench/",
     "Asio and Beast stay in transport/; actors/runtime/io_loop is the only crossing"),
    (r"librdkafka/", r"transport/kafka/|tests/|tools/bench/",
     "librdkafka stays in transport/kafka/"),
    (r".*\.pb\.h$", r"schemas/[^/]*_codec\.cpp$|tests/",
     "generated Protobuf stays behind schemas/*_codec"),
    (r"google/protobuf/", r"schemas/[^/]*\.cpp$|tests/",
     "Protobuf stays in schemas/*.cpp"),
    (r"toml\+\+/", r"config/[^/]*\.cpp$|tests/",
     "toml++ stays in config/*.cpp"),
    (r"sodium", r"schemas/[^/]*\.cpp$|transport/cluster/link_proof\.cpp$",
     "libsodium stays in schemas/*.cpp and transport/cluster/link_proof.cpp"),
    (r"openssl/", r"transport/(auth|engineio|http)/|actors/cluster/link_|tests/"
     r"|tools/bench/",
     "OpenSSL stays in transport/{auth,engineio,http}/ and actors/cluster/link_*"),
    (r"openssl/(evp|hmac|ec|rsa|bn|pem|x509|param_build|core_names)\.h",
     r"transport/auth/|tests/", "keys and signatures stay in transport/auth/"),
    (r"CLI/", r"tools/", "command lines are read by the programs' mains"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TOP = sorted({folder.split("/")[0] for folder in FOLDERS})


def within(path, folder):
    return path.startswith(folder + "/")


def folder_of(path):
    """The longest folder of the table that the file lies in."""
    homes = [folder for folder in FOLDERS if within(path, folder)]
    return max(homes, key=len, default=None)


def complaint(path, quote, target):
    """Why the file at `path` may not include `target`; None if it may."""
    for prefix, files, reason in LIBRARIES:
        if re.match(prefix, target) and not re.match(files, path):
            return f"may not include <{target}>: {reason}"
    ours = any(within(target, folder) for folder in TOP)
    if quote == "<":
        return f'write "{target}": it is ours' if ours else None
    if target.endswith(".pb.h"):
        return None
    if not ours:
        return (f'write "{target}" from the root of the repository, or in '
                "angle brackets if it is somebody else's")
    home = folder_of(path)
    if any(within(target, folder) for folder in FOLDERS[home]):
        return None
    allowed = ", ".join(folder + "/" for folder in FOLDERS[home])
    return f'may not include "{target}": {home}/ includes only {allowed}'


def violations(path, text, own_header_exists=False):
    """All violations of one file as (line, message), in line order."""
    found = []
    includes = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        includes.append((number, target))
        message = complaint(path, quote, target)
        if message:
            found.append((number, message))
    if path.endswith(".hpp") and "#pragma once" not in text:
        found.append((1, "a header begins with #pragma once"))
    own = re.sub(r"\.cpp$", ".hpp", path)
    if own_header_exists and includes and includes[0][1] != own:
        found.append((includes[0][0],
                      f'include "{own}" first: it must compile alone'))
    return sorted(found)


def sources(root):
    for top in TOP:
        for suffix in ("*.hpp", "*.cpp"):
            for path in sorted((root / top).rglob(suffix)):
                name = path.relative_to(root).as_posix()
                if "/node_modules/" not in name and folder_of(name):
                    yield path, name


def main(root):
    count = 0
    for path, name in sources(root):
        own_header = path.suffix == ".cpp" and path.with_suffix(".hpp").exists()
        for line, message in violations(name, path.read_text(), own_header):
            print(f"{name}:{line}: {message}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(root_of(sys.argv)))
