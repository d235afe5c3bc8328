"""tools/check_kafka_errors.py finds errors of librdkafka's that nobody is told."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_kafka_errors  # noqa: E402

# A function that passes on what it hears of, and the same one without that.
PASSES_ON = """\
void consumer::impl::on_stored(rd_kafka_event_t* event,
                               std::size_t n) {
  if (auto error = rd_kafka_event_error(event))
    events.on_error({rd_kafka_err2name(error), "stored"}, false);
}
"""
SWALLOWS = """\
void consumer::impl::on_stored(rd_kafka_event_t* event,
                               std::size_t n) {
  if (rd_kafka_event_error(event))
    return;
}
"""

HEARS = [
    "rd_kafka_seek_partitions(client, list.get(), 0);",
    "const error_handle refused{rd_kafka_assign(client, list.get())};",
    "rd_kafka_a_function_that_nobody_has_called_yet(client);",
    "if (x.err)",
    "if (x->err != RD_KAFKA_RESP_ERR_NO_ERROR)",
    "auto* why = rd_kafka_TopicDescription_error(topic);",
    "switch (rd_kafka_error_code(error)) {",
]

HEARS_NOTHING = [
    "auto n = rd_kafka_queue_length(queue.get());",
    "handle<rd_kafka_queue_t, rd_kafka_queue_destroy> x;",
    "auto* name = rd_kafka_TopicDescription_name(topic);",
    "result.err = code;",
    "auto y = x.error();",
    'log::info("rd_kafka_assign(");',
    "// rd_kafka_assign(client) says no",
]

REPORTS = [
    "events.on_error(error, false);",
    'report(error, "assign");',
    "problem = {rd_kafka_err2name(x.err), text};",
    "return kafka_error{name, text};",
    "throw std::runtime_error(why);",
]


def in_function(*lines):
    body = "".join(f"  {x}\n" for x in lines)
    return f"void f(const topic_partition& x) {{\n{body}}}\n"


def found(text, path="transport/kafka/a.cpp"):
    return check_kafka_errors.violations(path, text)


class CheckKafkaErrors(unittest.TestCase):
    def test_what_hears_of_an_error_passes_it_on(self):
        self.assertEqual(found(PASSES_ON), [])
        self.assertEqual([line for line, _ in found(SWALLOWS)], [1])
        self.assertIn("on_stored", found(SWALLOWS)[0][1])

    def test_each_way_to_hear_of_one_is_known(self):
        for line in HEARS:
            self.assertEqual(len(found(in_function(line))), 1, line)
            for report in REPORTS:
                self.assertEqual(found(in_function(line, report)), [], line)

    def test_what_tells_of_none_is_let_pass(self):
        for line in HEARS_NOTHING:
            self.assertEqual(found(in_function(line)), [], line)

    def test_one_function_does_not_speak_for_another(self):
        text = in_function(REPORTS[0]) + "\n" + in_function(HEARS[0])
        self.assertEqual([line for line, _ in found(text)], [5])

    def test_it_looks_into_classes(self):
        inner = "".join(f"  {x}\n" for x in SWALLOWS.splitlines())
        self.assertEqual([line for line, _ in found("struct a {\n" + inner
                                                    + "};\n")], [2])

    def test_exceptions_are_of_one_function_in_one_file(self):
        text = SWALLOWS.replace("on_stored", "note_awaited")
        path = "transport/kafka/consumer_on_event.cpp"
        used = set()
        self.assertEqual(check_kafka_errors.violations(path, text, used), [])
        self.assertEqual(used, {(path, "note_awaited")})
        self.assertEqual(len(found(text)), 1)

    def test_who_is_told_of_one_among_the_actors_reports_it(self):
        head = "  void on_error(const kafka::kafka_error& x, bool y) override {"
        good = head + "\n    report_kafka_error(system, name, x);\n  }\n"
        bad = head + "\n    last = x.message;\n  }\n"
        declared = "  void on_error(const kafka::kafka_error& x, bool y);\n"
        self.assertEqual(check_kafka_errors.silent_listeners(good + declared),
                         [])
        self.assertEqual([line for line, _
                          in check_kafka_errors.silent_listeners(bad)], [1])

    def test_it_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "transport/kafka/a.cpp")
            source.parent.mkdir(parents=True)
            source.write_text("\n" + SWALLOWS)
            run = subprocess.run(
                [sys.executable, ROOT / "tools/check_kafka_errors.py", folder],
                capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("transport/kafka/a.cpp:2: on_stored asks", run.stdout)
        self.assertIn("note_awaited is no exception any more", run.stdout)

    def test_the_sources_have_none(self):
        run = subprocess.run([sys.executable,
                              ROOT / "tools/check_kafka_errors.py"],
                             capture_output=True, text=True)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
