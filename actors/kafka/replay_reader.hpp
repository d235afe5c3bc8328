#pragma once

#include "actors/contract/leader_epochs.hpp"
#include "actors/contract/records.hpp"
#include "actors/kafka/record_source.hpp"
#include "actors/kafka/subscription.hpp"
#include "actors/kafka/tail_cache.hpp"
#include "config/options/limits.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Serves all who are behind the live flow of one partition, in passes: a pass
/// begins at the oldest record that somebody wants, goes through the log and
/// then the tail cache, and takes everybody along whose position it comes by.
/// So a thousand that are behind cost one read of the log. Plain logic.
class replay_reader {
public:
  /// Opens the log at an offset; it says when it has records after it had none.
  /// Null: not now; it is tried again.
  using open_log
    = std::function<record_source_ptr(const kafka::log_position& from)>;
  using send_batch = std::function<void(
    const subscriber_actor& to, subscription& wants, record_batch batch)>;

  /// Bytes that are read in one step.
  static constexpr std::size_t max_step_bytes = read_step;

  /// Ticks for which a pass waits for one that has no credit. Then it continues
  /// without it, and comes by again later.
  static constexpr int credit_timeout = 2;

  /// Ticks for which it keeps the log open when it waits for all of them.
  static constexpr int idle_ticks = 25;

  /// `epochs` are what is known of the log, also by others who read it.
  replay_reader(open_log open, send_batch send, leader_epochs& epochs)
    : open_(std::move(open)), send_(std::move(send)), epochs_(epochs) {}

  /// `joins` when it reaches the tail cache, it is for `take_arrived`.
  void add(const subscriber_actor& who, subscription wants, bool joins);
  void remove(const caf::actor_addr& who, std::uint32_t id);
  void remove(const caf::actor_addr& who);
  void clear();

  /// False: there is no such replay.
  bool add_keys(const caf::actor_addr& who, std::uint32_t id,
                const std::vector<std::string>& keys);
  bool remove_keys(const caf::actor_addr& who, std::uint32_t id,
                   const std::vector<std::string>& keys);

  /// Null: there is no such replay.
  subscription* find(const caf::actor_addr& who, std::uint32_t id);

  bool empty() const { return readers_.empty(); }
  std::size_t size() const { return readers_.size(); }

  /// How often the log was opened: passes that began before the tail cache.
  std::uint64_t reads() const { return reads_; }

  /// Whether a pass waits for company: those who fall behind together ask one
  /// after the other. The owner calls `begin_reading` a moment later.
  bool is_gathering() const { return gathering_; }
  void begin_reading();

  /// Reads and sends what one step takes. False: there is nothing to do before
  /// more records, credit or replays come. A pass that has come from the log to
  /// the cache leaves what it has read there, if there is space: after a start,
  /// clients come back one after the other, and want about the same.
  /// The cache is of what a leader of the epoch `live` has stored, or an
  /// earlier one.
  bool step(tail_cache& cache, std::int32_t live = -1);

  /// Nothing was sent in the last step, as it has found that the log was cut:
  /// here, by a later leader than the cache knows of; or without an epoch,
  /// below what some wait for.
  std::optional<kafka::log_position> take_cut() {
    return std::exchange(cut_, {});
  }

  /// Calls `f` for each; true: it has gone back, for which the pass ends.
  void turn_back(
    const std::function<bool(const subscriber_actor&, subscription&)>& f);

  /// Takes out who joins the live flow and is at `begin` or later.
  std::vector<std::pair<subscriber_actor, subscription>>
  take_arrived(std::int64_t begin);

  /// The log that a pass reads; null: none does.
  const record_source* log() const { return log_.get(); }

  /// Time passes.
  void tick() { ++now_; }

private:
  struct reader {
    subscriber_actor who;
    subscription wants;
    bool joins = false;
    std::string batch;   ///< of the step at hand
    int held_since = -1; ///< the pass waits for its credit
  };

  using reader_id = std::pair<caf::actor_addr, std::uint32_t>;

  bool begin_pass(const tail_cache& cache);
  void end_pass();
  bool is_held_up();
  bool is_idle(std::int64_t end);
  std::int64_t read_log(const tail_cache& cache, std::int32_t live,
                        std::int64_t& lost);
  void abort_step();
  bool is_stray(const reader& x) const;
  kafka::log_position start_of(const reader& x) const;
  std::int64_t read_cache(const tail_cache& cache);
  void take_record(std::int64_t offset, std::string_view record);
  void finish_step(std::int64_t to, std::int64_t lost, std::int64_t end);
  void send(reader& x, std::int64_t to, std::string records, std::int64_t lost);
  reader* find_reader(const caf::actor_addr& who, std::uint32_t id);
  void take(reader& x, std::int64_t offset, std::string_view record) const;
  void enter(reader& x, const std::string& key);
  void leave(const reader& x, const std::string& key);
  void forget(const reader& x);

  /// Batches go beyond credit by up to one step. A subscriber whose replays
  /// have done so by too much together gets nothing for them before it has
  /// paid.
  bool can_take(const reader& x) const {
    return x.wants.credit().is_open()
           && (x.joins || !indebted_.contains(x.who.address()));
  }

  void note_debts();

  bool is_in_pass(const reader& x) const {
    return can_take(x) && x.wants.scanned_to() >= *at_;
  }

  open_log open_;
  send_batch send_;
  leader_epochs& epochs_;
  std::map<reader_id, reader> readers_; // stay where they are
  std::map<std::string, std::vector<reader*>, std::less<>> by_key_;
  std::vector<reader*> misplaced_;     ///< those who want such records too
  std::set<caf::actor_addr> indebted_; ///< of the step at hand
  std::optional<std::int64_t>
    at_;                  ///< where the pass is; nothing: there is none
  record_source_ptr log_; ///< of a pass that is before the tail cache
  std::optional<tail_cache> prefetched_; ///< what it leaves to the cache
  std::optional<kafka::log_position> cut_;
  bool gathering_ = false;
  bool gathered_ = false;
  std::uint64_t reads_ = 0;
  int now_ = 0;
  std::string scratch_;
};

} // namespace weir
