"""tools/check_blocking.py finds what could wait on a loop, and nothing else."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tools"))

import check_blocking  # noqa: E402

WAITS = [
    "asio::write(socket_, asio::buffer(text), ignored);",
    "boost::asio::read(socket_, buffer);",
    "beast::http::read(socket_, buffer_, *parser_);",
    "http::write(stream, answer);",
    "auto n = socket_.read_some(buffer, e);",
    "return stream->write_some(buffer, e);",
    "socket().send(bytes);",
    "socket_.receive(asio::buffer(&byte, 1), flags, e);",
    "auto next = acceptor_.accept();",
    "socket_.wait(tcp::socket::wait_write);",
    "auto found = resolver_.resolve(host, port);",
    "timer_.wait();",
    "std::ifstream in{file, std::ios::binary};",
    "auto* file = std::fopen(name, mode);",
    "fread(to, 1, n, file);",
    "auto file = fs::canonical(root_ / path);",
    "for (auto i = fs::recursive_directory_iterator{folder, e};",
    "result.push_back(std::filesystem::last_write_time(file, ignored));",
    "if (std::filesystem::exists(name))",
    "std::this_thread::sleep_for(pause);",
    "::poll(&x, 1, 1000);",
    "auto n = ::recv(descriptor, to, size, 0);",
    "std::condition_variable changed_;",
    "auto answer = std::future<int>{};",
    "::getaddrinfo(host, port, nullptr, &found);",
    "rd_kafka_committed(client, list, 2000);",
    "rd_kafka_commit(client, list, 0);",
    "event_handle event{rd_kafka_queue_poll(queue.get(), patience)};",
    "rd_kafka_flush(client, 1000);",
]

DOES_NOT_WAIT = [
    "asio::async_write(socket_, bytes, done);",
    "socket_.async_read_some(asio::buffer(input_), done);",
    "resolver_.async_resolve(host, port, done);",
    "timer_.async_wait(done);",
    "websocket_->send(frames);",
    "session->send(frames);",
    "std::size_t corked_stream::write_some(error_code& e) {",
    "auto to = rules.resolve(x.event, x.packet);",
    "#include <fstream>",
    "path = (std::filesystem::path{file}.parent_path() / path)",
    "// asio::write(socket_) would wait",
    'log::info("asio::write( waits");',
    "read_body();",
    "caf::actor_system& system() { return system_; }",
    "  socket_.read_some(x, e); // on a loop: the socket is non-blocking",
    "// not on a loop: the node starts\nstd::ifstream in{file};",
    "const event_handle event{rd_kafka_queue_poll(queue.get(), 0)};",
    "report(rd_kafka_commit_queue(client, list, queue, nullptr, nullptr));",
]

EXCUSES_NOTHING = [
    "socket_.read_some(x, e); // on a loop:",
    "socket_.read_some(x, e); // it is fine",
    "// on a loop: the socket is non-blocking\nother();\n"
    "socket_.read_some(x, e);",
]


# What the node is made of.
PLACES = ["transport/http/a.cpp", "transport/auth/a.cpp", "transport/otlp/a.cpp",
          "transport/socketio/a.hpp", "transport/kafka/a.cpp", "schemas/a.cpp",
          "config/a.cpp", "config/base/a.hpp", "actors/a.hpp", "tools/weir.cpp"]


class CheckBlocking(unittest.TestCase):
    def test_what_may_wait_is_found(self):
        for line in WAITS + EXCUSES_NOTHING:
            self.assertEqual(len(check_blocking.violations("a.cpp", line)), 1,
                             line)

    def test_what_does_not_is_let_pass(self):
        for line in DOES_NOT_WAIT:
            self.assertEqual(check_blocking.violations("a.cpp", line), [], line)

    def test_it_fails_the_program_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in PLACES + ["tools/top.cpp", "tests/a.cpp"]:
                source = pathlib.Path(folder, name)
                source.parent.mkdir(parents=True, exist_ok=True)
                source.write_text("\nstd::ifstream in{file};\n")
            run = subprocess.run(
                [sys.executable, ROOT / "tools/check_blocking.py", folder],
                capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        found = [x.split(": ")[0] for x in run.stdout.splitlines()]
        self.assertEqual(sorted(found), sorted(f"{x}:2" for x in PLACES))
        self.assertIn("transport/http/a.cpp:2: ifstream may wait", run.stdout)

    def test_exceptions_are_needed(self):
        for name, why in check_blocking.EXCEPTIONS.items():
            text = (ROOT / name).read_text()
            self.assertTrue(check_blocking.violations("a.cpp", text), name)
            self.assertTrue(why)

    def test_the_sources_have_none(self):
        run = subprocess.run([sys.executable,
                              ROOT / "tools/check_blocking.py"],
                             capture_output=True, text=True)
        self.assertEqual(run.stdout, "")


if __name__ == "__main__":
    unittest.main()
