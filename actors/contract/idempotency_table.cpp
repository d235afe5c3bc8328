#include "actors/contract/idempotency_table.hpp"

#include <utility>

namespace weir {

idempotency_table::finding idempotency_table::look_up(const emit_identity& x) {
  auto [i, is_new] = entries_.try_emplace(x.id);
  auto& known = i->second;
  if (is_new) {
    known.content = x.content;
    return {};
  }
  if (known.content != x.content)
    return {verdict::other_content};
  return {known.state, known.partition, known.offset};
}

void idempotency_table::wait(const schemas::fingerprint& id,
                             std::uint64_t token) {
  entries_.at(id).waiting.push_back(token);
}

std::vector<std::uint64_t>
idempotency_table::stored(const schemas::fingerprint& id,
                          std::int32_t partition, std::int64_t offset) {
  return settle(id, verdict::stored, partition, offset);
}

std::vector<std::uint64_t>
idempotency_table::unknown(const schemas::fingerprint& id) {
  return settle(id, verdict::unknown, -1, -1);
}

std::vector<std::uint64_t>
idempotency_table::not_stored(const schemas::fingerprint& id) {
  auto x = entries_.extract(id);
  return std::move(x.mapped().waiting);
}

std::vector<std::uint64_t>
idempotency_table::settle(const schemas::fingerprint& id, verdict state,
                          std::int32_t partition, std::int64_t offset) {
  auto& x = entries_.at(id);
  x.state = state;
  x.partition = partition;
  x.offset = offset;
  auto waiting = std::exchange(x.waiting, {});
  settled_.push_back(id);
  while (entries_.size() > limit_ && !settled_.empty()) {
    entries_.erase(settled_.front());
    settled_.pop_front();
  }
  return waiting;
}

} // namespace weir
