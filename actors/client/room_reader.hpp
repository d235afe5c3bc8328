#pragma once

#include "actors/contract/delivery.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace weir {

/// Where a member is in one partition of a room. Plain logic, and the only
/// place where it is decided what of a range of the log the member gets,
/// whatever way that comes: what is before its position it has had, and what
/// begins behind it shows that something is missing. The epoch of its position
/// comes with the range that leads there, and a later one only where its log
/// has all that the member has had: else that goes back to where it has not.
class room_reader {
public:
  /// Offsets of which the client gets nothing any more; where `to` is not
  /// behind `from`, the log has gone back.
  struct gap {
    std::int64_t from;
    std::int64_t to;

    bool operator==(const gap&) const = default;
  };

  /// What a range comes to.
  struct outcome {
    bool is_other_log = false;   ///< than the one that it was in
    bool is_named_new = false;   ///< its log, or the leader's epoch, is
    std::optional<gap> former;   ///< of the log that it was in
    std::optional<gap> lost;     ///< of this one
    bool has_events = false;     ///< from `next` on they are the client's
    bool begins_to_miss = false; ///< it is to ask for what is missing
  };

  room_reader(std::int32_t partition, std::int64_t next)
    : partition_(partition), next_(next) {}

  std::int32_t partition() const { return partition_; }

  /// The offset that it wants next.
  std::int64_t next() const { return next_; }

  /// The log that `next` is of; 0: not known.
  kafka::log_id log() const { return log_; }

  /// Likewise, see kafka::log_position.
  std::int32_t leader_epoch() const { return leader_epoch_; }

  /// What comes by itself may begin behind it: it has to ask.
  bool is_missing() const { return is_missing_; }

  /// Records of the partition up to where what comes by itself is, as far as
  /// that is known.
  std::optional<std::int64_t> lag() const;

  /// Bytes of live events that it has missed and not been given since.
  std::uint64_t missed_bytes() const { return missed_bytes_; }

  void set_log(const named_log& x) {
    log_ = x.log;
    leader_epoch_ = x.leader_epoch;
  }

  /// It is to begin here, before what comes by itself.
  void begin_before(std::int64_t next) {
    next_ = next;
    is_missing_ = true;
  }

  // -- what comes -------------------------------------------------------------

  /// Takes a range. `knows_log`: the member is in the range's log elsewhere.
  /// Where there are events for the client, `finish` or `stop_at` follows.
  outcome take(const deliver_events& x, bool knows_log);

  /// Likewise, of a member that can be given nothing yet. Nothing: what it has
  /// had is void.
  std::optional<outcome> hold(const deliver_events& x);

  /// The client has been given all of a range.
  void finish(const deliver_events& x);

  /// It has been given what is before here, and could take no more.
  void stop_at(std::int64_t next) {
    next_ = next;
    is_missing_ = true;
  }

  // -- asking for what is missing ---------------------------------------------

  /// Whether it is to ask now: it misses something, and has no answer to come.
  bool is_to_ask() const { return is_missing_ && pending_ == 0; }

  /// It asks, by this number. Requires: it is not 0.
  void ask(std::uint32_t id) {
    pending_ = id;
    is_announced_ = true;
  }

  /// It is to ask and cannot yet. False: its room knows.
  bool announce() { return is_to_ask() && !std::exchange(is_announced_, true); }

  /// The answer with this number: it has been sent what it has asked for, and
  /// what comes by itself begins at `live`. False: it has not asked that.
  bool end_ask(std::uint32_t id, std::int64_t live);

  /// It goes on behind what it has missed live. Requires: there was something.
  gap skip();

private:
  void note_live(const deliver_events& x, const outcome& result);
  void miss(const deliver_events& x, outcome& result);
  void begin_to_miss(outcome& result);
  void find_current();
  void enter_log(const room_events& x, outcome& result);
  bool can_compare(const room_events& x) const;
  bool is_in_doubt(const deliver_events& delivery) const;
  std::optional<std::int64_t> way_back(const deliver_events& delivery) const;
  bool look_if_cut(const deliver_events& delivery, outcome& result);
  void take_epoch(const room_events& x, outcome& result);
  void lose(const room_events& x, outcome& result);
  std::int64_t end_of(const room_events& x) const;

  std::int32_t partition_;
  bool is_missing_ = false;
  std::int64_t next_;
  kafka::log_id log_ = 0;
  std::int32_t leader_epoch_ = -1;
  /// What was before has been deleted: nobody here may have read of which
  /// leaders that was.
  bool is_behind_hole_ = false;
  int doubts_ = 0; ///< that what it has asked for has left it in, in a row
  std::uint32_t pending_ = 0; ///< what it has asked; 0: nothing
  bool is_announced_ = false; ///< that it misses something
  std::int64_t live_to_ = 0;  ///< the end of what has come live; 0: not known
  std::uint64_t missed_bytes_ = 0;
  std::int64_t missed_to_ = 0;     ///< the end of what it has missed live
  std::int32_t missed_epoch_ = -1; ///< likewise, the leader's
};

} // namespace weir
