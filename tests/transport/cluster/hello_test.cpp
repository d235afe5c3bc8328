#include "transport/cluster/hello.hpp"

#include "tests/transport/cluster/hellos.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir;
using namespace weir::cluster;

using change = void (*)(hello&);

hello changed(change f) {
  auto result = test::hello_of("a");
  f(result);
  return result;
}

std::string field(char number, const std::string& value) {
  return std::string{number, static_cast<char>(value.size() >> 8),
                     static_cast<char>(value.size())}
         + value;
}

BOOST_AUTO_TEST_SUITE(hellos)

BOOST_AUTO_TEST_CASE(what_is_encoded_is_decoded) {
  auto x = test::hello_of("weir-1.example");
  x.incarnation = 0x0102'0304'0506'0708;
  x.oldest_version = 3;
  x.version = 0xffff'ffff;
  BOOST_TEST((decode_hello(encode(x)) == x));
  auto former = encode(x);
  x.fixed_config = "0123456789abcdef";
  BOOST_TEST(encode(x) == former + field(8, x.fixed_config));
  BOOST_TEST((decode_hello(encode(x)) == x));
}

BOOST_AUTO_TEST_CASE(the_longest_names_fit) {
  auto x = test::hello_of(std::string(249, 'n'));
  x.cluster = std::string(249, 'c');
  x.address = std::string(250, 'h') + ":65535";
  x.config = x.fixed_config = std::string(256, 'f');
  BOOST_TEST(encode(x).size() < max_hello);
  BOOST_TEST((decode_hello(encode(x)) == x));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_hello_is_none) {
  auto bytes = encode(test::hello_of("a"));
  for (std::size_t n = 0; n < bytes.size(); ++n)
    BOOST_TEST(!decode_hello(bytes.substr(0, n)), n);
  for (std::size_t n = 1; n < bytes.size(); ++n)
    BOOST_TEST(!decode_hello(bytes.substr(n)), n);
}

BOOST_AUTO_TEST_CASE(what_no_node_says_is_refused) {
  for (change f : {
         +[](hello& x) { x.cluster = ""; },
         +[](hello& x) { x.cluster = "a b"; },
         +[](hello& x) { x.node = ""; },
         +[](hello& x) { x.node = "a\n2024 error: forged"; },
         +[](hello& x) { x.node = std::string(250, 'a'); },
         +[](hello& x) { x.address = ""; },
         +[](hello& x) { x.address = "a"; },
         +[](hello& x) { x.address = "a:0"; },
         +[](hello& x) { x.config = "a b"; },
         +[](hello& x) { x.config = "\xc3\xa4"; },
         +[](hello& x) { x.config = std::string(257, 'a'); },
         +[](hello& x) { x.fixed_config = "a b"; },
         +[](hello& x) { x.fixed_config = std::string(257, 'a'); },
         +[](hello& x) { x.oldest_version = 2; },
       })
    BOOST_TEST(!decode_hello(encode(changed(f))));
}

BOOST_AUTO_TEST_CASE(fields_of_later_versions_are_skipped) {
  auto x = test::hello_of("a");
  auto bytes = encode(x) + field(9, "more") + field(100, "");
  BOOST_TEST((decode_hello(bytes) == x));
}

BOOST_AUTO_TEST_CASE(fields_are_there_once_and_in_order) {
  auto bytes = encode(test::hello_of("a"));
  auto first = field(1, "weir");
  BOOST_TEST_REQUIRE(bytes.starts_with(first));
  BOOST_TEST(!decode_hello(first + bytes));
  BOOST_TEST(!decode_hello(bytes.substr(first.size()) + first));
  BOOST_TEST(!decode_hello(bytes + field(8, "a") + field(8, "b")));
  BOOST_TEST(!decode_hello(bytes + field(9, "a") + field(8, "b")));
  BOOST_TEST(!decode_hello(field(0, "a") + bytes));
}

BOOST_AUTO_TEST_CASE(numbers_have_one_width) {
  auto bytes = encode(test::hello_of("a"));
  auto version = field(7, std::string{"\0\0\0\1", 4});
  BOOST_TEST_REQUIRE(bytes.ends_with(version));
  bytes.resize(bytes.size() - version.size());
  BOOST_TEST(decode_hello(bytes + version).has_value());
  BOOST_TEST(!decode_hello(bytes + field(7, std::string{"\0\0\1", 3})));
  BOOST_TEST(!decode_hello(bytes + field(7, std::string{"\0\0\0\0\1", 5})));
}

BOOST_AUTO_TEST_CASE(a_hello_is_bounded) {
  auto x = test::hello_of("a");
  auto fits = max_hello - encode(x).size() - 3;
  BOOST_TEST((decode_hello(encode(x) + field(9, std::string(fits, 'x'))) == x));
  BOOST_TEST(!decode_hello(encode(x) + field(9, std::string(fits + 1, 'x'))));
}

// Decoding either refuses, or yields what can be encoded and means the same.
BOOST_AUTO_TEST_CASE(any_bytes_are_refused_or_understood) {
  std::mt19937 random{1};
  auto bytes = encode(test::hello_of("a"));
  std::size_t understood = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto hostile = bytes;
    for (auto n = 1 + random() % 3; n > 0; --n)
      hostile[random() % hostile.size()] = static_cast<char>(random());
    if (auto x = decode_hello(hostile)) {
      ++understood;
      BOOST_TEST_REQUIRE((decode_hello(encode(*x)) == x));
    }
  }
  BOOST_TEST(understood > 0u);
  BOOST_TEST(understood < 20'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
