#pragma once

#include "transport/kafka/record.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>

namespace weir::kafka {

/// Partitions that get no more records until those that were refused before
/// have found their end, so that nothing overtakes what is sent again. Used by
/// librdkafka's threads and ours at once.
class partition_halts {
public:
  /// `halt` stops a partition, or lets it continue. It is called within the
  /// calls below, never twice at once, and must not call back.
  explicit partition_halts(
    std::function<void(const topic_partition&, bool stop)> halt)
    : halt_(std::move(halt)) {}

  /// One more record is refused, and will be settled.
  void refused(const topic_partition& x) {
    const std::lock_guard guard{mutex_};
    if (records_[x]++ == 0)
      halt_(x, true);
  }

  /// One that was refused has found its end.
  void settled(const topic_partition& x) {
    const std::lock_guard guard{mutex_};
    auto i = records_.find(x);
    if (i == records_.end() || --i->second > 0)
      return;
    records_.erase(i);
    halt_(x, false);
  }

private:
  std::function<void(const topic_partition&, bool)> halt_;
  std::mutex mutex_;
  std::map<topic_partition, std::size_t> records_;
};

} // namespace weir::kafka
