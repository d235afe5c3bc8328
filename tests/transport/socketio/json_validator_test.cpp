#include "transport/socketio/json_slice.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace weir;

namespace {

using texts = std::vector<std::string_view>;

constexpr std::size_t depth = 8;

/// Boost.JSON wants surrogates in pairs; to it they all look like a zero.
std::string without_surrogates(std::string text) {
  constexpr std::string_view hex = "0123456789abcdefABCDEF";
  for (std::size_t i = 0; i + 6 <= text.size(); ++i) {
    const std::string_view six{text.data() + i, 6};
    if ((six.starts_with("\\ud") || six.starts_with("\\uD"))
        && hex.find(six[3], 8) != hex.npos && hex.find(six[4]) != hex.npos
        && hex.find(six[5]) != hex.npos)
      text.replace(i + 2, 4, "0000");
  }
  return text;
}

/// Whether Boost.JSON takes it too.
bool oracle(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = depth;
  boost::json::error_code error;
  boost::json::parse(without_surrogates(std::string{text}), error, {}, options);
  return !error;
}

/// Changes a few bytes: replaces, inserts, removes, repeats.
std::string mutated(std::string text, std::minstd_rand& random) {
  constexpr std::string_view bytes = "{}[]\",:\\/untrfalse0123456789eE+-. "
                                     "\t\n\x01\x1e\x7f\x80\xc3\xa9\xed\xff";
  auto below = [&random](std::size_t n) { return random() % n; };
  for (auto changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
    auto at = below(text.size());
    auto byte = bytes[below(bytes.size())];
    switch (below(4)) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + below(3));
        break;
      default:
        text.insert(at, text.substr(at, below(12)));
    }
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_validator)

BOOST_AUTO_TEST_CASE(accepts_every_kind_of_value) {
  const texts table{
    "null",
    "true",
    "false",
    "0",
    "-0",
    "12",
    "-1.5",
    "0.0",
    "1e9",
    "1E+09",
    "2.5e-3",
    "123456789012345678901234567890",
    "1e999999999999",
    R"("")",
    R"("text")",
    R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")",
    "\"h\xc3\xa9llo \xf0\x9f\x98\x80 \x7f\"",
    "[]",
    "{}",
    " [ 1 ,\t{ \"a\" :\r\n[ ] } ] ",
    R"({"a":1,"a":2})",
  };
  for (auto text : table) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(json::is_valid(text, depth));
  }
}

BOOST_AUTO_TEST_CASE(rejects_what_is_no_value) {
  const texts table{
    "",
    " ",
    "nul",
    "nulll",
    "True",
    "NaN",
    "+1",
    "01",
    "-",
    "-a",
    ".5",
    "1.",
    "1.e3",
    "1e",
    "1e+",
    "0x10",
    "1 2",
    "'a'",
    R"(")",
    R"("a)",
    R"("\)",
    R"("\")",
    R"("\x41")",
    R"("\u12")",
    R"("\u",  R"("\u12g4")",
    "[",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1}",
    "{",
    "}",
    "{\"a\"",
    R"({"a":})",
    R"({"a" 1})",
    R"({"a":1,})",
    "{1:2}",
    "{a:1}",
    R"({"a":1]})",
    "[]]",
    "[] x",
    "// c\n1",
    "[1]/* c */",
  };
  for (auto text : table) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(!json::is_valid(text, depth));
  }
}

BOOST_AUTO_TEST_CASE(rejects_control_characters_in_strings) {
  for (int c = 0; c < 0x20; ++c) {
    auto text = std::string{"\"12345678"} + static_cast<char>(c) + '"';
    BOOST_TEST_INFO(c);
    BOOST_TEST(!json::is_valid(text, depth));
  }
}

BOOST_AUTO_TEST_CASE(rejects_a_byte_of_zero_anywhere) {
  using namespace std::string_view_literals;
  for (auto text : {"\0"sv, "1\0"sv, "[\0]"sv, "\"\0\""sv, "[1,\0"sv})
    BOOST_TEST(!json::is_valid(text, depth));
}

