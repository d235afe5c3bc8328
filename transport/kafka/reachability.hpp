#pragma once

#include "transport/kafka/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir::kafka {

/// Whether brokers answer, from what librdkafka tells now and then
/// (`statistics.interval.ms`): there is no event that says "a broker is back",
/// and none for a broker that keeps its connections but answers no longer.
class reachability {
public:
  /// librdkafka's statistics (JSON). An error: they cannot be read, and say
  /// nothing.
  kafka_error on_statistics(std::string_view json);

  /// An error that librdkafka reports; also for `last_error`.
  void on_error(std::string message, bool all_brokers_down);

  /// A broker has answered just now.
  void on_answer();

  const broker_state& state() const { return state_; }

private:
  struct connections;

  connections look(std::string_view json);

  broker_state state_;
  /// When a connection was first seen to owe an answer that has not come
  /// since, by its broker's name (us, librdkafka's clock).
  std::map<std::string, std::int64_t, std::less<>> owing_since_;
};

} // namespace weir::kafka
