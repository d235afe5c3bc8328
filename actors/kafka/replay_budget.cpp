#include "actors/kafka/replay_budget.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// A share is so much of what is free: a few replays are not held up by it, and
/// a thousand have their turn at once.
constexpr std::size_t shares = 256;

/// Where less than so much of all is free, others wait.
constexpr std::size_t most_shares = 8192;

} // namespace

std::size_t replay_budget::least() const {
  return std::max<std::size_t>(std::min(total_ / most_shares, most_), 1);
}

std::size_t replay_budget::share() const {
  return std::max(std::min(free() / shares, most_), least());
}

/// One is always possible, however small the budget is.
std::optional<replay_budget::turn> replay_budget::next() {
  if (waiting_.empty() || (used_ > 0 && free() < least()))
    return std::nullopt;
  turn result{waiting_.front(), share()};
  waiting_.pop_front();
  change(holders_[result.id], [&](holder& x) {
    x.turn = turn_state{static_cast<std::int64_t>(result.credit)};
  });
  return result;
}

std::optional<std::size_t> replay_budget::end_used_up(replay_id id) {
  auto i = holders_.find(id);
  if (i == holders_.end() || !i->second.turn || i->second.under_way > 0
      || i->second.turn->credit > 0)
    return std::nullopt;
  auto debt = static_cast<std::size_t>(-i->second.turn->credit);
  end_turn(i);
  return debt;
}

void replay_budget::leave(replay_id id) {
  stop_waiting(id);
  if (auto i = holders_.find(id); i != holders_.end())
    end_turn(i);
}

void replay_budget::end_turn(holders::iterator i) {
  change(i->second, [](holder& x) { x.turn.reset(); });
  if (i->second.is_over())
    holders_.erase(i);
}

/// Of one that has left, what was on its way comes all the same.
std::size_t replay_budget::take(replay_id id, std::size_t bytes) {
  if (bytes == 0)
    return 0;
  auto& x = holders_[id];
  change(x, [bytes](holder& y) {
    y.under_way += bytes;
    if (y.turn)
      y.turn->credit -= static_cast<std::int64_t>(bytes);
  });
  if (!x.turn || x.turn->credit >= 0 || used_ > total_)
    return 0;
  return static_cast<std::size_t>(-std::exchange(x.turn->credit, 0));
}

void replay_budget::give_back(replay_id id, std::size_t bytes) {
  auto i = holders_.find(id);
  if (i == holders_.end())
    return;
  change(i->second,
         [&](holder& x) { x.under_way -= std::min(bytes, x.under_way); });
  if (i->second.is_over())
    holders_.erase(i);
}

/// In larger steps: a message per batch would cost more than it helps.
std::size_t replay_budget::top_up(replay_id id) {
  auto i = holders_.find(id);
  if (i == holders_.end() || !i->second.turn || !waiting_.empty()
      || free() < least())
    return 0;
  auto& x = i->second;
  auto wanted = static_cast<std::int64_t>(share());
  auto under_way = static_cast<std::int64_t>(x.under_way);
  auto missing = wanted - x.turn->credit - under_way;
  if (missing < wanted / 4 || missing <= 0)
    return 0;
  change(x, [&](holder& y) { y.turn->credit += missing; });
  return static_cast<std::size_t>(missing);
}

std::vector<replay_budget::replay_id> replay_budget::tick() {
  std::vector<replay_id> result;
  for (auto& [id, x] : holders_)
    if (x.turn) {
      x.turn->age = waiting_.empty() ? 0 : x.turn->age + 1;
      if (x.turn->age >= turn_timeout)
        result.push_back(id);
    }
  return result;
}

} // namespace weir
