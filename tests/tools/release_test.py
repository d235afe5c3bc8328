"""tools/release packs what is to be released, and refuses what is not."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = "tools/package/helm/weir/Chart.yaml"

# Stands in for cmake and cpack, and tells that it was run.
CPACK = """#!/bin/sh
echo "$0" "$@" >> "$CALLS"
while [ $# -gt 1 ]; do
  [ "$1" != -B ] || { mkdir -p "$2/_CPack_Packages"; echo deb > "$2/weir.deb"; }
  shift
done
"""
CHECK_ALL = '#!/bin/sh\necho check_all >> "$CALLS"\nexit ${CHECKED:-0}\n'


class Release(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-test-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name, "weir")
        self.calls = pathlib.Path(folder.name, "calls")
        self.calls.touch()
        self.bin = pathlib.Path(folder.name, "bin")
        for file, text in [
                (self.bin / "cmake", CPACK), (self.bin / "cpack", CPACK),
                (self.root / "tools/check_all", CHECK_ALL),
                (self.root / "CMakeLists.txt",
                 "project(weir VERSION 1.2.3 LANGUAGES CXX)\n"),
                (self.root / "CHANGELOG.md", "## [1.2.3] - 2026-11-29\n"),
                (self.root / CHART, "version: 1.2.3\nappVersion: 1.2.3\n"),
                (self.root / ".gitignore", "/build/\n")]:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(0o755)
        for name in "release", "progress.sh":
            shutil.copy(ROOT / "tools" / name, self.root / "tools")
        made = self.root / "build/release/package"
        made.mkdir(parents=True)
        (made / "weir.spdx.json").write_text("{}\n")
        self.git("init", "-q")
        self.commit()

    def git(self, *arguments):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@b.invalid",
             *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def release(self, *arguments, **more):
        done = subprocess.run(
            [str(self.root / "tools/release"), *arguments], text=True,
            capture_output=True, env=os.environ | {
                "PATH": f"{self.bin}:{os.environ['PATH']}",
                "CALLS": str(self.calls), "WEIR_CACHE": str(self.bin), **more})
        return done.returncode, done.stdout + done.stderr

    def refused(self, why):
        status, said = self.release()
        self.assertEqual((status != 0, why in said), (True, True), said)
        self.assertEqual(self.calls.read_text(), "")

    def test_a_release_is_tested_and_packed_with_its_sums(self):
        status, said = self.release()
        self.assertEqual(status, 0, said)
        self.assertTrue(self.calls.read_text().startswith("check_all\n"))
        folder = self.root / "build/weir-1.2.3"
        sums = dict(reversed(x.split()) for x in
                    (folder / "SHA256SUMS").read_text().splitlines())
        self.assertEqual(set(sums), {"weir.deb", "weir-1.2.3.tar.gz",
                                     "weir-1.2.3.spdx.json"})
        for name, of in sums.items():
            self.assertEqual(of, hashlib.sha256(
                (folder / name).read_bytes()).hexdigest())
        with tarfile.open(folder / "weir-1.2.3.tar.gz") as source:
            self.assertIn("weir-1.2.3/CHANGELOG.md", source.getnames())

    def test_all_programs_that_are_installed_are_built(self):
        self.release()
        rules = (ROOT / "tools/package/package.cmake").read_text()
        installed = re.search(r"install\(TARGETS (.+) RUNTIME", rules)[1].split()
        built = re.search("--target (.+)", self.calls.read_text())[1].split()
        self.assertLessEqual(set(installed), set(built))

    def test_what_fails_its_tests_is_not_packed(self):
        status, _ = self.release(CHECKED="1")
        self.assertNotEqual(status, 0)
        self.assertEqual(list((self.root / "build/weir-1.2.3").iterdir()), [])

    def test_changes_are_refused(self):
        (self.root / "new").write_text("x")
        self.refused("changes that are in no commit")

    def test_a_changelog_without_a_date_is_refused(self):
        (self.root / "CHANGELOG.md").write_text("## [1.2.3] - unreleased\n")
        self.commit()
        self.refused("no heading of 1.2.3 with a date")

    def test_a_chart_of_another_version_is_refused(self):
        for text in ("version: 1.2.3\nappVersion: 1.2.2\n",
                     "version: 1.2.2\nappVersion: 1.2.3\n"):
            (self.root / CHART).write_text(text)
            self.commit()
            self.refused("Chart.yaml is of another version")

    def test_a_version_that_is_there_already_is_refused(self):
        self.git("tag", "v1.2.3")
        self.assertEqual(self.release("--check")[0], 0)
        (self.root / "new").write_text("x")
        self.commit()
        self.refused("v1.2.3 is another commit")


class Version(unittest.TestCase):
    """The number that CMakeLists.txt has, wherever else it stands."""

    def test_it_is_the_same_everywhere(self):
        def found(file, pattern):
            text = (ROOT / file).read_text()
            return set(re.findall(pattern, text, re.MULTILINE))

        version, = found("CMakeLists.txt", r"^project\(weir VERSION (\S+)")
        newest = (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1]
        self.assertRegex(newest, rf"^\[{re.escape(version)}\] - "
                         r"(\d{4}-\d\d-\d\d|unreleased)\n")
        for file, pattern in [
                (CHART, r"^(?:appV|v)ersion: (.+)$"),
                ("README.md", r"^This is ([\d.]+\d)"),
                ("tools/package/Containerfile", r"weir[:-](\d[\d.]+\d)"),
                ("docs/deployment.md", r"weir[:_-](\d[\d.]+\d)"),
                ("docs/first-hour.md", r"weir[:_-](\d[\d.]+\d)")]:
            self.assertEqual(found(file, pattern), {version}, file)


if __name__ == "__main__":
    unittest.main()
