#include "actors/contract/heat.hpp"

#include "config/base/utf8.hpp"
#include "schemas/listing_codec.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace weir {

namespace {

/// Keys are bytes, and what is told is text.
std::string printable(std::string_view key) {
  if (is_utf8(key))
    return std::string{key};
  std::string result;
  for (auto c : key) {
    if (c >= ' ' && c <= '~') {
      result += c;
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    result += escaped.data();
  }
  return result;
}

std::size_t size_of(const kafka::record_view& x) {
  auto result = x.key.size() + x.value.size();
  for (auto& [name, value] : x.headers)
    result += name.size() + value.size();
  return result;
}

} // namespace

// -- a partition --------------------------------------------------------------

void partition_heat::add(const kafka::record_view& x) {
  ++now_.records;
  now_.bytes += size_of(x);
  if (x.has_key)
    keys_.add(x.key.substr(0, max_key));
}

void partition_heat::turn() {
  last_ = std::exchange(now_, {});
  keys_.turn();
}

void partition_heat::describe(bool last, std::size_t n,
                              std::vector<schemas::hot_status>& to) const {
  auto& all = last ? last_ : now_;
  schemas::hot_status row;
  row.kind = "partition";
  row.topic = of_.topic;
  row.partition = of_.partition;
  row.count = all.records;
  row.bytes = all.bytes;
  if (all.records > 0)
    to.push_back(row);
  row.kind = "key";
  row.bytes = 0;
  for (auto& x : (last ? keys_.last() : keys_.now()).top(n)) {
    row.key = printable(x.key);
    row.count = x.count;
    row.error = x.error;
    to.push_back(row);
  }
}

// -- a loop -------------------------------------------------------------------

void loop_heat::look_at(clock::time_point now) {
  if (now - begun_ < window)
    return;
  last_length_ = now - std::exchange(begun_, now);
  rooms_.turn();
  for (auto* x : partitions_)
    x->turn();
}

bool loop_heat::had_any() const {
  return rooms_.last().total() > 0
         || std::any_of(partitions_.begin(), partitions_.end(),
                        [](auto* x) { return x->had_any(); });
}

std::vector<schemas::hot_status> loop_heat::describe(clock::time_point now,
                                                     std::size_t n) const {
  using std::chrono::duration_cast, std::chrono::milliseconds;
  auto is_last = had_any();
  auto length = is_last ? last_length_ : now - begun_;
  std::vector<schemas::hot_status> result;
  for (auto& x : (is_last ? rooms_.last() : rooms_.now()).top(n)) {
    auto [nsp, name] = schemas::place_of(x.key);
    auto& row = result.emplace_back();
    row.kind = "room";
    row.nsp = nsp;
    row.room = name;
    row.count = x.count;
    row.error = x.error;
  }
  for (auto* x : partitions_)
    x->describe(is_last, n, result);
  for (auto& x : result)
    x.over_ms
      = static_cast<std::uint32_t>(duration_cast<milliseconds>(length).count());
  return result;
}

} // namespace weir
