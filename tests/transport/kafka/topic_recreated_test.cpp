// What becomes of a table whose topic is created again. Needs a real Kafka,
// whose address is in the file that WEIR_TEST_KAFKA names.

#include "tests/support/patience.hpp"
#include "tests/transport/kafka/kafka_admin.hpp"
#include "tests/transport/kafka/kafka_fixture.hpp"
#include "tests/transport/kafka/real_kafka.hpp"
#include "transport/kafka/topic_reader.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>
#include <set>

using namespace weir::kafka;
using namespace weir::kafka::test;

namespace {

weir::kafka_options settings_of_kafka() {
  weir::kafka_options result;
  result.brokers = real_kafka();
  return result;
}

/// What a reader holds for true, and whether it ever said so of something that
/// was not.
struct watched_table : topic_listener {
  void on_restart() override {
    change([this] { names.clear(), is_known = false, ++restarts; });
  }

  void on_record(std::string_view key,
                 std::optional<std::string_view> value) override {
    change([&] {
      if (value)
        names.emplace(key);
      else
        names.erase(std::string{key});
    });
  }

  void on_state(const std::string& problem) override {
    change([&] { is_known = problem.empty(); });
  }

  template <class F>
  void change(F f) {
    const std::lock_guard lock{mutex};
    f();
    changed.notify_all();
  }

  bool await(const std::set<std::string>& wanted) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, weir::test::patience,
                            [&] { return is_known && names == wanted; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::string> names;
  bool is_known = false;
  int restarts = 0;
};

struct fixture {
  explicit fixture(int partitions) { admin.create(topic, partitions); }
  ~fixture() { admin.remove(topic); }

  static std::string fresh_topic() {
    auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return "table-" + std::to_string(now);
  }

  std::set<std::string> store(const std::string& prefix, int n) {
    test_notifier notifier;
    producer sender{settings_of_kafka(), notifier.callback()};
    std::set<std::string> result;
    std::vector<delivery_report> reports;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(n); ++i) {
      auto key = prefix + std::to_string(i);
      sender.produce(
        {.topic = topic, .key = key, .value = "v", .headers = {}, .token = i});
      while (reports.size() < i && notifier.wait(kafka_fixture::deadline))
        sender.poll(reports, 1);
      BOOST_TEST_REQUIRE(reports.size() == i);
      BOOST_TEST_REQUIRE((reports.back().error == produce_errc::none));
      result.insert(key);
    }
    return result;
  }

  kafka_admin admin{real_kafka()};
  std::string topic = fresh_topic();
  std::shared_ptr<watched_table> seen = std::make_shared<watched_table>();
};

struct change {
  int records_before;
  int partitions_before;
  int records_after;
  int partitions_after;
};

std::ostream& operator<<(std::ostream& out, const change& x) {
  return out << x.records_before << " in " << x.partitions_before << ", then "
             << x.records_after << " in " << x.partitions_after;
}

// As many records, fewer, more, none; likewise partitions.
const std::vector<change> changes{{5, 1, 5, 1}, {5, 1, 2, 1}, {2, 1, 9, 1},
                                  {5, 1, 0, 1}, {0, 1, 3, 1}, {9, 4, 9, 1},
                                  {9, 1, 9, 4}, {9, 3, 9, 3}};

} // namespace

BOOST_AUTO_TEST_SUITE(log_with_kafka, *needs_real_kafka)

BOOST_DATA_TEST_CASE(a_table_whose_topic_is_created_again_is_of_that_alone,
                     changes, x) {
  fixture it{x.partitions_before};
  auto before = it.store("former", x.records_before);
  topic_reader reader{
    settings_of_kafka(), {.name = "test", .node = "a"}, it.topic, it.seen};
  BOOST_TEST_REQUIRE(it.seen->await(before));
  it.admin.remove(it.topic);
  it.admin.create(it.topic, x.partitions_after);
  auto after = it.store("later", x.records_after);
  BOOST_TEST(it.seen->await(after));
  BOOST_TEST(it.seen->restarts > 0);
  after.merge(it.store("last", 3));
  BOOST_TEST(it.seen->await(after));
}

BOOST_AUTO_TEST_SUITE_END()
