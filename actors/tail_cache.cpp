#include "actors/tail_cache.hpp"

#include "actors/record_block.hpp"

#include <algorithm>

namespace weir {

namespace {

constexpr std::size_t chunk_size = 64 * 1024;

} // namespace

void tail_cache::append(const kafka::record_view& record) {
  if (chunks_.empty() || chunks_.back().block.size() >= chunk_size)
    chunks_.emplace_back();
  auto& [block, places] = chunks_.back();
  auto before = block.size();
  places.push_back({record.offset, static_cast<std::uint32_t>(before)});
  append_record(block, record);
  bytes_ += block.size() - before;
  end_ = record.offset + 1;
}

void tail_cache::advance(std::int64_t next) {
  end_ = std::max(end_, next);
}

std::int64_t
tail_cache::collect(std::int64_t from, std::size_t max_bytes,
                    const std::function<bool(std::string_view)>& wanted,
                    std::string& block) const {
  auto ends_before = [](const chunk& x, std::int64_t offset) {
    return x.places.back().offset < offset;
  };
  auto starts_before = [](const place& x, std::int64_t offset) {
    return x.offset < offset;
  };
  auto i = std::lower_bound(chunks_.begin(), chunks_.end(), from, ends_before);
  for (; i != chunks_.end(); ++i) {
    std::string_view bytes = i->block;
    auto p = std::lower_bound(i->places.begin(), i->places.end(), from,
                              starts_before);
    for (; p != i->places.end(); ++p) {
      if (block.size() >= max_bytes)
        return p->offset;
      auto record = bytes.substr(p->at);
      if (wanted(record_key(record)))
        block.append(record.substr(0, record_size(record)));
    }
  }
  return end_;
}

void tail_cache::collect_last(std::size_t n, std::string_view key,
                              std::int64_t to, std::string& block) const {
  std::vector<std::string_view> found; // newest first
  for (auto c = chunks_.rbegin(); c != chunks_.rend(); ++c) {
    for (auto p = c->places.rbegin(); p != c->places.rend(); ++p) {
      if (found.size() == n)
        break;
      auto record = std::string_view{c->block}.substr(p->at);
      if (p->offset < to && record_key(record) == key)
        found.push_back(record.substr(0, record_size(record)));
    }
  }
  for (auto i = found.rbegin(); i != found.rend(); ++i)
    block += *i;
}

void tail_cache::evict(std::int64_t keep) {
  while (bytes_ > limit_ && !chunks_.empty()
         && chunks_.front().places.back().offset < keep) {
    begin_ = chunks_.front().places.back().offset + 1;
    bytes_ -= chunks_.front().block.size();
    chunks_.pop_front();
  }
}

} // namespace weir
