#include "transport/http/request_head.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir::http {
namespace {

using scan = head_scanner::status;

const std::string plain = "POST /a HTTP/1.1\r\nHost: a\r\n";

head_verdict verdict_on(const std::string& lines) {
  auto head = plain + lines + "\r\n";
  head_scanner scanner{10'000};
  if (scanner.scan(head) != scan::complete || scanner.size() != head.size())
    return {400};
  return judge_head(head);
}

BOOST_AUTO_TEST_SUITE(a_request_head)

BOOST_AUTO_TEST_CASE(ends_at_its_empty_line_however_it_is_cut) {
  auto head = plain + "\r\n";
  auto bytes = head + "GET /next";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    head_scanner scanner{100};
    auto first = scanner.scan(bytes.substr(0, cut));
    BOOST_TEST(
      (first == (cut < head.size() ? scan::incomplete : scan::complete)));
    if (first == scan::incomplete)
      BOOST_TEST((scanner.scan(bytes) == scan::complete));
    BOOST_TEST(scanner.size() == head.size());
  }
}

BOOST_AUTO_TEST_CASE(has_a_limit_in_bytes) {
  auto head = plain + "\r\n";
  head_scanner fits{head.size()};
  BOOST_TEST((fits.scan(head) == scan::complete));
  head_scanner small{head.size() - 1};
  BOOST_TEST((small.scan(head) == scan::too_large));
}

BOOST_AUTO_TEST_CASE(has_no_byte_that_readers_could_take_for_a_lines_end) {
  auto head = plain + "X: y\r\n\r\n";
  for (std::size_t i = 0; i < head.size(); ++i)
    for (char c : {'\0', '\n', '\r', '\v', '\f', '\x1f', '\x7f'}) {
      if (head[i] == c)
        continue;
      auto bad = head;
      bad[i] = c;
      BOOST_TEST((head_scanner{100}.scan(bad) == scan::bad), i << ' ' << +c);
    }
  BOOST_TEST((head_scanner{100}.scan("\r\n" + head) == scan::bad));
}

BOOST_AUTO_TEST_CASE(says_how_its_body_is_sent) {
  BOOST_TEST(verdict_on("").body.is_empty());
  BOOST_TEST(verdict_on("Content-Length: 0\r\n").body.is_empty());
  BOOST_TEST(verdict_on("content-length:12 \r\n").body.length == 12u);
  auto chunked = verdict_on("Transfer-Encoding: Chunked\t\r\n");
  BOOST_TEST(chunked.status == 0u);
  BOOST_TEST(chunked.body.chunked);
}

BOOST_AUTO_TEST_CASE(knows_one_transfer_coding) {
  for (auto x :
       {"gzip", "chunked, chunked", "gzip, chunked", "chunked;q=1", "xchunked",
        "chunked,", ",chunked", "\"chunked\"", "identity", "", "chunked\xa0"})
    BOOST_TEST(
      verdict_on("Transfer-Encoding: " + std::string{x} + "\r\n").status
        == 501u,
      x);
}

BOOST_AUTO_TEST_CASE(tells_the_length_of_its_body_once) {
  for (auto x :
       {"Content-Length: +1\r\n", "Content-Length: -1\r\n",
        "Content-Length: \r\n", "Content-Length: 1,1\r\n",
        "Content-Length: 1 1\r\n", "Content-Length: 0x1\r\n",
        "Content-Length: 1.0\r\n", "Content-Length: 18446744073709551616\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\ncontent-length: 2\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"})
    BOOST_TEST(verdict_on(x).status == 400u, x);
}

BOOST_AUTO_TEST_CASE(is_for_one_host) {
  for (auto x : {"Host: a\r\n", "host: b\r\n", "Host:\r\n"})
    BOOST_TEST(verdict_on(x).status == 400u, x);
  BOOST_TEST(judge_head("GET / HTTP/1.1\r\n\r\n").status == 400u);
  BOOST_TEST(judge_head("GET / HTTP/1.0\r\n\r\n").status == 0u);
  for (auto x : {"a b", "a/b", "a@b", "a,b", "a?", "a\\b", "\"a\""})
    BOOST_TEST(
      judge_head("GET / HTTP/1.1\r\nHost: " + std::string{x} + "\r\n\r\n")
          .status
        == 400u,
      x);
  BOOST_TEST(judge_head("GET / HTTP/1.1\r\nHost: [::1]:3000\r\n\r\n").status
             == 0u);
}

BOOST_AUTO_TEST_CASE(has_fields_of_one_line_each) {
  for (auto x : {"X: a\r\n b\r\n", "X: a\r\n\tb\r\n", "X : a\r\n", "X\r\n",
                 ": a\r\n", "X y: a\r\n", " X: a\r\n", "X(: a\r\n"})
    BOOST_TEST(verdict_on(x).status == 400u, x);
}

BOOST_AUTO_TEST_CASE(of_http_1_0_has_no_chunks) {
  BOOST_TEST(
    judge_head("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").status
    == 400u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::http
