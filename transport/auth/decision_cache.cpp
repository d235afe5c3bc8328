#include "transport/auth/decision_cache.hpp"

#include <algorithm>
#include <iterator>

namespace weir::auth {

namespace {

/// The nodes of list and index, about.
constexpr std::size_t overhead = 256;

std::size_t size_of(const std::string& key, const decision& x) {
  auto result = overhead + 2 * key.size() + (x.user ? x.user->size() : 0);
  for (auto& room : x.rooms)
    result += sizeof room + room.size();
  return result;
}

} // namespace

const decision* decision_cache::find(const std::string& key, std::int64_t now) {
  auto i = index_.find(key);
  if (i == index_.end())
    return nullptr;
  if (i->second->until <= now) {
    erase(i->second);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, i->second);
  return &i->second->value;
}

void decision_cache::put(const std::string& key, const decision& x,
                         std::int64_t now) {
  if (auto i = index_.find(key); i != index_.end())
    erase(i->second);
  auto bytes = size_of(key, x);
  if (!x.expires || *x.expires <= now || bytes > max_bytes_)
    return;
  entries_.push_front({key, x, std::min(*x.expires, now + max_age), bytes});
  index_[key] = entries_.begin();
  bytes_ += bytes;
  while (entries_.size() > max_entries_ || bytes_ > max_bytes_)
    erase(std::prev(entries_.end()));
}

void decision_cache::erase(entries::iterator i) {
  bytes_ -= i->bytes;
  index_.erase(i->key);
  entries_.erase(i);
}

} // namespace weir::auth
