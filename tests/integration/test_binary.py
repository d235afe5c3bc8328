"""What the program may do to the machine, should somebody take it over: what can
be seen of that in its file, and while it runs."""

import os
import pathlib
import subprocess

import pytest

from weir_node import ROOT, WeirNode, binary


def readelf(*options):
    return subprocess.run(["readelf", "--wide", *options, binary()],
                          check=True, capture_output=True, text=True).stdout


def test_it_is_loaded_at_any_address():
    assert "DYN (Position-Independent Executable" in readelf("--file-header")


def test_nothing_that_is_written_is_executed():
    for line in readelf("--segments").splitlines():
        words = line.split()
        if words and words[0] in ("LOAD", "GNU_STACK"):
            flags = "".join(words[6:-1])
            assert not ("W" in flags and "E" in flags), line


def test_its_tables_of_functions_are_read_only_once_it_runs():
    assert "GNU_RELRO" in readelf("--segments")
    assert "BIND_NOW" in readelf("--dynamic")


@pytest.mark.skipif("WEIR_TEST_SHIPPED" not in os.environ,
                    reason="of the release build only")
def test_what_is_shipped_checks_itself():
    imported = readelf("--dyn-syms")
    for function in ["__stack_chk_fail", "_chk@GLIBC", "glibcxx_assert_fail"]:
        assert function in imported


class Unprivileged(WeirNode):
    """Without the capabilities of whoever runs the test."""

    def command(self):
        drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
        return [*(drop if os.geteuid() == 0 else []), "setpriv",
                "--no-new-privs", *super().command()]


def test_it_needs_no_privilege_and_starts_nobody():
    with Unprivileged(ROOT / "config/demo.toml") as node:
        process = pathlib.Path("/proc", str(node.process.pid))
        status = dict(x.split(":\t", 1) for x in
                      (process / "status").read_text().splitlines())
        assert int(status["CapEff"], 16) == 0
        assert status["NoNewPrivs"] == "1"
        for task in (process / "task").iterdir():
            assert not (task / "children").read_text()
