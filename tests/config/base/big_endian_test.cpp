#include "config/base/big_endian.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <random>

using namespace weir;

BOOST_AUTO_TEST_SUITE(big_endian)

BOOST_AUTO_TEST_CASE(has_its_highest_byte_first) {
  std::string out;
  put_big_endian(out, std::uint16_t{0x0102});
  put_big_endian(out, std::uint32_t{0xfffefdfc});
  BOOST_TEST(out == "\x01\x02\xff\xfe\xfd\xfc");
}

BOOST_AUTO_TEST_CASE(brings_back_numbers_of_any_size) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 1000; ++i) {
    auto x = random() >> random() % 64;
    std::string out;
    put_big_endian(out, x);
    BOOST_TEST(from_big_endian<std::uint64_t>(out) == x);
    auto low = static_cast<std::uint16_t>(x);
    BOOST_TEST(from_big_endian<std::uint64_t>(out.substr(6)) == low);
    BOOST_TEST(from_big_endian<std::uint16_t>(out.substr(6)) == low);
  }
}

BOOST_AUTO_TEST_SUITE_END()
