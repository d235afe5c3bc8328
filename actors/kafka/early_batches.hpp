#pragma once

#include "actors/contract/credit_lease.hpp"
#include "actors/contract/records.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace weir {

/// Its bytes are given back when both it and what was cut off it are gone.
struct leased_batch {
  record_batch batch;
  std::shared_ptr<const credit_lease> lease;
};

/// What a replay has read beyond the live flow of its partition: it waits here
/// for that, with its credit. A member that was ahead of its room would not
/// learn of it when the log has lost its end. Plain logic.
class early_batches {
public:
  bool empty() const { return batches_.empty(); }

  /// Where they begin. Requires: there are any.
  std::int64_t begin() const { return batches_.front().batch.from; }

  /// Requires: it begins where the last one has ended.
  void add(leased_batch x) { batches_.push_back(std::move(x)); }

  /// The next one, as far as it is before where the live flow is; if that is
  /// unknown, all of it. Nothing: there is none.
  std::optional<leased_batch> take(std::int64_t live);

  /// The live flow has what is there from this offset on.
  void cut(std::int64_t at);

  void clear() { batches_.clear(); }

private:
  std::deque<leased_batch> batches_;
};

} // namespace weir
