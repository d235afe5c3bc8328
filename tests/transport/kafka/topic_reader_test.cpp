#include "transport/kafka/topic_reader.hpp"

#include "tests/transport/kafka/kafka_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <vector>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

/// What a reader has told.
struct table : topic_listener {
  void on_restart() override {
    const std::lock_guard lock{mutex};
    rows.clear();
    ++restarts;
    changed.notify_all();
  }

  void on_record(std::string_view key,
                 std::optional<std::string_view> value) override {
    const std::lock_guard lock{mutex};
    if (value)
      rows[std::string{key}] = *value;
    else
      rows.erase(std::string{key});
    changed.notify_all();
  }

  void on_state(const std::string& problem) override {
    const std::lock_guard lock{mutex};
    states.push_back(problem);
    rows_then.push_back(rows.size());
    changed.notify_all();
  }

  template <class F>
  bool await(F done) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, weir::test::patience, done);
  }

  bool await_state(const std::function<bool(const std::string&)>& is_it) {
    return await([&] { return !states.empty() && is_it(states.back()); });
  }

  bool await_known() {
    return await_state([](auto& x) { return x.empty(); });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::string> rows;
  std::vector<std::string> states;
  int restarts = 0;
  std::vector<std::size_t> rows_then; ///< how many there were at each
};

struct fixture : kafka_fixture {
  void store(std::initializer_list<std::string> keys,
             const std::string& value) {
    auto n = reports.size() + keys.size();
    for (auto& key : keys)
      send(key, value);
    BOOST_TEST_REQUIRE(await_reports(n));
  }

  std::unique_ptr<topic_reader> read(const std::string& topic = "t") {
    return std::make_unique<topic_reader>(
      settings(), weir::cluster_options{.name = "test", .node = "a"}, topic,
      seen);
  }

  std::shared_ptr<table> seen = std::make_shared<table>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topic_reader_suite, fixture)

BOOST_AUTO_TEST_CASE(has_all_that_there_is_before_it_says_so) {
  store({"a", "b", "c", "d", "e", "f", "g", "h"}, "1");
  store({"a", "b"}, "2");
  auto reader = read();
  BOOST_TEST_REQUIRE(seen->await_known());
  BOOST_TEST(seen->restarts == 0);
  BOOST_TEST(seen->rows_then.back() == 8u);
  BOOST_TEST(seen->rows["a"] == "2");
  BOOST_TEST(seen->rows["h"] == "1");
}

BOOST_AUTO_TEST_CASE(knows_an_empty_topic) {
  auto reader = read();
  BOOST_TEST(seen->await_known());
  BOOST_TEST(seen->rows.empty());
}

BOOST_AUTO_TEST_CASE(goes_on_with_what_comes) {
  auto reader = read();
  BOOST_TEST_REQUIRE(seen->await_known());
  store({"a", "b"}, "1");
  BOOST_TEST(seen->await([this] { return seen->rows.size() == 2; }));
}

BOOST_AUTO_TEST_CASE(says_that_a_topic_is_not_there) {
  auto reader = read("nowhere");
  BOOST_TEST(seen->await_state(
    [](auto& x) { return x.find("nknown topic") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(says_that_nobody_answers) {
  auto x = settings();
  x.brokers = "127.0.0.1:1";
  topic_reader reader{x, {.name = "test", .node = "a"}, "t", seen};
  BOOST_TEST(seen->await_state(
    [](auto& y) { return y.find("do not answer") != std::string::npos; }));
}

BOOST_AUTO_TEST_SUITE_END()
