#!/usr/bin/env python3
"""What bash offers behind a command line of weirctl."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_weirctl weirctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(*words):
    """`words`: the last one is being typed."""
    run = subprocess.run(
        ["bash", "-c", SCRIPT, "bash", ROOT / "tools/package/weirctl.bash",
         "weirctl", *words], capture_output=True, text=True, check=True)
    assert not run.stderr, run.stderr
    return set(run.stdout.split())


class Completion(unittest.TestCase):
    def test_a_command_is_offered_where_there_is_none(self):
        self.assertEqual(offered("lo"), {"loglevel"})
        self.assertLessEqual({"check", "top", "--url"}, offered(""))

    def test_the_options_of_a_command_are_offered_behind_it(self):
        self.assertIn("--prefix", offered("rooms", "--"))
        self.assertNotIn("--prefix", offered("nodes", "--"))

    def test_what_is_called_as_a_command_is_none_behind_one(self):
        for command, argument, own, its in (
                ("emit", "join", "--room", "--prefix"),
                ("publish", "tail", "--namespace", "--count"),
                ("rooms", "check", "--prefix", "--max-lag")):
            self.assertIn(own, offered(command, argument, "--"))
            self.assertNotIn(its, offered(command, argument, "--"))

    def test_what_is_called_as_a_command_is_none_behind_an_option(self):
        found = offered("--token-file", "check", "rooms", "--")
        self.assertIn("--prefix", found)
        self.assertNotIn("--max-lag", found)
        self.assertIn("rooms", offered("--ca", "top", ""))

    def test_values_are_offered_where_there_are_some(self):
        self.assertEqual(offered("connections", "--transport", ""),
                         {"polling", "websocket"})
        self.assertIn("debug", offered("loglevel", ""))


if __name__ == "__main__":
    unittest.main()
