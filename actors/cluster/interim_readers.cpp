#include "actors/cluster/interim_readers.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir {

namespace {

/// From the second in line on they may all begin: which of them remains, they
/// see by their claims.
constexpr std::size_t max_turns = 2;

/// FNV-1a, with a finish that spreads the last bytes: the same on every node.
std::uint64_t hash_of(std::string_view node, const kafka::topic_partition& x) {
  std::uint64_t result = 0xcbf29ce484222325U;
  auto add = [&](std::string_view text) {
    for (auto c : text)
      result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    result = (result ^ 0xffU) * 0x100000001b3U;
  };
  add(node);
  add(x.topic);
  add(std::to_string(x.partition));
  result = (result ^ (result >> 33)) * 0xff51afd7ed558ccdU;
  return result ^ (result >> 33);
}

bool is_before(const std::string& a, const std::string& b,
               const kafka::topic_partition& x) {
  return std::pair{hash_of(a, x), std::string_view{a}}
         > std::pair{hash_of(b, x), std::string_view{b}};
}

} // namespace

void interim_readers::know(const std::string& topic, std::int32_t partitions,
                           bool is_readable) {
  topics_[topic] = {partitions, is_readable};
  std::erase_if(vacant_, [&](auto& x) {
    return x.first.topic == topic && x.first.partition >= partitions;
  });
}

/// Of a topic that is not read here it is of no use: when it is again, the
/// group assigns it.
void interim_readers::vacate(const kafka::topic_partition& x, vacancy by) {
  auto i = topics_.find(x.topic);
  if (i == topics_.end() || i->second.partitions > 0)
    vacant_[x] = std::move(by);
}

const std::set<kafka::topic_partition>&
interim_readers::update(const ownership_table& claims,
                        const std::set<std::string>& others,
                        const permission& may_read, instant now) {
  std::set<kafka::topic_partition> result;
  due_.reset();
  for (auto i = vacant_.begin(); i != vacant_.end();) {
    auto x = i++;
    if (claims.is_assigned(x->first))
      vacant_.erase(x);
    else if (is_readable(x->first) && may_read(x->first, x->second)
             && is_wanted(x->first, x->second, claims, others, now))
      result.insert(x->first);
  }
  reading_ = std::move(result);
  return reading_;
}

bool interim_readers::is_readable(const kafka::topic_partition& x) const {
  auto i = topics_.find(x.topic);
  return i != topics_.end() && i->second.is_readable
         && x.partition < i->second.partitions;
}

bool interim_readers::is_wanted(const kafka::topic_partition& x,
                                const vacancy& by,
                                const ownership_table& claims,
                                const std::set<std::string>& others,
                                instant now) {
  if (reading_.contains(x))
    return is_kept(x, claims);
  if (!claims.interim_readers_of(x).empty())
    return false;
  auto at = by.since + (by.is_gone ? duration{} : grace)
            + turn * static_cast<int>(std::min(rank(x, others), max_turns));
  if (now >= at)
    return true;
  due_ = std::min(due_.value_or(at), at);
  return false;
}

bool interim_readers::is_kept(const kafka::topic_partition& x,
                              const ownership_table& claims) const {
  auto readers = claims.interim_readers_of(x);
  return std::none_of(readers.begin(), readers.end(), [&](auto& other) {
    return other != node_ && is_before(other, node_, x);
  });
}

std::size_t interim_readers::rank(const kafka::topic_partition& x,
                                  const std::set<std::string>& others) const {
  return static_cast<std::size_t>(
    std::count_if(others.begin(), others.end(),
                  [&](auto& other) { return is_before(other, node_, x); }));
}

const interim_readers::vacancy*
interim_readers::vacancy_of(const kafka::topic_partition& x) const {
  auto i = vacant_.find(x);
  return i == vacant_.end() ? nullptr : &i->second;
}

} // namespace weir
