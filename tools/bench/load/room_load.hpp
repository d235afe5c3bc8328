#pragma once

// Clients in rooms: connects them, lets every one join its room, then emits in
// a closed loop (a window per emitter) or an open one (a fixed schedule), and
// checks all that comes back.

#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/emit_window.hpp"
#include "tools/bench/load/load_event.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

class room_load final : public client_events {
public:
  explicit room_load(const load_options& options);

  /// Throws std::runtime_error when the clients cannot connect and join.
  load_report run();

private:
  void on_connected(client& who) override;
  void on_event(client& who, std::string_view arguments) override;
  void on_ack(client& who, std::string_view ack) override;
  void on_closed(client& who, std::string_view reason) override;

  void connect_and_join();
  void join(client& who);
  void repeat_joins();
  void on_join_ack(client& who, bool ok, std::string_view text);
  void on_emit_ack(client& who, std::uint32_t seq, bool ok);
  void emit_for(double seconds);
  void drain();
  void finish();
  template <class F>
  void each_silent(F f);

  void turn(std::uint64_t deadline);
  void emit(std::uint32_t emitter, std::uint64_t time);
  void refill(std::uint32_t emitter);
  void emit_due();
  std::uint64_t unfinished() const;

  // Clients are numbered room by room, a room's emitters first. An emitter's
  // number in what it emits is its client's.
  std::uint32_t room_of(std::uint32_t client) const {
    return client / options_.members;
  }
  std::uint32_t place_of(std::uint32_t client) const {
    return client % options_.members;
  }
  bool is_known(const load_event& event, std::uint32_t receiver) const;
  emit_window& window_of(std::uint32_t client) {
    return windows_[room_of(client) * options_.emitters + place_of(client)];
  }

  load_options options_;
  std::string filler_;
  bench::poller poller_;
  client_context context_;
  crowd clients_;
  std::vector<order_checker> checkers_;
  std::vector<emit_window> windows_;
  load_report report_;
  /// Reused for each emit.
  std::string packet_;
  std::vector<bool> joined_;
  std::uint32_t joined_count_ = 0;
  bool emitting_ = false;
  bool measuring_ = false;
  // The open loop's schedule.
  std::uint64_t interval_ = 0;
  std::uint64_t next_due_ = UINT64_MAX;
  std::uint32_t next_emitter_ = 0;
};

} // namespace weir::bench
