"""tools/check_words.py finds words that gave way to others, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_words  # noqa: E402

GONE = [
    "// the client connects anew",
    "Anew, all rooms are joined.",
    "BOOST_AUTO_TEST_CASE(begins_anew_when_it_comes_too_late) {",
    "what a member has missed for good",
    "void leave_quickly_for_good();",
    "echo 'to mend it: clang-format'",
    "a file is mended in one go",
    "carrier->hurry(node, id);",
    "void on_hurried(const exchange&);",
    "/// Everybody on board is at `to` now.",
    "std::map<rider_id, rider> riders_;",
    "/// Reads and sends one helping.",
    "batch_stencil fresh;",
    'log::warning("records are missed: the log has forgotten them");',
    "class foreign_polls {",
    '#include "transport/http/poll_carrier.hpp"',
    "tell(self, peer, hurry_poll{x.id}); // hurry",
    "session->turn_out(whom);",
    "wake_up<producer_actor, producer_event> events;",
    "actor_home{system}",
    'x["weir_members_behind"]',
    'assert metrics["weir_polls_under_way_bytes"] == 0',
    'x.startswith("weir_emit_repeats_total")',
]

STAYS = [
    "We recommend the amendment to commanders.",
    "for goodness' sake, for the goods",
    "the overriding strider",
    "a renewed attempt",
    "on boarding",
    'CAF_ADD_TYPE_ID(weir_wire_60, (weir::x), "weir::hurry_poll")',
    '{61, "weir::poll_answered", "00"},',
    "notifier<producer_actor, producer_event> self_notifier;",
    "when it wakes up",
    "members behind the live flow",
    "connections_held_back",
]


class CheckWords(unittest.TestCase):
    def test_what_gave_way_is_found(self):
        for line in GONE:
            self.assertEqual(len(check_words.violations("a.cpp", line)), 1,
                             line)

    def test_what_only_looks_like_it_is_let_pass(self):
        for line in STAYS:
            self.assertEqual(check_words.violations("a.cpp", line), [], line)

    def test_the_changelog_may_say_what_something_was_called(self):
        line = "`weir_members_behind` is `weir_members_lagging`"
        self.assertEqual(check_words.violations("CHANGELOG.md", line), [])
        self.assertEqual(len(check_words.violations("README.md", line)), 1)
        self.assertEqual(
            len(check_words.violations("CHANGELOG.md", "made anew")), 1)

    def test_it_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            files = {"docs/a.md": "\nIt begins anew.\n", "b.py": "x = 1\n",
                     "package-lock.json": "anew\n", ".gitignore": "/build\n",
                     "build/c.txt": "anew\n"}
            for name, text in files.items():
                file = pathlib.Path(folder, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            run = subprocess.run(
                [sys.executable, ROOT / "tools/check_words.py", folder],
                capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout,
                         'docs/a.md:2: "anew": say again, or a verb with re-\n')

    def test_our_files_have_none(self):
        run = subprocess.run([sys.executable, ROOT / "tools/check_words.py"],
                             capture_output=True, text=True)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
