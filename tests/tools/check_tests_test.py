"""tools/check_tests.py finds units that nothing is named to test."""

import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_tests  # noqa: E402

FILES = ["actors/room/room.cpp", "actors/room/room.hpp",
         "actors/room/room_joins.cpp", "actors/room/room_flow.cpp",
         "actors/room/only_declared.hpp", "transport/http/cors.cpp",
         "tools/weir.cpp", "tests/actors/room/room_test.cpp",
         "tests/transport/http/http_session_test.cpp",
         "tests/integration/test_tls.py"]
HEAD = check_tests.TABLE + "\n| --- | --- | --- |\n"
ROWS = ("| `actors/room/` | `room_*` | `room_test` |\n"
        "| `transport/http/` | `cors` | `http_session_test`, "
        "`integration/test_tls.py` |\n")


def messages(text, files=None):
    return [(line, message)
            for _, line, message in check_tests.violations(files or FILES, text)]


class CheckTests(unittest.TestCase):
    def test_what_has_a_test_or_a_row_is_let_pass(self):
        self.assertEqual(messages(HEAD + ROWS), [])

    def test_a_unit_without_either_is_found_where_it_is(self):
        found = check_tests.violations(FILES, HEAD + ROWS.splitlines()[0])
        self.assertEqual(found, [
            ("transport/http/cors.cpp", 1, "no tests/transport/http/cors_test"
             ".cpp, and tests/README.md names no other test")])

    def test_a_row_of_another_table_names_nothing(self):
        other = "| Folder | Tests |\n| --- | --- |\n" + ROWS
        self.assertEqual(len(messages(other)), 3)

    def test_a_unit_that_is_gone_or_has_a_test_by_now_is_found(self):
        gone = "| `actors/room/` | `room_doors`, `room` | `room_test` |\n"
        self.assertEqual([line for line, _ in messages(HEAD + ROWS + gone)],
                         [5, 5])

    def test_a_test_that_is_gone_is_found(self):
        files = [x for x in FILES if "test_tls" not in x]
        self.assertEqual(messages(HEAD + ROWS, files), [
            (4, "integration/test_tls.py: there is no such test")])

    def test_ours_have_one(self):
        run = subprocess.run([sys.executable, ROOT / "tools/check_tests.py"],
                             capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