BOOST_AUTO_TEST_CASE(rejects_strings_that_are_not_utf_8) {
  const texts table{"\"\x80\"",         "\"\xc3\"",        "\"\xc0\xaf\"",
                    "\"\xed\xa0\x80\"", "\"1234567\xff\"", "\xff",
                    "[\xc3\xa9]"};
  for (auto text : table) {
    BOOST_TEST_INFO(text);
    BOOST_TEST(!json::is_valid(text, depth));
  }
}

BOOST_AUTO_TEST_CASE(sees_a_special_byte_at_every_position_of_a_long_string) {
  for (auto special : {'\x1f', '"', '\\', '\x80', '\xff'})
    for (std::size_t i = 0; i < 40; ++i) {
      auto text = '"' + std::string(40, 'x') + '"';
      BOOST_TEST(json::is_valid(text, depth));
      text[i + 1] = special;
      BOOST_TEST(!json::is_valid(text, depth));
    }
}

// JSON.stringify("😀".slice(0, 1)) in JavaScript.
BOOST_AUTO_TEST_CASE(accepts_half_an_emoji_as_javascript_writes_it) {
  BOOST_TEST(json::is_valid(R"("\ud83d")", depth));
  BOOST_TEST(json::is_valid(R"("\ude00\ud83d")", depth));
}

BOOST_AUTO_TEST_CASE(counts_how_deep_arrays_and_objects_are_nested) {
  BOOST_TEST(json::is_valid("1", 0));
  BOOST_TEST(!json::is_valid("[]", 0));
  BOOST_TEST(json::is_valid("[[],[]]", 2));
  BOOST_TEST(!json::is_valid("[[],[]]", 1));
  BOOST_TEST(json::is_valid(R"({"a":{"b":[1]}})", 3));
  BOOST_TEST(!json::is_valid(R"({"a":{"b":[1]}})", 2));
}

BOOST_AUTO_TEST_CASE(tells_too_deep_from_invalid) {
  using json::validity;
  for (auto text : {"[[]]", R"({"a":[)", "[1,[2"})
    BOOST_TEST((json::validate(text, 1) == validity::too_deep), text);
  for (auto text : {"[,[]]", "[1", R"({"a"[]})", "[] []"})
    BOOST_TEST((json::validate(text, 1) == validity::invalid), text);
  BOOST_TEST((json::validate("[1]", 1) == validity::valid));
}

BOOST_AUTO_TEST_CASE(has_a_limit_of_depth_whatever_is_asked_for) {
  auto nested = [](std::size_t n) {
    return std::string(n, '[') + std::string(n, ']');
  };
  auto unlimited = static_cast<std::size_t>(-1);
  BOOST_TEST(json::is_valid(nested(json::max_depth), unlimited));
  BOOST_TEST(!json::is_valid(nested(json::max_depth + 1), unlimited));
  BOOST_TEST(!json::is_valid(std::string(10'000'000, '['), unlimited));
}

BOOST_AUTO_TEST_CASE(agrees_with_boost_json_on_mutated_texts) {
  const texts seeds{
    R"(["chat message",{"room":"chat:1","text":"hello","n":17.25e-3}])",
    R"({"a":[true,false,null,{"b":"\u00e9\n\"\\"}],"c":-0,"d":[[[[]]]]})",
    "[\"h\xc3\xa9llo\",\"\xe4\xbd\xa0\xe5\xa5\xbd\",\"\xf0\x9f\x98\x80\"]",
    "[[[[[[[[1]]]]]]]]",
    " [ 1 , 2.5 , \"\\ud83d\\ude00\" , { } ] ",
  };
  std::minstd_rand random{20260131};
  std::size_t valid = 0;
  for (int round = 0; round < 40'000; ++round) {
    auto text = mutated(std::string{seeds[random() % seeds.size()]}, random);
    auto expected = oracle(text);
    valid += expected ? 1 : 0;
    if (json::is_valid(text, depth) != expected)
      BOOST_ERROR("they differ on " << text);
  }
  BOOST_TEST(valid > 4'000u); // else the mutations are too wild to tell
}

BOOST_AUTO_TEST_SUITE_END()
