#include "schemas/varint.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <string>

using namespace weir::schemas;

namespace {

constexpr auto largest_varint = std::numeric_limits<std::uint64_t>::max();

std::string written(std::uint64_t x) {
  std::string result(max_varint, '\0');
  result.resize(
    static_cast<std::size_t>(put_varint(result.data(), x) - result.data()));
  return result;
}

/// What is read from all of `bytes`.
std::optional<std::uint64_t> read(std::string_view bytes,
                                  std::uint64_t max = largest_varint) {
  auto result = take_varint(bytes, max);
  return result && bytes.empty() ? result : std::nullopt;
}

BOOST_AUTO_TEST_SUITE(varint)

BOOST_AUTO_TEST_CASE(is_what_protobuf_writes) {
  BOOST_TEST(written(0) == std::string(1, '\0'));
  BOOST_TEST(written(127) == "\x7f");
  BOOST_TEST(written(128) == "\x80\x01");
  BOOST_TEST(written(150) == "\x96\x01");
  BOOST_TEST(written(largest_varint) == std::string(9, '\xff') + "\x01");
}

BOOST_AUTO_TEST_CASE(reads_what_was_written) {
  for (unsigned shift = 0; shift < 64; ++shift)
    for (auto x : {std::uint64_t{1} << shift, (std::uint64_t{1} << shift) - 1})
      BOOST_TEST((read(written(x)) == x));
  BOOST_TEST((read(written(largest_varint)) == largest_varint));
}

BOOST_AUTO_TEST_CASE(leaves_what_follows) {
  std::string_view bytes = "\x96\x01rest";
  BOOST_TEST((take_varint(bytes, 150) == 150u));
  BOOST_TEST(bytes == "rest");
}

BOOST_AUTO_TEST_CASE(is_refused_beyond_its_bound) {
  BOOST_TEST(!read(written(151), 150));
  BOOST_TEST(!read(std::string(9, '\xff') + "\x02")); // 65 bits
  BOOST_TEST(!read(std::string(10, '\x80') + "\x01"));
}

BOOST_AUTO_TEST_CASE(is_refused_when_it_is_cut) {
  BOOST_TEST(!read(""));
  BOOST_TEST(!read("\x80"));
  BOOST_TEST(!read(std::string(9, '\xff')));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
