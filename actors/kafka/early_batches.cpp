#include "actors/kafka/early_batches.hpp"

#include "actors/contract/cursor.hpp"
#include "actors/contract/record_block.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

namespace {

/// Takes off what is before an offset. Requires: that is within it.
leased_batch take_before(std::int64_t at, leased_batch& x) {
  std::string_view rest = x.batch.records;
  kafka::record_view record;
  for (auto next = rest; read_record(next, record) && record.offset < at;)
    rest = next;
  auto head = x;
  head.batch.records.resize(x.batch.records.size() - rest.size());
  head.batch.to = x.batch.from = at;
  head.batch.lost = std::min(x.batch.lost, at);
  x.batch.records = std::string{rest};
  return head;
}

} // namespace

std::optional<leased_batch> early_batches::take(std::int64_t live) {
  if (empty())
    return std::nullopt;
  auto& first = batches_.front();
  if (live != cursor::unknown && first.batch.to > live)
    return first.batch.from < live ? std::optional{take_before(live, first)}
                                   : std::nullopt;
  auto result = std::move(first);
  batches_.pop_front();
  return result;
}

void early_batches::cut(std::int64_t at) {
  while (!empty() && batches_.back().batch.from >= at)
    batches_.pop_back();
  if (!empty() && batches_.back().batch.to > at)
    batches_.back() = take_before(at, batches_.back());
}

} // namespace weir
