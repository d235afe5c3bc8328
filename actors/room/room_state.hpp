#pragma once

// A ROOM's state; the parts of it lie in
//
//   room.cpp        its life, and what comes without Kafka
//   room_joins.cpp  who comes, waits, and goes
//   room_flow.cpp   what comes live, and what becomes of the log
//   room_reads.cpp  what members read that are behind
//   room_status.cpp what an operator sees of it

#include "actors/contract/catching_up.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/relay.hpp"
#include "actors/room/batch_encoder.hpp"
#include "actors/room/join_since.hpp"
#include "actors/room/members_ahead.hpp"
#include "actors/room/room.hpp"
#include "actors/room/room_history.hpp"
#include "actors/room/room_members.hpp"
#include "actors/room/room_partitions.hpp"
#include "actors/room/room_replay.hpp"
#include "actors/room/waiting_joins.hpp"
#include "actors/runtime/caf_compat.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace weir {

/// Plain logic decides; here it is tied to messages, timers, and metrics.
struct room_state {
  static inline const char* name = "weir.room";

  room_state(room_actor::pointer self, room_options options,
             outbound_router_actor router, room_directory_actor directory);
  ~room_state();
  room_actor::behavior_type make_behavior();
  void on_broadcast(const broadcast_local& x);
  disconnected on_disconnect();
  room_described on_query(const query_room& x) const;

  // -- members ----------------------------------------------------------------

  void on_join(join_room x);
  bool is_hopeless(const join_room& x) const;
  const std::string& why_hopeless() const;
  void on_problem(const room_problem& x);
  void on_unreachable(const room_unreachable& x);
  void refuse_hopeless();
  void on_complete(const room_complete& x);
  bool must_wait(const join_room& x) const;
  void admit_waiting();
  void ask_where_cut();
  void on_join_timeout();
  void end_waiting(waiting_join& x);
  void await_timeout();
  void admit(join_room& x, bool stays = true);
  void note_ahead(const join_room& x, join_answered& answer, bool stays);
  void look_after_ahead();
  void rewind(const positions& to, join_answered& answer);
  void enter(const join_room& x, join_answered& answer);
  void refuse(join_room& x, emit_errc error, std::string message);
  join_answered refusal_of(join_room& x, emit_errc error,
                           std::string message) const;
  void on_leave(const leave_room& x);
  void leave_if_empty();
  void on_partition_added(const partition_added& x);

  // -- the live flow ----------------------------------------------------------

  void on_records(const room_records& x);
  void to_members(std::int32_t partition,
                  const std::shared_ptr<const room_events>& events,
                  const std::shared_ptr<const credit_lease>& lease = nullptr,
                  shared_spans spans = nullptr);
  shared_spans begin_spans(std::int32_t partition);
  void note_heat(const room_events& x) const;
  std::shared_ptr<room_events>
  new_events(const room_records& of, std::int64_t from, std::int64_t to) const;
  std::shared_ptr<room_events>
  new_events(std::int32_t partition, std::int64_t from, std::int64_t to) const;
  std::shared_ptr<room_events> encode(const room_records& x, std::int64_t from,
                                      bool is_live);
  void report_skipped(std::int32_t partition, const skipped_record& x);
  void on_moved(const room_moved& x);
  void tell_lost(std::int32_t partition, std::int64_t from, std::int64_t to);
  void report_lost(std::int32_t partition, std::int64_t from, std::int64_t to);
  void on_log_restarted(std::int32_t partition, std::int64_t at);
  void on_log_cut(std::int32_t partition, const record_batch& batch);

  // -- members that are behind ------------------------------------------------

  void on_read(const read_room& x);
  room_replay& replay_of(std::int32_t partition);
  room_replay::ports ports_of(std::int32_t partition);
  void close_idle(std::int32_t partition);
  void reset_replay(std::int32_t partition);
  void on_replayed(const room_records& x);
  std::shared_ptr<room_events> lost_events(const room_records& x);

  const std::string& topic() const {
    return options.encoder.route->settings.topic;
  }

  room_actor::pointer self;
  room_options options;
  outbound_router_actor router;
  room_directory_actor directory;
  batch_encoder encoder;
  std::string cursor; ///< by which an operator names it
  room_history history{options.encoder.route->settings.history};
  loop_timer join_timer;
  room_members members; ///< bounded by the node's sockets
  waiting_joins waiting;
  bool complete = false;
  /// Why nobody sends its records; empty: somebody does.
  std::string unreachable;
  std::string problem; ///< why the topic cannot be read; empty: it can
  room_partitions partitions;
  join_since since{partitions, *options.encoder.route->key_of(options.name),
                   options.may_be_behind};
  members_ahead ahead;
  /// By partition, of those that are behind.
  std::map<std::int32_t, room_replay> replays;
  std::uint64_t last_replay = 0;
  std::optional<join_since::doubt> asked; ///< of a join that waits for that
  std::uint64_t question = 0;             ///< the replay that asks
  std::uint64_t joins = 0;
  std::uint64_t skipped = 0; ///< records
};

} // namespace weir
