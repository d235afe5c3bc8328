// What it takes another URL for, without a server that answers: with one, it is
// integration/test_tokens.py.

#include "transport/auth/key_fetcher.hpp" // unit under test

#include "tests/support/patience.hpp"
#include "tests/transport/auth/token_maker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace {

using namespace weir;
using namespace weir::auth;
using namespace std::chrono_literals;
using tcp = boost::asio::ip::tcp;

/// Nobody listens there, so that an attempt fails at once.
const std::string nowhere = "https://127.0.0.1:1/";

jwt_options keys_at(const std::string& url) {
  jwt_options result;
  result.algorithms = {"RS256"};
  result.jwks = url;
  result.jwks_timeout = 60s;
  return result;
}

std::vector<verification_key> some_keys(std::size_t n) {
  auto one
    = keys_from_pem(weir::test::token_key::make(algorithm::es256).public_pem())
        .keys;
  BOOST_TEST_REQUIRE(one.size() == 1u);
  return std::vector<verification_key>(n, one.front());
}

/// A server that takes connections and never says a word.
class silent_server {
public:
  std::string url() const {
    return "https://127.0.0.1:"
           + std::to_string(listener_.local_endpoint().port()) + "/";
  }

  /// Waits for a client, and keeps it.
  void accept() { clients_.push_back(listener_.accept()); }

private:
  boost::asio::io_context loop_;
  tcp::acceptor listener_{loop_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::vector<tcp::socket> clients_;
};

struct fixture {
  void start(const std::string& url, std::size_t others = 1) {
    fetcher.emplace(keys_at(url), some_keys(others), keys,
                    [this](const key_fetch& x) {
                      const std::scoped_lock guard{mutex};
                      told.push_back(x);
                      came.notify_all();
                    });
  }

  void use(const jwt_options& x, std::size_t others = 1) {
    fetcher->prepare(x, some_keys(others))();
  }

  /// Waits until so many attempts at a URL have ended.
  void wait_for(const std::string& url, std::ptrdiff_t n = 1) {
    std::unique_lock guard{mutex};
    BOOST_TEST_REQUIRE(came.wait_for(guard, weir::test::patience,
                                     [&] { return of(url) >= n; }),
                       url);
  }

  std::ptrdiff_t of(const std::string& url) const {
    return std::count_if(told.begin(), told.end(),
                         [&](auto& x) { return x.url == url; });
  }

  std::shared_ptr<current_keys> keys
    = std::make_shared<current_keys>(std::make_shared<const key_set>());
  std::mutex mutex;
  std::condition_variable came;
  std::vector<key_fetch> told; // guarded
  std::optional<key_fetcher> fetcher;
};

BOOST_FIXTURE_TEST_SUITE(key_fetcher_suite, fixture)

BOOST_AUTO_TEST_CASE(without_a_url_nobody_waits_for_keys) {
  start("");
  BOOST_TEST(!fetcher->want());
  use(keys_at("keys.json"), 3);
  BOOST_TEST(keys->get()->size() == 3u);
  BOOST_TEST(!fetcher->want());
  BOOST_TEST(fetcher->attempts() == 0u);
}

BOOST_AUTO_TEST_CASE(a_url_may_come_later_and_go) {
  start("");
  use(keys_at(nowhere));
  wait_for(nowhere);
  BOOST_TEST(fetcher->attempts() == 1u);
  use(keys_at(""));
  BOOST_TEST(!fetcher->want());
}

BOOST_AUTO_TEST_CASE(another_url_is_asked_at_once_and_the_former_no_more) {
  start(nowhere + "one");
  wait_for(nowhere + "one");
  use(keys_at(nowhere + "two"));
  wait_for(nowhere + "two", 2); // by when the former would have been asked too
  const std::scoped_lock guard{mutex};
  BOOST_TEST(of(nowhere + "one") == 1);
  for (auto& x : told) {
    BOOST_TEST(x.is_new);
    BOOST_TEST(x.problem != "");
  }
}

BOOST_AUTO_TEST_CASE(it_pays_to_wait_for_another_url_at_once) {
  silent_server silent;
  start(nowhere);
  wait_for(nowhere);
  BOOST_TEST(!fetcher->want()); // it was asked just now
  use(keys_at(silent.url()));
  BOOST_TEST(fetcher->want());
  silent.accept();
  BOOST_TEST(fetcher->want());
  fetcher.reset();
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_the_former_to_answer) {
  silent_server silent;
  start(silent.url());
  silent.accept();
  use(keys_at(nowhere));
  wait_for(nowhere);
  BOOST_TEST(fetcher->attempts() == 1u);
  fetcher.reset();
  BOOST_TEST(of(silent.url()) == 0);
}

BOOST_AUTO_TEST_CASE(other_keys_beside_it_leave_an_attempt_alone) {
  silent_server silent;
  start(silent.url());
  silent.accept();
  use(keys_at(silent.url()), 2);
  BOOST_TEST(keys->get()->size() == 2u);
  auto impatient = keys_at(silent.url());
  impatient.jwks_timeout = 10ms; // that is another attempt, the first to end
  use(impatient, 2);
  silent.accept();
  wait_for(silent.url());
  BOOST_TEST(fetcher->attempts() == 1u);
}

BOOST_AUTO_TEST_CASE(an_authority_that_cannot_be_read_changes_nothing) {
  start(nowhere);
  wait_for(nowhere);
  auto bad = keys_at(nowhere + "other");
  bad.jwks_ca = "/there/is/no.pem";
  BOOST_CHECK_THROW(fetcher->prepare(bad, some_keys(2)), std::exception);
  wait_for(nowhere, 2);
  BOOST_TEST(of(nowhere + "other") == 0);
}

BOOST_AUTO_TEST_CASE(who_comes_late_changes_keys_all_the_same) {
  start(nowhere);
  auto use = fetcher->prepare(keys_at(nowhere), some_keys(2));
  fetcher.reset();
  use();
  BOOST_TEST(keys->get()->size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
