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

/// Serves all who are behind the live flow of one partition: from memory, who
/// wants what is there; and the others in sweeps of the log. A sweep begins at
/// the oldest record that one of them wants, goes up to the tail cache, and
/// takes everybody along whose position it comes by.
/// Who is in doubt where to go back to has the log opened at its position, by
/// its epoch: brokers answer that from where they differ.
/// So a thousand that are behind cost one read of the log. Who has no credit
/// wants nothing, and is not waited for; what was read last stays for a while
/// for those who want it a little later, and the log stays open as long as
/// anybody is behind. Plain logic.
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

  /// `epochs` are what is known of the log, also by others who read it. Of what
  /// was read last, `window` bytes stay, and as many as the cache has free.
  replay_reader(open_log open, send_batch send, leader_epochs& epochs,
                std::size_t window)
    : open_(std::move(open)),
      send_(std::move(send)),
      epochs_(epochs),
      window_size_(window) {}

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

  /// How often the log was opened.
  std::uint64_t reads() const { return reads_; }

  /// Reads and sends what one step takes. False: there is nothing to do before
  /// more records, credit or replays come. A sweep that has come from the log to
  /// the cache leaves what it has read there, if there is space: after a start,
  /// clients come back one after the other, and want about the same.
  /// The cache is of what a leader of the epoch `live` has stored, or an
  /// earlier one.
  bool step(tail_cache& cache, std::int32_t live = -1);

  struct cut {
    kafka::log_position at;
    std::int32_t last = -1; ///< of which epoch what is before is
  };

  /// Nothing was sent in the last step, as it has found that the log was cut:
  /// here, by a later leader than the cache knows of; or without an epoch,
  /// below what some wait for.
  std::optional<cut> take_cut() { return std::exchange(cut_, {}); }

  /// Calls `f` for each, which may have to go back: the log was cut.
  void turn_back(
    const std::function<void(const subscriber_actor&, subscription&)>& f);

  /// Takes out who joins the live flow and is at `begin` or later, but not who
  /// is in doubt.
  std::vector<std::pair<subscriber_actor, subscription>>
  take_arrived(std::int64_t begin);

  /// Likewise, wherever they are.
  std::vector<std::pair<subscriber_actor, subscription>> take_joining();

  /// Tells whoever has been sent nothing of late how far it was looked for it:
  /// so that is not read again when its turn ends before something is found.
  void report_scanned();

  /// The log that a sweep reads, or who asks; null: none does.
  const record_source* log() const {
    return at_ || asks_for_ ? log_.get() : nullptr;
  }

private:
  struct reader {
    subscriber_actor who;
    subscription wants;
    bool joins = false;
    std::string batch{};   ///< of the step at hand
    bool in_doubt = false; ///< likewise
  };

  using reader_id = std::pair<caf::actor_addr, std::uint32_t>;

  bool serve_from(const tail_cache& x, std::int64_t end);
  bool sweep(tail_cache& cache, std::int32_t live);
  std::vector<std::pair<subscriber_actor, subscription>>
  take_out(const std::function<bool(const reader&)>& f);
  reader* find_in_doubt();
  bool ask(reader& x, const tail_cache& cache, std::int32_t live);
  bool is_answered(const reader& x, const tail_cache& cache, std::int32_t live);
  bool begin_sweep(const tail_cache& cache);
  bool open_at(const kafka::log_position& start, const tail_cache& cache);
  void begin_window(const tail_cache& cache, std::int64_t at);
  void leave_log(tail_cache& cache);
  void close();
  void close_if_empty();
  bool is_in_window(std::int64_t at) const;
  std::int64_t read_log(const tail_cache& cache, std::int32_t live,
                        std::int64_t& lost);
  void abort_step();
  bool is_stray(const reader& x) const;

  bool is_in_doubt(const reader& x) const {
    return epochs_.is_open_after(x.wants.leader_epoch())
           && !x.wants.is_confirmed();
  }

  kafka::log_position start_of(const reader& x) const;
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
  void note_doubts();

  bool is_in_sweep(const reader& x) const {
    return can_take(x) && !x.in_doubt && x.wants.scanned_to() >= *at_;
  }

  open_log open_;
  send_batch send_;
  leader_epochs& epochs_;
  std::map<reader_id, reader> readers_; // stay where they are
  std::map<std::string, std::vector<reader*>, std::less<>> by_key_;
  std::vector<reader*> open_readers_;  ///< those who want others, too
  std::set<caf::actor_addr> indebted_; ///< of the step at hand
  std::size_t window_size_;
  std::optional<std::int64_t>
    at_;                  ///< where the sweep is; nothing: there is none
  record_source_ptr log_; ///< null: it has come to the tail cache
  std::optional<tail_cache> window_;  ///< what was read last of a log
  std::optional<reader_id> asks_for_; ///< `log_` is where it is in doubt
  std::optional<cut> cut_;
  std::uint64_t reads_ = 0;
  std::string scratch_;
};

} // namespace weir
