"""tools/check_attacks.py finds names that lead nowhere, and nothing else."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_attacks  # noqa: E402

FILES = {
    "a/test_door.py": "def test_it_is_shut():\n    def inner(): pass\n",
    "a/door_test.cpp": "BOOST_AUTO_TEST_CASE(is_shut) {}\n"
                       "BOOST_DATA_TEST_CASE(\n  has_a_lock,\n  locks) {}\n"
                       "BOOST_FIXTURE_TEST_CASE(is_red, paint) {}\n",
    "a/twice.py": "def test_x(): pass\n", "b/twice.py": "def test_x(): pass\n",
    "node_modules/test_door.py": "",
}
HEAD = "| Attack | What Weir does | Test |\n| --- | --- | --- |\n"


def messages(*cells, before=""):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        text = before + HEAD + "".join(f"| a | b | {x} |\n" for x in cells)
        files = check_attacks.files_of(pathlib.Path(folder))
        return check_attacks.violations(files, text)


class CheckAttacks(unittest.TestCase):
    def test_tests_that_are_there_are_fine(self):
        self.assertEqual(messages(
            "`test_door.py::test_it_is_shut`", "`door_test.cpp::is_shut`",
            "`door_test.cpp::has_a_lock`, `door_test.cpp::is_red`"), [])

    def test_names_that_lead_nowhere_are_found(self):
        for name in ["test_door.py::test_it", "test_door.py::it_is_shut",
                     "test_gate.py::test_it_is_shut", "door_test.cpp::is_sh",
                     "door_test.cpp::paint", "twice.py::test_x"]:
            found = messages(f"`door_test.cpp::is_shut`, `{name}`")
            self.assertEqual([line for line, _ in found], [3], name)

    def test_an_attack_without_a_test_is_found(self):
        self.assertEqual(messages("`door_test.cpp::is_shut`", "none"),
                         [(4, "an attack without a test")])

    def test_names_outside_of_the_table_are_checked_too(self):
        found = messages("`door_test.cpp::is_shut`", before="`x.py::test`\n\n")
        self.assertEqual([line for line, _ in found], [1])

    def test_a_document_without_the_table_is_no_success(self):
        self.assertTrue(check_attacks.violations({}, "# Security\n"))

    def test_the_document_is_fine(self):
        self.assertEqual(check_attacks.main(ROOT), 0)


if __name__ == "__main__":
    unittest.main()
