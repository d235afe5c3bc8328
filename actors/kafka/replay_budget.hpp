#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace weir {

/// What all replays of a node may have in memory, and under way, together: the
/// credit that their readers have got and not used, and the bytes that have
/// come and are not handled yet. Plain logic.
///
/// A replay waits for its turn and then has a share of what is free: so there
/// is always something left for the next one, and many ride in one pass through
/// the log. While nobody waits, a turn continues for as long as the replay
/// needs; while somebody does, a turn gets nothing more, and ends when its
/// share is used up and handled, or after `turn_timeout` ticks. Who wants more
/// then waits again behind all others. So nobody waits for longer than the
/// turns before it may last, whatever brokers and clients do.
///
/// The last batch of a share may go beyond it, as credit may be overdrawn. That
/// is paid at once where the budget has it; where it has not, the reader stops
/// (see `replay_reader`).
class replay_budget {
public:
  using replay_id = std::uint32_t;

  /// Ticks that a turn may last while others wait.
  static constexpr int turn_timeout = 5;

  struct turn {
    replay_id id = 0;
    std::size_t credit = 0;
  };

  /// No share is larger than `most`.
  replay_budget(std::size_t total, std::size_t most)
    : total_(total), most_(most) {}

  /// It has its turn after all that wait. Requires: no replay had this id, and
  /// ids only grow.
  void wait(replay_id id) { waiting_.insert(id); }

  /// Whose turn begins now; nobody's: there is nothing free, or nobody waits.
  std::optional<turn> next();

  /// It ends, or does not wait any longer. What it has in memory counts until
  /// that is given back.
  void leave(replay_id id);

  /// Bytes have come for it. Its reader may be granted so many in addition:
  /// what they go beyond its credit.
  std::size_t take(replay_id id, std::size_t bytes);

  /// They have been handled. Unknown ids are none of a replay.
  void give_back(replay_id id, std::size_t bytes);

  /// What its reader may be granted in addition; nothing while others wait.
  std::size_t top_up(replay_id id);

  /// Whether its turn has nothing left, and it has to wait for another.
  bool is_used_up(replay_id id) const;

  /// Time passes. Whose turn is to end since others wait.
  std::vector<replay_id> tick();

  std::size_t used() const { return used_; }
  std::size_t waiting() const { return waiting_.size(); }

private:
  struct holder {
    std::int64_t credit = 0; ///< that its reader has; below 0: unpaid
    std::size_t under_way = 0;
    bool has_turn = true;
    int age = 0;

    std::size_t bytes() const {
      return under_way + (credit > 0 ? static_cast<std::size_t>(credit) : 0);
    }
  };

  using holders = std::map<replay_id, holder>;

  template <class F>
  void change(holder& x, F f) {
    used_ -= x.bytes();
    f(x);
    used_ += x.bytes();
  }

  std::size_t free() const { return used_ < total_ ? total_ - used_ : 0; }
  std::size_t least() const;
  std::size_t share() const;

  std::size_t total_;
  std::size_t most_;
  std::size_t used_ = 0;
  holders holders_;
  std::set<replay_id> waiting_; ///< in their order
};

} // namespace weir
