#pragma once

// Writes records into the rooms as any program with a Kafka client would.

#include "tools/bench/load/kafka_handle.hpp"
#include "tools/bench/load/load_event.hpp"
#include "tools/bench/load/options.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::bench {

class back_end {
public:
  /// Told, within `poll`, of each record by the number that `write` got.
  using report = std::function<void(std::uint64_t number, bool stored)>;

  back_end(const load_options& options, report on_report);

  /// Writes the event to its room's key; waits while librdkafka's queue is
  /// full.
  void write(std::uint64_t number, const load_event& event,
             std::string_view filler);

  void poll() { rd_kafka_poll(producer_.get(), 0); }

  /// Waits until all is reported. Throws std::runtime_error when that takes too
  /// long.
  void flush();

private:
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* record,
                          void* self);

  std::string topic_;
  report on_report_;
  kafka_ptr producer_;
  std::string key_;   // reused
  std::string value_; // likewise
};

} // namespace weir::bench
