#include "config/line_writer.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace {

using weir::log::line_writer;

/// A pipe whose reader reads when it is told to.
struct fixture {
  fixture() {
    BOOST_REQUIRE(pipe(ends.data()) == 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    writer = line_writer{ends[1]};
  }

  ~fixture() {
    for (auto x : ends)
      close(x);
  }

  /// What is there, at most `n` bytes.
  std::string read(std::size_t n = 1'000'000) {
    std::string result(n, ' ');
    auto got = ::read(ends[0], result.data(), n);
    result.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return result;
  }

  static std::string line(int number, std::size_t size) {
    return std::to_string(number) + std::string(size, 'x') + '\n';
  }

  std::array<int, 2> ends{};
  line_writer writer{-1};
};

BOOST_FIXTURE_TEST_SUITE(a_line_writer, fixture)

BOOST_AUTO_TEST_CASE(writes_what_somebody_reads) {
  BOOST_TEST(writer.write("one\n"));
  BOOST_TEST(writer.write("two\n"));
  BOOST_TEST(read() == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_who_does_not_read) {
  int taken = 0;
  while (writer.write(line(taken, 1000)))
    ++taken;
  BOOST_TEST(taken > 10);
  BOOST_TEST(!writer.write("lost\n"));
  auto found = read();
  BOOST_TEST(writer.write("again\n"));
  found += read();
  std::string expected;
  for (int i = 0; i < taken; ++i)
    expected += line(i, 1000);
  BOOST_TEST(found == expected + "again\n");
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_who_is_gone) {
  close(ends[1]);
  BOOST_TEST(writer.write("to nobody\n"));
  BOOST_TEST(writer.write("to nobody\n"));
}

// However long they are, and whenever somebody reads.
BOOST_AUTO_TEST_CASE(leaves_all_lines_whole_and_in_order) {
  std::mt19937 choice{1};
  std::string expected, found;
  int lost = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto x = line(i, choice() % 8 == 0 ? choice() % 20'000 : choice() % 200);
    if (writer.write(x))
      expected += x;
    else
      ++lost;
    if (choice() % 16 == 0)
      found += read(choice() % 30'000);
  }
  while (!writer.write("end\n"))
    found += read();
  expected += "end\n";
  while (found.size() < expected.size())
    found += read(), writer.write("");
  BOOST_TEST((found == expected));
  BOOST_TEST(lost > 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
