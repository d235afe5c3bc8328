#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
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
/// is paid at once where the budget has it, otherwise when the turn ends: by
/// then it has been handled. Until then its reader stops, and with debts enough
/// all of its node (see `replay_reader`). So credit and debt are of a turn:
/// outside of one a replay has neither, however long its room makes it rest.
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

  /// It has its turn after all that wait. Requires: it has none, and does not
  /// wait.
  void wait(replay_id id) { waiting_.push_back(id); }

  /// Whose turn begins now; nobody's: there is nothing free, or nobody waits.
  std::optional<turn> next();

  /// It does not wait any longer.
  void stop_waiting(replay_id id) { std::erase(waiting_, id); }

  /// Ends its turn if that has nothing left: its share is used up and handled.
  /// Returns what its reader is then to be granted, so that it owes nothing.
  std::optional<std::size_t> end_used_up(replay_id id);

  /// It ends, and so does its reader. What it has in memory counts until that is
  /// given back.
  void leave(replay_id id);

  bool has_turn(replay_id id) const {
    auto i = holders_.find(id);
    return i != holders_.end() && i->second.turn;
  }

  /// Bytes have come for it. Its reader may be granted so many in addition:
  /// what they go beyond its credit.
  std::size_t take(replay_id id, std::size_t bytes);

  /// They have been handled. Unknown ids are none of a replay.
  void give_back(replay_id id, std::size_t bytes);

  /// What its reader may be granted in addition; nothing while others wait.
  std::size_t top_up(replay_id id);

  /// Time passes. Whose turn is to end since others wait.
  std::vector<replay_id> tick();

  std::size_t used() const { return used_; }
  std::size_t waiting() const { return waiting_.size(); }

private:
  /// What its reader may send now; below 0, it owes so much.
  struct turn_state {
    std::int64_t credit = 0;
    int age = 0;
  };

  struct holder {
    std::optional<turn_state> turn;
    std::size_t under_way = 0;

    bool is_over() const { return !turn && under_way == 0; }

    std::size_t bytes() const {
      auto credit = turn ? std::max<std::int64_t>(turn->credit, 0) : 0;
      return under_way + static_cast<std::size_t>(credit);
    }
  };

  using holders = std::map<replay_id, holder>;

  template <class F>
  void change(holder& x, F f) {
    used_ -= x.bytes();
    f(x);
    used_ += x.bytes();
  }

  void end_turn(holders::iterator i);
  std::size_t free() const { return used_ < total_ ? total_ - used_ : 0; }
  std::size_t least() const;
  std::size_t share() const;

  std::size_t total_;
  std::size_t most_;
  std::size_t used_ = 0;
  holders holders_;
  std::deque<replay_id> waiting_;
};

} // namespace weir
