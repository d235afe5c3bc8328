#pragma once

// The floor under every server here: librdkafka alone produces the load's
// records, with acks=all and idempotence, and consumes them in the same
// process.

#include "tools/bench/load/emit_window.hpp"
#include "tools/bench/load/kafka_handle.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/report.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {

/// Every room is a key with one emitter. Closed loop: `rooms * window` records
/// on their way (not yet consumed); open loop: `rate` per second. One thread
/// produces, one consumes.
class raw_kafka {
public:
  explicit raw_kafka(const load_options& options);

  load_report run();

private:
  void subscribe();
  void produce_until(std::uint64_t deadline);
  void produce_when_due();
  void produce_if_open();
  void produce(std::uint64_t time);
  void on_refused(rd_kafka_resp_err_t error);
  void consume();
  void on_record(const rd_kafka_message_t& record);
  void drain();
  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* record,
                          void* self);

  load_options options_;
  std::string filler_;
  kafka_ptr producer_;
  kafka_ptr consumer_;
  load_report report_;
  // -- the producing thread's -------------------------------------------------
  std::string value_;
  std::string key_;
  std::vector<std::uint32_t> emitted_;
  std::uint32_t next_room_ = 0;
  std::uint64_t produced_ = 0;
  std::uint64_t next_due_ = 0;
  // -- the consuming thread's, until it has ended -----------------------------
  std::vector<order_checker> checkers_;
  // -- shared -----------------------------------------------------------------
  std::atomic<std::uint64_t> consumed_ = 0;
  std::atomic<bool> measuring_ = false;
  std::atomic<bool> stopping_ = false;
};

} // namespace weir::bench
