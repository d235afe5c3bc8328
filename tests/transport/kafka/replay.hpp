#pragma once

#include "tests/transport/kafka/kafka_fixture.hpp"
#include "transport/kafka/log_reader.hpp"

namespace weir::kafka::test {

using offsets = std::vector<std::int64_t>;

/// Contiguous offsets of [from, to).
inline offsets range(std::int64_t from, std::int64_t to) {
  offsets result;
  for (; from < to; ++from)
    result.push_back(from);
  return result;
}

/// One partition that is being read again.
struct replay {
  replay(log_reader& reader, const topic_partition& partition,
         const log_position& from)
    : queue{reader.open(partition, from, notifier.callback())} {}

  std::size_t read(std::size_t bytes) {
    return queue->read(bytes, [this](const record_view& x) {
      seen.push_back(x.offset);
    });
  }

  /// All there is: fewer bytes than asked for, and it is notified of further
  /// ones.
  void read() {
    constexpr std::size_t some = 1'000'000;
    while (read(some) >= some)
      continue;
  }

  /// Reads until `done`, whenever it is woken and now and then; false: not in
  /// time.
  bool until(const std::function<bool()>& done) {
    auto end = clock::now() + kafka_fixture::deadline;
    for (read(); !done(); read()) {
      if (clock::now() > end)
        return false;
      notifier.wait(kafka_fixture::tick);
    }
    return true;
  }

  bool until_end() {
    return until([this] {
      return queue->log_end() >= 0 && queue->position() >= queue->log_end();
    });
  }

  test_notifier notifier;
  offsets seen;
  std::unique_ptr<partition_queue> queue;
};

} // namespace weir::kafka::test
