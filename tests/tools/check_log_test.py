"""tools/check_log.py finds lines of the log that are hard to look for, and
nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_log  # noqa: E402

WRONG = [
    'log::info("listening client=" + url);',
    'log::info(what + " read again");',
    'log::error(std::string{"no "} + name, {{"why", why}});',
    'log::limited(log_level::warning, "node " + node, key, {});',
    'log::info("stored", {{"to do", advice}});',
    'log::info("stored",\n          {{"a", f(x, "b")}, {"Topic", topic}});',
    'log::limited(log_level::warning, "stored", key, {{"left-out", n}});',
    'const log::fields values = {{"node", x}, {"its port", port}};',
    'const log::field where{"its port", port};',
]

RIGHT = [
    'log::info("stopped");',
    'log::warning(too_late);',
    'log::info("a text "\n          "in parts", {{"leader_epoch", n + 1}});',
    'log::warning(wanted ? "listed again" : "too many",\n'
    '             {{"limit", x.limit}});',
    'log::limited(log_level::info, "refused", host + code, {{"why", "a + b"}});',
    'log::info("offsets", {{"from", from}, {"to", to}});',
    '// log::info("a" + b);',
    'log::set_level(x + y);',
    'std::map<std::string, int> x{{"to do", 1}};',
]


class CheckLog(unittest.TestCase):
    def test_what_is_wrong_is_found(self):
        for line in WRONG:
            self.assertEqual(len(check_log.violations(line)), 1, line)

    def test_what_is_right_is_let_pass(self):
        for line in RIGHT:
            self.assertEqual(check_log.violations(line), [], line)

    def test_it_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "actors/a.cpp")
            source.parent.mkdir()
            source.write_text('\nlog::info("a" + b);\n')
            run = subprocess.run([sys.executable, ROOT / "tools/check_log.py",
                                  folder], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("actors/a.cpp:2: ", run.stdout)

    def test_the_sources_have_none(self):
        run = subprocess.run([sys.executable, ROOT / "tools/check_log.py"],
                             capture_output=True, text=True)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
