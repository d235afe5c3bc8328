// When keys that are at a URL are fetched, and from where.

#include "transport/auth/cache_control.hpp"
#include "transport/auth/fetch_schedule.hpp"
#include "transport/auth/https_url.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace {

using namespace weir::auth;
using namespace std::chrono_literals;
using std::chrono::seconds;

BOOST_AUTO_TEST_SUITE(key_fetches)

BOOST_AUTO_TEST_CASE(a_url_is_cut_into_what_is_asked_for) {
  auto x = parse_https_url("https://id.example.org/keys?a=b#c");
  BOOST_TEST_REQUIRE(x.has_value());
  BOOST_TEST(
    (*x == https_url{"id.example.org", "443", "/keys?a=b", "id.example.org"}));
  x = parse_https_url("https://127.0.0.1:8443");
  BOOST_TEST((x == https_url{"127.0.0.1", "8443", "/", "127.0.0.1:8443"}));
  x = parse_https_url("https://[::1]:1/");
  BOOST_TEST((x == https_url{"::1", "1", "/", "[::1]:1"}));
  x = parse_https_url("https://a?q");
  BOOST_TEST((x == https_url{"a", "443", "/?q", "a"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_such_url_is_refused) {
  for (auto text : {"",
                    "https://",
                    "https:///a",
                    "http://a",
                    "https:/a",
                    "https://a:",
                    "https://a:x",
                    "https://a:123456",
                    "https://a:0",
                    "https://a:65536",
                    "https://user@a",
                    "https://a:b@c/",
                    "https://[::1",
                    "https://[]",
                    "https://[::1]x",
                    "https://a b",
                    "https://a/\n",
                    "https://a/\xc3\xa9",
                    "https://a_\\b",
                    "https://:1"})
    BOOST_TEST(!parse_https_url(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(how_long_an_answer_may_be_used_is_read) {
  auto of = [](std::string_view x) {
    auto result = max_age(x);
    return result ? result->count() : -1;
  };
  BOOST_TEST(of("max-age=600") == 600);
  BOOST_TEST(of("public , Max-Age = 15,must-revalidate") == 15);
  BOOST_TEST(of("max-age=\"7\"") == 7);
  BOOST_TEST(of("max-age=600, no-store") == 0);
  BOOST_TEST(of("no-cache") == 0);
  BOOST_TEST(of("max-age=99999999999999999999") == 4294967295);
  for (auto bad : {"", "public", "max-age", "max-age=", "max-age=-1",
                   "max-age=x", "s-maxage=5", ",,,", "max-age=1x"})
    BOOST_TEST(of(bad) == -1, bad);
}

constexpr fetch_schedule::time start{1000h};

BOOST_AUTO_TEST_CASE(the_first_fetch_is_due_at_once) {
  fetch_schedule x{300s};
  BOOST_TEST((x.next() <= start));
}

BOOST_AUTO_TEST_CASE(the_server_says_when_to_come_again_within_reason) {
  auto after = [](std::optional<seconds> max_age) {
    fetch_schedule x{300s};
    x.begin(start);
    x.succeed(start + 1s, max_age);
    return std::chrono::duration_cast<seconds>(x.next() - start).count();
  };
  BOOST_TEST(after(std::nullopt) == 301);
  BOOST_TEST(after(600s) == 601);
  BOOST_TEST(after(0s) == 30);
  BOOST_TEST(after(seconds{4294967295}) == 24 * 60 * 60 + 1);
}

BOOST_AUTO_TEST_CASE(who_needs_a_key_does_not_have_it_fetched_all_the_time) {
  fetch_schedule x{300s};
  BOOST_TEST(x.want(start)); // nothing was tried so far
  x.begin(start);
  BOOST_TEST(x.want(start + 1s)); // under way
  x.succeed(start + 2s, 600s);
  BOOST_TEST(!x.want(start + 29s));
  BOOST_TEST((x.next() == start + 602s));
  BOOST_TEST(x.want(start + 30s));
  BOOST_TEST((x.next() == start + 30s));
}

/// Whatever happens, a server is not asked more often than it may be.
BOOST_AUTO_TEST_CASE(nobody_can_have_a_server_flooded) {
  std::mt19937 random{5};
  fetch_schedule x{1s};
  auto now = start;
  std::vector<fetch_schedule::time> begun;
  auto failed = false;
  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds{random() % 3000};
    if (random() % 2 == 0)
      x.want(now);
    if (x.next() > now)
      continue;
    if (!begun.empty() && !failed)
      BOOST_TEST((now - begun.back() >= 30s));
    begun.push_back(now);
    x.begin(now);
    now += std::chrono::milliseconds{random() % 5000};
    failed = random() % 4 == 0;
    if (failed)
      x.fail(now);
    else
      x.succeed(now, seconds{random() % 100});
  }
  BOOST_TEST(begun.size() > 100u);
  BOOST_TEST(begun.size() < 3000u);
}

BOOST_AUTO_TEST_CASE(after_failures_it_is_tried_less_often) {
  fetch_schedule x{300s};
  std::vector<long> pauses;
  auto now = start;
  for (int i = 0; i < 7; ++i) {
    x.begin(now);
    x.fail(now);
    pauses.push_back(
      std::chrono::duration_cast<seconds>(x.next() - now).count());
    now = x.next();
  }
  BOOST_TEST((pauses == std::vector<long>{2, 4, 8, 16, 30, 30, 30}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
