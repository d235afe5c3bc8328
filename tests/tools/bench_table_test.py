"""tools/bench shows each row with what belongs to it, and nothing else."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tools/bench"), str(ROOT / "tools/kafka")]

import bench_table  # noqa: E402
from bench_rows import ROWS  # noqa: E402

EMITS, LATENCY, IDLE = (next(row for row in ROWS if row.name == name)
                        for name in ("emits", "latency", "idle"))


def report(rate=100.0, cores=1.0, p99=4.0, **more):
    return {"emits_per_s": rate, "deliveries_per_s": rate,
            "cpu_cores": {"server": cores, "kafka": 0.1, "load": 0.1,
                          "others": 0.0},
            "delivery_ms": {"p50": 1.0, "p99": p99, "p999": 8.0},
            "violations": {}, "errors": {}, **more}


def idle(kb):
    return {"kb_per_connection": kb, "kb_empty": 1024, "kb_all": 2048,
            "cores": 0.0}


def ratio_lines(section):
    return [line for line in section.splitlines() if line.startswith("- ")]


class BenchTable(unittest.TestCase):
    def test_work_is_compared_per_core(self):
        found = bench_table.ratios(EMITS, {"weir": report(200, cores=2),
                                           "node": report(50, cores=1)})
        self.assertEqual(found["node"]["work"], 4.0)
        self.assertEqual(found["node"]["work_per_core"], 2.0)

    def test_a_row_without_work_is_compared_by_latency_alone(self):
        found = bench_table.ratios(LATENCY, {"weir": report(p99=1.0),
                                             "node": report(p99=4.0)})
        self.assertEqual(found, {"node": {"p50": 1.0, "p99": 0.25,
                                          "p999": 1.0}})

    def test_each_row_is_shown_with_its_own_ratios_only(self):
        rows = [(EMITS, {"weir": report(), "node": report(),
                         "rust": report()}),
                (LATENCY, {"weir": report(), "raw linger 0": report()}),
                (IDLE, {"weir": idle(3.0), "node": idle(12.0)})]
        shown = [ratio_lines(bench_table.section(row.title, row, reports))
                 for row, reports in rows]
        servers = [[line.split(":")[0] for line in lines] for lines in shown]
        self.assertEqual(servers, [["- Weir / node", "- Weir / rust"],
                                   ["- Weir / raw linger 0"],
                                   ["- Weir / node"]])
        self.assertEqual(shown[2], ["- Weir / node: kb_per_connection 0.25"])

    def test_of_several_runs_the_one_in_the_middle_is_shown(self):
        runs = [report(300), report(100), report(200)]
        self.assertIs(bench_table.typical(EMITS, runs), runs[2])

    def test_what_was_wrong_stands_in_the_table(self):
        bad = report(violations={"lost": 2, "foreign": 0})
        text = bench_table.section("t", EMITS, {"weir": bad})
        self.assertIn("| 2 lost", text)
        self.assertNotIn("foreign", text)


if __name__ == "__main__":
    unittest.main()
