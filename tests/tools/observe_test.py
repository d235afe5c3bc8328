"""tools/observe: the rules fire for what they are for, and both they and the
dashboard name metrics that there are."""

import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBSERVE = ROOT / "tools/observe"
SUFFIXES = r"(_bucket|_sum|_count)?$"


def promtool(*arguments):
    """(exit status, what it says)"""
    run = subprocess.run([OBSERVE / "run", "promtool", *map(str, arguments)], text=True,
                         capture_output=True)
    return run.returncode, run.stdout + run.stderr


def expressions():
    """Of rules and dashboard, each with where it stands."""
    for number, line in enumerate(
            (OBSERVE / "alerts.yml").read_text().splitlines(), 1):
        yield f"alerts.yml:{number}", line
    dashboard = json.loads((OBSERVE / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def metrics_in_source():
    """{name: label}, without what Prometheus wants behind it."""
    found = {}
    for file in (ROOT / "actors/runtime/metrics").glob("*.hpp"):
        text = re.sub(r'"\s*"', "", file.read_text())
        for name, label in re.findall(
                r'metric \w+\{\s*"(\w+)",\s*"(?:[^"\\]|\\.)*",\s*'
                r'(?:"([\w,]+)"|\{\})', text):
            found[name] = label
    return found


class Observe(unittest.TestCase):
    def test_the_rules_are_rules(self):
        status, text = promtool("check", "rules", OBSERVE / "alerts.yml")
        self.assertEqual(status, 0, text)

    def test_the_rules_fire_for_what_they_are_for(self):
        status, text = promtool("test", "rules",
                                ROOT / "tests/tools/alerts_test.yml")
        self.assertEqual(status, 0, text)

    def test_the_configuration_is_one(self):
        status, text = promtool("check", "config", "--syntax-only",
                                OBSERVE / "prometheus.yml")
        self.assertEqual(status, 0, text)

    def test_every_metric_that_is_named_is_there(self):
        there = metrics_in_source()
        self.assertIn("members_lagging", there)
        for where, expression in expressions():
            for name in re.findall(r"\bweir_([a-z0-9_]+)", expression):
                stem = re.sub(SUFFIXES, "", name)
                self.assertTrue(
                    {stem, stem.removesuffix("_total"),
                     stem.removesuffix("_seconds")} & set(there),
                    f"{where}: weir_{name}")

    def test_sums_are_by_labels_that_metrics_have(self):
        there = metrics_in_source()
        for where, expression in expressions():
            for labels, name in re.findall(
                    r"by \(([\w, ]+)\) \((?:rate|increase)?\(?weir_([a-z0-9_]+)",
                    expression):
                stem = re.sub(SUFFIXES, "", name)
                label = (there.get(stem) or there.get(stem.removesuffix("_total"))
                         or there.get(stem.removesuffix("_seconds")) or "")
                self.assertLessEqual(set(labels.split(", ")),
                                     {*label.split(","), "instance", "le"},
                                     where)

    def test_panels_lie_side_by_side(self):
        taken = set()
        dashboard = json.loads((OBSERVE / "dashboard.json").read_text())
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            places = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                      for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(places & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= places


# Says who it is and where its data is to be, and stays.
STAND_IN = """#!/bin/bash
[ "$1" = prometheus ] || exit 0
echo "$$ ${3#*=}"
exec sleep 600
"""


class ObserveEnds(unittest.TestCase):
    """Prometheus's place is taken by a program that only waits."""

    def start(self, folder):
        for name in ("observe", "prometheus.yml", "alerts.yml"):
            shutil.copy(OBSERVE / name, folder)
        run = pathlib.Path(folder, "run")
        run.write_text(STAND_IN)
        run.chmod(0o755)
        script = subprocess.Popen([pathlib.Path(folder, "observe")], text=True,
                                  stdout=subprocess.PIPE)
        self.addCleanup(script.stdout.close)
        self.assertIn("Prometheus: ", script.stdout.readline())
        pid, data = script.stdout.readline().split()
        return script, int(pid), pathlib.Path(data).parent

    def test_nothing_is_left_of_it_whichever_way_it_ends(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number.name), \
                    tempfile.TemporaryDirectory() as folder:
                script, pid, data = self.start(folder)
                self.assertTrue(data.is_dir())
                script.send_signal(number)  # to the script alone
                self.assertEqual(script.wait(30), 128 + number)
                self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())
                self.assertFalse(data.exists())


if __name__ == "__main__":
    unittest.main()
