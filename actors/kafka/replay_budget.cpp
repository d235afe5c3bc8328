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
  turn result{*waiting_.begin(), share()};
  waiting_.erase(waiting_.begin());
  change(holders_[result.id], [&](holder& x) {
    x.has_turn = true;
    x.credit = static_cast<std::int64_t>(result.credit);
  });
  return result;
}

void replay_budget::leave(replay_id id) {
  waiting_.erase(id);
  auto i = holders_.find(id);
  if (i == holders_.end())
    return;
  change(i->second, [](holder& x) {
    x.credit = 0;
    x.has_turn = false;
  });
  if (i->second.under_way == 0)
    holders_.erase(i);
}

/// Of one that has left, what was on its way comes all the same.
std::size_t replay_budget::take(replay_id id, std::size_t bytes) {
  if (bytes == 0)
    return 0;
  auto [i, has_left] = holders_.try_emplace(id);
  auto& x = i->second;
  if (has_left)
    x.has_turn = false;
  change(x, [bytes](holder& y) {
    y.under_way += bytes;
    if (y.has_turn)
      y.credit -= static_cast<std::int64_t>(bytes);
  });
  if (x.credit >= 0 || used_ > total_)
    return 0;
  return static_cast<std::size_t>(-std::exchange(x.credit, 0));
}

void replay_budget::give_back(replay_id id, std::size_t bytes) {
  auto i = holders_.find(id);
  if (i == holders_.end())
    return;
  change(i->second,
         [&](holder& x) { x.under_way -= std::min(bytes, x.under_way); });
  if (!i->second.has_turn && i->second.under_way == 0)
    holders_.erase(i);
}

/// In larger steps: a message per batch would cost more than it helps.
std::size_t replay_budget::top_up(replay_id id) {
  auto i = holders_.find(id);
  if (i == holders_.end() || !i->second.has_turn || !waiting_.empty()
      || free() < least())
    return 0;
  auto& x = i->second;
  auto wanted = static_cast<std::int64_t>(share());
  auto missing = wanted - x.credit - static_cast<std::int64_t>(x.under_way);
  if (missing < wanted / 4 || missing <= 0)
    return 0;
  change(x, [&](holder& y) { y.credit += missing; });
  return static_cast<std::size_t>(missing);
}

bool replay_budget::is_used_up(replay_id id) const {
  auto i = holders_.find(id);
  return i != holders_.end() && i->second.has_turn && i->second.credit <= 0
         && i->second.under_way == 0;
}

std::vector<replay_budget::replay_id> replay_budget::tick() {
  std::vector<replay_id> result;
  for (auto& [id, x] : holders_) {
    x.age = waiting_.empty() ? 0 : x.age + 1;
    if (x.has_turn && x.age >= turn_timeout)
      result.push_back(id);
  }
  return result;
}

} // namespace weir
