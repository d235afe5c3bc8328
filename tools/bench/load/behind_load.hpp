#pragma once

// Clients that were away while a topic grew, and all catch up at once: each
// joins its room again from the offset that its first join has got.

#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/histogram.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/order_checker.hpp"
#include "tools/bench/load/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

struct behind_report {
  std::uint64_t clients = 0;
  std::uint64_t records = 0;  ///< in the topic
  std::uint64_t expected = 0; ///< deliveries
  std::uint64_t deliveries = 0;
  /// From the first join until each client had all that it had missed.
  histogram caught_up;
  load_errors errors;
  violations found;

  bool sound() const { return found.total() == 0 && errors.total() == 0; }
};

class behind_load final : public client_events {
public:
  explicit behind_load(const load_options& options);

  /// Throws std::runtime_error when it does not come about.
  behind_report run();

private:
  enum class step { joining, leaving, away, catching_up };

  void on_connected(client& who) override;
  void on_event(client& who, std::string_view arguments) override;
  void on_ack(client& who, std::string_view ack) override;
  void on_closed(client& who, std::string_view reason) override;

  void come_and_go();
  void write_records();
  void catch_up();
  void turn();

  std::uint32_t room_of(const client& x) const {
    return x.index() / options_.members;
  }

  load_options options_;
  bench::poller poller_;
  client_context context_;
  crowd clients_;
  std::vector<order_checker> checkers_; ///< by room
  std::vector<std::uint32_t> written_;  ///< likewise
  std::vector<std::uint32_t> seen_;     ///< by client
  std::vector<std::string> since_;      ///< likewise
  step step_ = step::joining;
  std::uint32_t answered_ = 0;
  std::uint32_t finished_ = 0;
  std::uint64_t begun_ = 0;
  behind_report report_;
};

std::string to_json(const behind_report& report);

} // namespace weir::bench
