#include "config/quantity.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace std::chrono_literals;
using namespace weir::config;

BOOST_AUTO_TEST_SUITE(quantities)

BOOST_AUTO_TEST_CASE(durations_have_a_number_and_a_unit) {
  BOOST_TEST((parse_duration("250ms") == 250ms));
  BOOST_TEST((parse_duration("30s") == 30s));
  BOOST_TEST((parse_duration("2m") == 2min));
  BOOST_TEST((parse_duration("1h") == 1h));
  BOOST_TEST((parse_duration("0s") == 0s));
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_durations) {
  for (auto text :
       {"", "30", "s", "-1s", "+1s", "1.5s", " 1s", "1 s", "1s ", "1d", "1S",
        "99999999999999999999s", "9223372036854775807h", "1s1s"})
    BOOST_TEST(!parse_duration(text), text);
}

BOOST_AUTO_TEST_CASE(sizes_have_a_number_and_perhaps_a_unit) {
  BOOST_TEST((parse_size("0") == 0u));
  BOOST_TEST((parse_size("1000000") == 1'000'000u));
  BOOST_TEST((parse_size("512B") == 512u));
  BOOST_TEST((parse_size("64KiB") == 65'536u));
  BOOST_TEST((parse_size("1MiB") == 1'048'576u));
  BOOST_TEST((parse_size("2GiB") == 2'147'483'648u));
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_sizes) {
  for (auto text : {"", "KiB", "1KB", "1kib", "-1", "1.5MiB", "1 MiB", "1MiB ",
                    "99999999999999999999", "18446744073709551615GiB"})
    BOOST_TEST(!parse_size(text), text);
}

BOOST_AUTO_TEST_CASE(quantities_are_written_with_the_largest_whole_unit) {
  BOOST_TEST(to_string(1500ms) == "1500ms");
  BOOST_TEST(to_string(90s) == "90s");
  BOOST_TEST(to_string(120s) == "2m");
  BOOST_TEST(to_string(24h) == "24h");
  BOOST_TEST(to_string(0ms) == "0ms");
  BOOST_TEST(size_to_string(1000) == "1000B");
  BOOST_TEST(size_to_string(65'536) == "64KiB");
  BOOST_TEST(size_to_string(1'073'741'824) == "1GiB");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
