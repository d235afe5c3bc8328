#include "actors/kafka/tail_cache.hpp"

#include "actors/contract/record_block.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace weir {

namespace {

constexpr std::size_t chunk_size = 64 * 1024;

} // namespace

void tail_cache::append(const kafka::record_view& record) {
  assert(record.offset >= end());
  if (chunks_.empty() || chunks_.back().block.size() >= chunk_size)
    chunks_.emplace_back();
  auto& [block, index] = chunks_.back();
  auto before = block.size();
  index.push_back({record.offset, static_cast<std::uint32_t>(before)});
  append_record(block, record);
  bytes_ += block.size() - before;
  end_ = record.offset + 1;
}

void tail_cache::advance(std::int64_t next) {
  end_ = std::max(end_, next);
}

template <class F>
std::int64_t tail_cache::walk(std::int64_t from, F f) const {
  auto ends_before = [](const chunk& x, std::int64_t offset) {
    return x.index.back().offset < offset;
  };
  auto starts_before = [](const index_entry& x, std::int64_t offset) {
    return x.offset < offset;
  };
  auto i = std::lower_bound(chunks_.begin(), chunks_.end(), from, ends_before);
  for (; i != chunks_.end(); ++i) {
    std::string_view bytes = i->block;
    auto p = std::lower_bound(i->index.begin(), i->index.end(), from,
                              starts_before);
    for (; p != i->index.end(); ++p)
      if (!f(p->offset, bytes.substr(p->at)))
        return p->offset;
  }
  return end_;
}

std::int64_t
tail_cache::collect(std::int64_t from, std::size_t max_bytes,
                    const std::function<bool(std::string_view)>& wanted,
                    std::string& block) const {
  assert(begin() <= from && from <= end());
  return walk(from, [&](std::int64_t, std::string_view record) {
    if (block.size() >= max_bytes)
      return false;
    if (wanted(record_key(record)))
      block.append(record.substr(0, record_size(record)));
    return true;
  });
}

std::int64_t tail_cache::visit(
  std::int64_t from, std::size_t max_bytes,
  const std::function<void(std::int64_t, std::string_view)>& f) const {
  std::size_t seen = 0;
  return walk(from, [&](std::int64_t offset, std::string_view record) {
    if (seen >= max_bytes)
      return false;
    record = record.substr(0, record_size(record));
    seen += record.size();
    f(offset, record);
    return true;
  });
}

std::vector<std::int64_t> tail_cache::find_last(std::size_t n,
                                                std::string_view key,
                                                std::int64_t to) const {
  std::vector<std::int64_t> found; // newest first
  for (auto c = chunks_.rbegin(); c != chunks_.rend(); ++c)
    for (auto p = c->index.rbegin(); p != c->index.rend(); ++p) {
      if (found.size() == n)
        break;
      if (p->offset < to
          && record_key(std::string_view{c->block}.substr(p->at)) == key)
        found.push_back(p->offset);
    }
  std::reverse(found.begin(), found.end());
  return found;
}

void tail_cache::prepend(tail_cache x) {
  assert(x.end() <= begin());
  x.limit_ = free_bytes();
  x.evict();
  if (x.bytes_ > x.limit_)
    return;
  begin_ = x.begin_;
  bytes_ += x.bytes_;
  chunks_.insert(chunks_.begin(), std::make_move_iterator(x.chunks_.begin()),
                 std::make_move_iterator(x.chunks_.end()));
}

void tail_cache::evict() {
  while (bytes_ > limit_ && !chunks_.empty()) {
    begin_ = chunks_.front().index.back().offset + 1;
    bytes_ -= chunks_.front().block.size();
    chunks_.pop_front();
  }
}

} // namespace weir
