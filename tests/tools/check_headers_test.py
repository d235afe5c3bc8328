"""tools/check_headers.py finds headers that are too long, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = ROOT / "tools/check_headers.py"


def check(*root):
    run = subprocess.run([sys.executable, CHECK, *root], capture_output=True,
                         text=True)
    return run.returncode, run.stdout


class CheckHeaders(unittest.TestCase):
    def test_one_line_too_many_is_found_in_any_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            lengths = {"a/b/long.hpp": 201, "a/just_right.hpp": 200,
                       "tests/c/longer.h": 260, "a/source.cpp": 900,
                       "build/made.hpp": 900}
            for name, lines in lengths.items():
                file = pathlib.Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("int x;\n" * lines)
            pathlib.Path(folder, ".gitignore").write_text("/build\n")
            status, output = check(folder)
        self.assertEqual(status, 1)
        self.assertEqual(
            output,
            "a/b/long.hpp:201: a header of 201 lines; at most 200: is it two "
            "things?\n"
            "tests/c/longer.h:201: a header of 260 lines; at most 200: is it "
            "two things?\n")

    def test_ours_are_short(self):
        self.assertEqual(check(), (0, ""))


if __name__ == "__main__":
    unittest.main()
