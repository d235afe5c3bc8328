#pragma once

// Clients with connection state recovery, under load from within (one member of
// each room emits) and without (back ends write records), while somebody kills
// the node and starts it again: how soon is each the socket again that it was,
// and has anybody missed anything?

#include "tools/bench/load/back_end.hpp"
#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/emit_window.hpp"
#include "tools/bench/load/histogram.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/order_checker.hpp"
#include "tools/bench/load/report.hpp"

#include <cstdint>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

struct comeback_report {
  std::uint64_t clients = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t acked = 0;   ///< emits
  std::uint64_t written = 0; ///< records by back ends
  /// Emits whose client was gone before their ack: stored or not.
  std::uint64_t uncertain = 0;
  /// Clients that came back as another socket.
  std::uint64_t new_sessions = 0;
  /// From the first connection's end until each client was back.
  histogram back;
  /// Likewise, until all that was written before the last one was back had
  /// reached everybody.
  double caught_up_s = 0;
  histogram delivery_latency; ///< before the first connection's end
  load_errors errors;
  violations found;

  bool sound() const {
    return found.total() == 0 && errors.total() == 0 && new_sessions == 0
           && back.count() == clients;
  }
};

class comeback_load final : public client_events {
public:
  explicit comeback_load(const load_options& options);

  /// Throws std::runtime_error when it does not come about.
  comeback_report run();

private:
  void on_connected(client& who) override;
  void on_event(client& who, std::string_view arguments) override;
  void on_ack(client& who, std::string_view ack) override;
  void on_closed(client& who, std::string_view reason) override;

  void connect_and_join();
  void emit_until_all_are_back();
  void drain();
  void finish();

  void turn();
  void emit_due(std::uint64_t now);
  void write_due(std::uint64_t now);
  void reopen_due(std::uint64_t now);
  void reopen_later(const client& who);
  void on_back();
  std::uint64_t unfinished() const;

  std::uint32_t room_of(std::uint32_t client) const {
    return client / options_.members;
  }
  std::uint32_t place_of(std::uint32_t client) const {
    return client % options_.members;
  }

  // A room has two emitters: its first member, and a back end.
  static constexpr std::uint32_t emitters = 2;
  static constexpr std::uint32_t outside = 1;
  emit_window& window_of(std::uint32_t room, std::uint32_t emitter) {
    return windows_[room * emitters + emitter];
  }

  struct appointment {
    std::uint64_t at;
    std::uint32_t client;
    bool operator>(const appointment& x) const { return at > x.at; }
  };

  load_options options_;
  std::string filler_;
  bench::poller poller_;
  client_context context_;
  crowd clients_;
  back_end back_end_;
  std::vector<order_checker> checkers_;
  std::vector<emit_window> windows_;
  std::vector<bool> joined_;
  std::vector<std::uint32_t> attempts_; ///< to come back, by client
  std::uint32_t joined_count_ = 0;
  std::priority_queue<appointment, std::vector<appointment>, std::greater<>>
    reopenings_;
  std::mt19937 random_{1};
  std::string packet_; // reused
  bool emitting_ = false;
  std::uint64_t next_emit_ = UINT64_MAX;
  std::uint64_t next_write_ = UINT64_MAX;
  std::uint32_t next_emit_room_ = 0;
  std::uint32_t next_write_room_ = 0;
  std::uint64_t fault_at_ = 0;       ///< 0: not yet
  std::uint64_t back_at_ = 0;        ///< when all were back; 0: not yet
  std::uint64_t last_missed_at_ = 0; ///< when the last missed record arrived
  comeback_report report_;
};

std::string to_json(const comeback_report& report);

} // namespace weir::bench
