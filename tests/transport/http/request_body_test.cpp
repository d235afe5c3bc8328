#include "transport/http/request_body.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>

namespace weir::http {
namespace {

using status = request_body::status;

struct outcome {
  status what = status::incomplete;
  std::string data;
  std::size_t consumed = 0;

  friend bool operator==(const outcome&, const outcome&) = default;
};

constexpr std::size_t max_body = 1000;
constexpr std::size_t max_extra = 100;

/// Takes the bytes in pieces of at most this size, as they come from a socket.
outcome take(std::string_view bytes, std::size_t piece = std::string_view::npos,
             body_framing framing = {true, 0}) {
  request_body body{framing, max_body, max_extra};
  outcome result;
  do {
    auto now = bytes.substr(result.consumed, piece);
    auto [what, used] = body.take(now, result.data);
    result.what = what;
    result.consumed += used;
  } while (result.what == status::incomplete && result.consumed < bytes.size());
  return result;
}

status status_of(std::string_view bytes) {
  return take(bytes).what;
}

BOOST_AUTO_TEST_SUITE(a_request_body)

BOOST_AUTO_TEST_CASE(is_the_data_of_its_chunks) {
  std::string bytes = "5\r\nhello\r\n00B;a=\"b;c\";d\r\n, you there\r\n0;x\r\n"
                      "Trailer: y\r\nOther: z\r\n\r\n";
  auto x = take(bytes + "GET /next");
  BOOST_TEST((x.what == status::complete));
  BOOST_TEST(x.data == "hello, you there");
  BOOST_TEST(x.consumed == bytes.size());
}

BOOST_AUTO_TEST_CASE(is_as_long_as_was_said) {
  auto x = take("hello, you", 3, {false, 5});
  BOOST_TEST((x.what == status::complete));
  BOOST_TEST(x.data == "hello");
  BOOST_TEST(x.consumed == 5u);
  BOOST_TEST((take("hell", 3, {false, 5}).what == status::incomplete));
  BOOST_TEST((take("next", 3, {false, 0}).consumed == 0u));
}

/// Whatever bytes there are: how they are cut says nothing.
BOOST_AUTO_TEST_CASE(is_the_same_however_its_bytes_are_cut) {
  std::mt19937 random{7};
  const std::string good = "1\r\na\r\n2;x=y\r\nbc\r\n0\r\nA: b\r\n\r\nGET";
  const std::string_view alphabet{"0aF:;= \t\r\n\0\x80", 12};
  for (int i = 0; i < 3000; ++i) {
    auto bytes = good;
    for (auto n = random() % 3; n > 0; --n)
      bytes[random() % bytes.size()] = alphabet[random() % alphabet.size()];
    auto whole = take(bytes);
    BOOST_TEST((take(bytes, 1) == whole), bytes);
    BOOST_TEST((take(bytes, 1 + random() % 9) == whole), bytes);
    BOOST_TEST(whole.data.size() <= max_body);
  }
}

BOOST_AUTO_TEST_CASE(has_no_chunks_that_somebody_could_read_differently) {
  for (auto x : {"\r\n",
                 "g\r\n",
                 "-1\r\n",
                 "+1\r\n",
                 " 1\r\n",
                 "1 \r\n",
                 "0x1\r\n",
                 "1\n",
                 "1\ra",
                 "1\r\nab\r\n",
                 "1\r\na\n",
                 "1;a\n",
                 "00000000000000001\r\n",
                 "0\r\n\n",
                 "0\r\n\ra",
                 "0\r\n: a\r\n",
                 "0\r\nA\r\n",
                 "0\r\n A: b\r\n",
                 "0\r\nA : b",
                 "0\r\nA: b\n",
                 "0\r\nA: b\r\n\n"})
    BOOST_TEST((status_of(x) == status::bad), x);
  BOOST_TEST((status_of({"1;a\0", 4}) == status::bad));
}

BOOST_AUTO_TEST_CASE(has_a_limit) {
  auto fits = "3e8\r\n" + std::string(max_body, 'x') + "\r\n0\r\n\r\n";
  BOOST_TEST((status_of(fits) == status::complete));
  for (auto x : {"3e9\r\n", "ffffffffffffffff\r\n", "10000000000000000\r\n"})
    BOOST_TEST((status_of(x) != status::incomplete), x);
  std::string many;
  for (std::size_t i = 0; i < max_body; ++i)
    many += "1\r\nx\r\n";
  BOOST_TEST((status_of(many + "0\r\n\r\n") == status::complete));
  BOOST_TEST((status_of(many + "1\r\nx") == status::too_large));
}

BOOST_AUTO_TEST_CASE(has_a_limit_for_what_is_no_data) {
  std::string extensions;
  for (int i = 0; i < 60; ++i)
    extensions += "1;xx\r\na\r\n";
  std::string trailers = "0\r\n";
  for (int i = 0; i < 60; ++i)
    trailers += "A: b\r\n";
  for (auto& x : {"1;" + std::string(101, 'x'), "0;" + std::string(101, 'x'),
                  "0\r\nA:" + std::string(101, 'x'),
                  "0\r\n" + std::string(102, 'A'), extensions, trailers})
    BOOST_TEST((status_of(x) == status::too_much_extra), x);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
