"""tools/check_buffers.py finds buffers that may grow without a bound."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_buffers  # noqa: E402

UNBOUNDED = [
    "boost::beast::flat_buffer buffer_;",
    "beast::multi_buffer all{};",
    "boost::asio::streambuf in;",
    "boost::beast::basic_flat_buffer<std::allocator<char>> x;",
    "async_read(socket, asio::dynamic_buffer(text), done);",
    "auto to = boost::asio::dynamic_vector_buffer(bytes);",
    "flat_buffer buffer; // small",
    "flat_buffer buffer; // at most:",
    "// at most: a head\nint n = 0;\nflat_buffer buffer;",
    "flat_buffer a;\nflat_buffer b;\na.max_size(10);",
]

BOUNDED = [
    "beast::flat_buffer buffer{max_body};",
    "boost::asio::streambuf in(limit);",
    "beast::flat_static_buffer<4096> buffer;",
    "flat_buffer buffer_;\nvoid f() { buffer_.max_size(limit); }",
    "flat_buffer buffer; // at most: a head",
    "// at most: what a message has\nflat_buffer buffer;",
    "asio::dynamic_buffer(text, max_head)",
    "#include <boost/beast/core/flat_buffer.hpp>",
    "// a flat_buffer x;",
    "void take(beast::flat_buffer& buffer);",
]


class CheckBuffers(unittest.TestCase):
    def test_what_may_grow_is_found(self):
        for text in UNBOUNDED:
            self.assertEqual(len(check_buffers.violations(text)), 1, text)

    def test_what_has_a_bound_is_let_pass(self):
        for text in BOUNDED:
            self.assertEqual(check_buffers.violations(text), [], text)

    def test_a_headers_buffer_may_have_it_from_the_source_beside(self):
        header = "boost::beast::flat_buffer buffer_;"
        self.assertEqual(
            check_buffers.violations(header, "buffer_.max_size(2 * limit);"),
            [])
        self.assertEqual(
            len(check_buffers.violations(header, "other_.max_size(2);")), 1)

    def test_it_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "transport/http/a.cpp")
            source.parent.mkdir(parents=True)
            source.write_text("\nbeast::flat_buffer x;\n")
            run = subprocess.run(
                [sys.executable, ROOT / "tools/check_buffers.py", folder],
                capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("transport/http/a.cpp:2: x has no bound", run.stdout)

    def test_the_sources_have_none(self):
        run = subprocess.run([sys.executable, ROOT / "tools/check_buffers.py"],
                             capture_output=True, text=True)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
