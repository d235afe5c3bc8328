#!/usr/bin/env python3
"""Writes what a weir consists of, as SPDX 2.3: what is linked into it, and the
libraries that it loads, with the Debian packages that they are from.

    tools/package/sbom.py PROGRAM VERSION FILE
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What --version calls it: its licence, its supplier's place, and the script that
# knows its archive.
LINKED_IN = {
    "CAF": ("BSD-3-Clause", "https://github.com/actor-framework/actor-framework",
            "tools/build_caf"),
    "librdkafka": ("BSD-2-Clause",
                   "https://github.com/confluentinc/librdkafka",
                   "tools/build_librdkafka"),
    "Boost": ("BSL-1.0", "https://www.boost.org", None),
}


def output_of(*command):
    """None: there is no such program, or it fails."""
    try:
        return subprocess.run(command, check=True, text=True,
                              capture_output=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None


def package(name, version, licence="NOASSERTION", place="NOASSERTION", **more):
    identity = re.sub(r"[^A-Za-z0-9.-]", "-", name)
    return {"SPDXID": f"SPDXRef-{identity}", "name": name,
            "versionInfo": version, "downloadLocation": place,
            "filesAnalyzed": False, "licenseConcluded": licence,
            "licenseDeclared": licence, "copyrightText": "NOASSERTION", **more}


def checksums(script):
    found = script and re.search(r"^archive_sha256=(\w+)$",
                                 (ROOT / script).read_text(), re.MULTILINE)
    return {"checksums": [{"algorithm": "SHA256", "checksumValue": found[1]}]
            } if found else {}


def linked_in(said):
    """By what the program says of itself."""
    for name, (licence, place, script) in LINKED_IN.items():
        version = re.search(rf"^{name} ([\w.]+)", said, re.MULTILINE)[1]
        more = checksums(script)
        if name == "librdkafka":
            more["comment"] = "with the changes of tools/librdkafka.patch"
        yield package(name, version, licence, place, **more)
    version = output_of("dpkg-query", "-W", "-f", "${Version}", "libcli11-dev")
    yield package("CLI11", version or "NOASSERTION", "BSD-3-Clause",
                  "https://github.com/CLIUtils/CLI11")


def debian_package(file):
    """(name, version) of who has it."""
    found = output_of("dpkg", "-S", os.path.realpath(file)) or output_of(
        "dpkg", "-S", os.path.realpath(file).removeprefix("/usr"))
    if not found:
        return None
    name = found.split(": ")[0].split(",")[0]
    version = output_of("dpkg-query", "-W", "-f", "${Version}", name)
    return name.split(":")[0], version


def loaded(program):
    """The libraries that it names, not those that these need."""
    names = re.findall(r"\(NEEDED\).*\[(.+)\]",
                       output_of("readelf", "-d", program))
    said = output_of("ldd", program)
    files = dict(re.findall(r"^\s*(\S+) => (\S+)", said, re.MULTILINE))
    for loader in re.findall(r"^\s*(/\S+) \(", said, re.MULTILINE):
        files[os.path.basename(loader)] = loader
    found = {}
    for name in names:
        place = files.get(name) and debian_package(files[name])
        found.setdefault(place or (name, "NOASSERTION"), []).append(name)
    for (name, version), libraries in sorted(found.items()):
        yield package(name, version, comment=", ".join(libraries))


def time():
    """Of the commit, so that the same becomes the same."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or output_of(
        "git", "-C", str(ROOT), "log", "-1", "--format=%ct")
    at = (datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
          if seconds else datetime.datetime.now(datetime.timezone.utc))
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(program, version):
    said = output_of(program, "--version")
    commit = re.search(r"\(commit (\S+)\)", said)[1]
    weir = package("weir", version, "Apache-2.0")
    parts, libraries = list(linked_in(said)), list(loaded(program))
    related = [("SPDXRef-DOCUMENT", "DESCRIBES", weir)]
    related += [(weir["SPDXID"], "STATIC_LINK", x) for x in parts]
    related += [(weir["SPDXID"], "DYNAMIC_LINK", x) for x in libraries]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT", "name": f"weir-{version}",
        "documentNamespace": f"urn:weir:spdx:{version}:{commit}",
        "creationInfo": {"created": time(),
                         "creators": ["Tool: tools/package/sbom.py"]},
        "packages": [weir, *parts, *libraries],
        "relationships": [
            {"spdxElementId": a, "relationshipType": kind,
             "relatedSpdxElement": b["SPDXID"]} for a, kind, b in related]}


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    pathlib.Path(sys.argv[3]).write_text(
        json.dumps(document(*sys.argv[1:3]), indent=2) + "\n")
