// Input: a JSON pointer, a zero byte, a text.

#include "transport/socketio/json_slice.hpp"

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "transport/socketio/placeholder.hpp"

using namespace weir;
using weir::fuzz::require;

namespace {

constexpr std::size_t depth = 32;

/// Every part of a valid text is valid.
void check(std::string_view value) {
  require(json::is_valid(value, depth), "a slice is a value");
  if (auto text = json::string_value(value)) {
    std::string literal;
    json::append_string(literal, *text);
    require(json::string_value(literal) == text, "a string survives");
  }
  auto body = json::array_body(value);
  if (!body)
    return;
  auto rest = *body;
  for (auto element : json::elements(value)) {
    require(json::pop_front(rest) == element, "two ways to the same elements");
    check(element);
  }
  require(rest.empty(), "no element is left");
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  using namespace std::string_literals;
  return {
    "/0/room\0[{\"room\":\"chat:1\",\"text\":\"\\u00e9\\ud83d\\ude00\"}]"s,
    "/a~1b/1\0 { \"a/b\" : [ 1 , 2.5e-3 ] , \"c\" : null } "s,
    "/m~0n\0{\"m~n\":{\"k\":[[],{},\"\\\"\\\\,]}\"]}}"s,
    "\0[1,[2,[3,[4,[5]]]],true,false,null,-0,\"h\xc3\xa9\"]"s,
    "/1\0[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]"s,
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  auto pointer = input.substr(0, input.find('\0'));
  // A copy of exactly this size, so that ASan sees a read beyond its end.
  const std::vector<char> bytes(
    input.begin()
      + static_cast<std::ptrdiff_t>(std::min(size, pointer.size() + 1)),
    input.end());
  const std::string_view text{bytes.data(), bytes.size()};
  std::string literal;
  json::append_string(literal, text);
  require(json::is_valid(literal, 0), "any bytes make a valid literal");
  if (!json::is_valid(text, depth))
    return 0;
  auto whole = json::at(text, "");
  require(whole.has_value(), "a text has a value");
  check(*whole);
  if (auto part = json::at(text, pointer))
    check(*part);
  for (const std::size_t n : {1u, 2u})
    socketio::placeholders_match(text, n);
  return 0;
}
