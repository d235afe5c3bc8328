"""tools/bench shows each row with what belongs to it, and nothing else."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "tools/bench"), str(ROOT / "tools/kafka")]

import bench_cores  # noqa: E402
import bench_servers  # noqa: E402
import bench_table  # noqa: E402
from bench_rows import ROWS  # noqa: E402

EMITS, LATENCY, IDLE = (next(row for row in ROWS if row.name == name)
                        for name in ("emits", "latency", "idle"))


def report(rate=100.0, cores=1.0, p99=4.0, **more):
    return {"emits_per_s": rate, "deliveries_per_s": rate,
            "cpu_cores": {"server": cores, "kafka": 0.1, "load": 0.1,
                          "others": 0.0},
            "cpu_parts": {"server": {"user": cores * 0.75,
                                     "system": cores * 0.25}},
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

    def test_cpu_is_shown_and_compared_per_operation(self):
        reports = {"weir": report(200, cores=1), "lean": report(100, cores=1)}
        found = bench_table.ratios(EMITS, reports)
        self.assertEqual((found["lean"]["user"], found["lean"]["system"]),
                         (0.5, 0.5))
        text = bench_table.section("t", EMITS, reports)
        self.assertIn("| 3750.00 | 1250.00", " ".join(text.split()))

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


def threads(**cores):
    """A report whose server's threads have used so much."""
    parts = [{"name": name.replace("loop", "weir.loop-"), "user": used * 0.75,
              "system": used * 0.25} for name, used in cores.items()]
    total = sum(cores.values())
    return report(1000, cores=total, cpu_parts={
        "server": {"user": total * 0.75, "system": total * 0.25,
                   "threads": parts}})


class Cores(unittest.TestCase):
    def test_the_busiest_thread_and_its_share_are_shown(self):
        found = bench_cores.cells(EMITS, "weir@2",
                                  threads(loop1=1, loop0=3, broker=1))
        self.assertEqual(found[:6], ["weir@2", "3750.00", "1250.00",
                                     "weir.loop-0", "60%",
                                     "weir.loop-1 20%, broker 20%"])

    def test_serial_is_what_more_cores_do_not_divide(self):
        def serial(**cores):
            return round(bench_cores.serial_share(
                bench_cores.shares(threads(**cores))), 6)
        self.assertEqual(serial(loop0=5, loop1=5), 0)
        self.assertEqual(serial(loop0=6, loop1=2, loop2=2), 0.4)
        self.assertEqual(serial(loop0=5, loop1=3, broker=2), 0.2)
        self.assertEqual(serial(loop0=4, loop1=3, broker=3), 0.3)

    def test_amdahls_law(self):
        self.assertEqual(bench_cores.speed_up(0, 16), 16)
        self.assertEqual(bench_cores.speed_up(1, 16), 1)
        self.assertAlmostEqual(bench_cores.speed_up(0.5, 2), 4 / 3)

    def test_one_loop_tells_nothing_of_more_cores(self):
        found = bench_cores.cells(EMITS, "weir@1", threads(loop0=1))
        self.assertEqual(found[6:], ["-"] * 5)

    def test_servers_are_known_with_their_loops(self):
        for name in ("weir", "weir@8", "former", "former@2", "tls@1", "node"):
            self.assertTrue(bench_servers.is_server(name), name)
        for name in ("", "weir@", "weir@x", "node@2", "raw", "bench"):
            self.assertFalse(bench_servers.is_server(name), name)

    def test_an_earlier_build_takes_turns(self):
        self.assertEqual(bench_cores.servers("x")[:3],
                         ["weir@1", "former@1", "weir@2"])
        self.assertNotIn("former@1", bench_cores.servers(None))


if __name__ == "__main__":
    unittest.main()
