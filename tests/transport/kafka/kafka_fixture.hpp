#pragma once

#include "tests/support/patience.hpp"
#include "tests/transport/kafka/group_member.hpp"
#include "transport/kafka/embedded_broker.hpp"
#include "transport/kafka/producer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka::test {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// As librdkafka's mock cluster calls the embedded broker.
inline constexpr int only_broker = 1;

/// An embedded broker, a producer, and members made on demand.
struct kafka_fixture {
  static constexpr auto tick = 100ms;
  static constexpr auto deadline = weir::test::patience;

  /// `embedded` with the address: a consumer is alone with its broker.
  kafka_options settings(bool alone = true) const {
    kafka_options result;
    result.embedded = alone;
    result.embedded_partitions = partitions;
    result.brokers = broker.bootstrap();
    return result;
  }

  std::unique_ptr<member> join(const kafka_options& x,
                               const std::string& node = "a") {
    auto result = std::make_unique<member>(
      x, cluster_options{.name = "test", .node = node}, notifier);
    result->inner.subscribe({"t"});
    return result;
  }

  /// Works until `done`; false: not within the deadline.
  bool run(const std::vector<member*>& members,
           const std::function<bool()>& done) {
    auto end = clock::now() + deadline;
    for (;;) {
      for (auto* x : members)
        x->work();
      poll_producer();
      if (done())
        return true;
      if (clock::now() > end)
        return false;
      notifier.wait(tick);
    }
  }

  std::unique_ptr<member> joined() {
    auto result = join(settings());
    auto* x = result.get();
    if (!run({x}, [x] { return x->positions_known(); }))
      throw std::runtime_error("no assignment");
    return result;
  }

  produce_errc send(std::string_view key, std::string_view value,
                    std::uint64_t token = 0) {
    return sender.produce(
      {.topic = "t", .key = key, .value = value, .headers = {}, .token = token},
      &refusal);
  }

  void poll_producer() { sender.poll(reports, 1000); }

  bool await_reports(std::size_t count) {
    return run({}, [&] { return reports.size() >= count; });
  }

  static constexpr std::uint32_t partitions = 4;
  embedded_broker broker{{"t"}, partitions};
  test_notifier notifier;
  producer sender{settings(), notifier.callback()};
  std::vector<delivery_report> reports;
  std::string refusal; ///< why the last one was refused
};

} // namespace weir::kafka::test
