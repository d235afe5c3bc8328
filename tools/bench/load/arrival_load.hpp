#pragma once

// Clients that connect, join rooms, and go, again and again, so many at a time:
// what does it cost that somebody comes?

#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/report.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

/// Counted only between the end of the warm-up and the end.
struct arrival_report {
  double seconds = 0;
  std::uint64_t connects = 0;
  std::uint64_t joins = 0;
  /// From the opening of the TCP connection to the last join's ack.
  histogram latency;
  std::vector<cpu_meter::reading> cpu;
  load_errors errors;

  bool sound() const { return errors.total() == 0; }
};

class arrival_load final : public client_events {
public:
  /// `members` clients, each of which joins `rooms` rooms of its own.
  explicit arrival_load(const load_options& options);

  arrival_report run();

private:
  void on_connected(client& who) override;
  void on_event(client&, std::string_view) override {}
  void on_ack(client& who, std::string_view ack) override;
  void on_closed(client& who, std::string_view reason) override;

  void go_on_for(double seconds);
  void arrive(std::uint32_t index);

  load_options options_;
  bench::poller poller_;
  client_context context_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<std::uint64_t> begun_;    ///< by client: when it came
  std::vector<std::uint32_t> unjoined_; ///< by client: joins without an ack
  std::vector<std::uint32_t> gone_;     ///< clients to come again
  arrival_report report_;
  bool measuring_ = false;
};

std::string to_json(const arrival_report& report);

} // namespace weir::bench
