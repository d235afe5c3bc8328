#include "tools/bench/load/order_checker.hpp"

#include <algorithm>

namespace weir::bench {

namespace {

/// Trimming looks at every member, so it is done once per so many records.
constexpr std::uint64_t trim_interval = 16'384;

} // namespace

violations& violations::operator+=(const violations& other) {
  lost += other.lost;
  duplicated += other.duplicated;
  reordered += other.reordered;
  diverged += other.diverged;
  foreign += other.foreign;
  return *this;
}

order_checker::order_checker(std::uint32_t members, std::uint32_t emitters)
  : members_(members), next_(emitters, 0), trim_at_(trim_interval) {
}

void order_checker::refused(std::uint32_t emitter, std::uint32_t seq) {
  refused_.insert(make_key(emitter, seq));
}

void order_checker::deviated(member_state& m, record_key key) {
  skip_early(m);
  if (m.position < end() && at(m.position) == key) {
    ++m.position;
    return;
  }
  if (m.early.contains(key)) {
    ++found_.duplicated;
    return;
  }
  if (m.position == end() && append(key)) {
    ++m.position;
    trim();
    return;
  }
  if (m.skipped.erase(key) > 0) {
    ++found_.diverged;
    return;
  }
  if (skip_to(m, key))
    return;
  if (is_new(key)) {
    m.early.insert(key);
    ++found_.diverged;
    return;
  }
  ++found_.duplicated;
}

/// Passes over what the log has got in the meantime and `m` saw before it.
void order_checker::skip_early(member_state& m) {
  while (!m.early.empty() && m.position < end()
         && m.early.erase(at(m.position)) > 0)
    ++m.position;
}

/// Takes everything up to `key` for skipped, if the log ahead has it.
bool order_checker::skip_to(member_state& m, record_key key) {
  auto from = log_.begin() + static_cast<std::ptrdiff_t>(m.position - base_);
  auto found = std::find(from, log_.end(), key);
  if (found == log_.end())
    return false;
  for (auto i = from; i != found; ++i)
    if (m.early.erase(*i) == 0)
      m.skipped.insert(*i);
  m.position = base_ + static_cast<std::uint64_t>(found - log_.begin()) + 1;
  return true;
}

/// False when the log has had `key` already.
bool order_checker::append(record_key key) {
  auto& next = next_[key >> 32];
  auto seq = static_cast<std::uint32_t>(key);
  if (seq < next) {
    if (missing_.erase(key) == 0)
      return false;
    ++found_.reordered;
  } else {
    for (; next < seq; ++next)
      missing_.insert(make_key(static_cast<std::uint32_t>(key >> 32), next));
    ++next;
  }
  log_.push_back(key);
  return true;
}

bool order_checker::is_new(record_key key) const {
  return static_cast<std::uint32_t>(key) >= next_[key >> 32]
         || missing_.contains(key);
}

/// Forgets what every member has passed.
void order_checker::trim() {
  if (end() < trim_at_)
    return;
  trim_at_ = end() + trim_interval;
  auto oldest = end();
  for (auto& m : members_)
    oldest = std::min(oldest, m.position);
  log_.erase(log_.begin(),
             log_.begin() + static_cast<std::ptrdiff_t>(oldest - base_));
  base_ = oldest;
}

violations order_checker::finish(const std::vector<std::uint32_t>& emitted) {
  for (std::uint32_t e = 0; e < next_.size(); ++e)
    for (; next_[e] < emitted[e]; ++next_[e])
      missing_.insert(make_key(e, next_[e]));
  for (auto key : missing_) {
    if (refused_.contains(key))
      continue;
    found_.lost += members_.size();
    for (auto& m : members_)
      found_.lost -= m.early.contains(key) ? 1 : 0;
  }
  for (auto& m : members_) {
    found_.lost += m.skipped.size();
    for (; m.position < end(); ++m.position)
      found_.lost += m.early.contains(at(m.position)) ? 0 : 1;
  }
  return found_;
}

} // namespace weir::bench
