"""No test fails by load alone: what they wait for has its limit in one place
for each language, and that of ctest is far beyond."""

import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]

# Which files, what they must not have (unless the line says that it is meant
# so), and what to write.
RULES = [
    ("**/CMakeLists.txt", r"TIMEOUT [0-9]", "long|set[(]",
     "${WEIR_TEST_TIMEOUT}"),
    ("integration/*.py", r"\btimeout=[0-9]+[,)]", "none",
     "PATIENCE of tests/integration/waiting.py"),
    ("clients/*.py", r"\btimeout=[0-9]+[,)]", "none",
     "PATIENCE of tests/integration/waiting.py"),
    ("**/*.[ch]pp", r"now\(\) - \w+ < ", "// realtime",
     "a condition that is awaited with weir::test::patience, or label the case"
     " \"realtime\" and write // realtime"),
    ("**/*.[ch]pp", r"wait_for\(([^,()]*, )?[0-9]+m?s\b", "none",
     "weir::test::patience"),
]


LABEL = 'label("realtime")'


def complaints():
    for files, pattern, meant, advice in RULES:
        for file in sorted(TESTS.glob(files)):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if re.search(pattern, line) and not re.search(meant, line):
                    yield (f"{file.relative_to(TESTS)}:{number}: write {advice}"
                           f" for: {line.strip()}")


class Patience(unittest.TestCase):
    def test_what_has_to_be_fast_runs_alone(self):
        """ctest runs the cases with this label while nothing else runs."""
        for file in sorted(TESTS.glob("**/*.[ch]pp")):
            text = file.read_text()
            bounds = text.count("// realtime")
            self.assertLessEqual(bounds, text.count(LABEL), file)

    def test_time_outs_have_one_place(self):
        self.assertEqual(list(complaints()), [])


if __name__ == "__main__":
    unittest.main()
