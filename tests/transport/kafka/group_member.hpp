#pragma once

#include "transport/kafka/consumer.hpp"
#include "transport/kafka/partition_queue.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::kafka::test {

/// Where librdkafka's notifications arrive.
class test_notifier {
public:
  std::function<void()> callback() {
    return [this] {
      std::lock_guard guard{mutex_};
      notified_ = true;
      changed_.notify_one();
    };
  }

  /// False: nothing within `at_most`.
  bool wait(std::chrono::milliseconds at_most) {
    std::unique_lock guard{mutex_};
    auto result = changed_.wait_for(guard, at_most,
                                    [this] { return notified_; });
    notified_ = false;
    return result;
  }

  bool notified() {
    std::lock_guard guard{mutex_};
    return notified_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool notified_ = false;
};

/// A record as the tests keep it.
struct stored {
  std::int64_t offset = 0;
  std::string key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
  bool tombstone = false;
};

/// A group member that opens, assigns and closes partitions as it is told, and
/// keeps everything it reads.
class member : public consumer_events {
public:
  member(const kafka_options& settings, const cluster_options& cluster,
         test_notifier& notifier)
    : notifier_{notifier},
      inner{settings, cluster, *this, notifier.callback()} {}

  ~member() override { queues.clear(); }

  void on_assigned(const std::vector<topic_partition>& xs) override {
    ++rebalances;
    for (auto& x : xs)
      queues[x] = inner.open(x, queue_notifier->callback());
    inner.assign(xs);
  }

  void on_revoked(const std::vector<topic_partition>& xs, bool lost) override {
    std::map<topic_partition, log_position> next;
    for (auto& x : xs) {
      auto& queue = queues.at(x);
      if (queue->position() >= 0)
        next[x] = queue->position();
    }
    if (!lost)
      commit(next);
    revoked.insert(revoked.end(), xs.begin(), xs.end());
    if (!keeps_revoked)
      give_back(xs);
  }

  void commit(const std::map<topic_partition, log_position>& next) {
    commits += next.empty() ? 0 : 1;
    inner.commit(next);
  }

  void on_committed(
    const std::string& why,
    const std::map<topic_partition, std::int64_t>& offsets) override {
    committed.push_back(why);
    got_by_group = offsets;
  }

  void give_back(const std::vector<topic_partition>& xs) {
    for (auto& x : xs) {
      queues.erase(x);
      started.erase(x);
    }
    inner.unassign(xs);
  }

  void on_partition_count(const std::string& topic, std::int32_t n) override {
    partition_counts.emplace_back(topic, n);
  }

  void on_topic(const std::string& topic, const topic_state& state) override {
    topic_states.emplace_back(topic, state);
  }

  void on_topics_unknown(const std::string& why) override {
    topics_unknown.push_back(why);
  }

  void on_error(const kafka_error& error, bool fatal) override {
    errors.push_back(error.message);
    if (!fatal)
      return;
    ++fatal_errors;
    commits = 0; // of a client that answers no more
    committed.clear();
  }

  /// Everything that can be done now.
  void work() {
    inner.poll();
    commit_starts();
    if (!reading)
      return;
    for (auto& [partition, queue] : queues)
      read(partition, 1'000'000);
  }

  /// Where a partition without a committed offset starts is to be found once;
  /// from then on the group knows it.
  void commit_starts() {
    for (auto& [partition, queue] : queues)
      if (queue->position() >= 0 && started.insert(partition).second)
        commit({{partition, queue->position()}});
  }

  std::size_t read(const topic_partition& partition, std::size_t bytes) {
    auto& log = logs[partition];
    return queues.at(partition)->read(bytes, [&](const record_view& x) {
      auto& record = log.emplace_back();
      record.offset = x.offset;
      record.key = x.key;
      record.value = x.value;
      record.tombstone = !x.has_value;
      for (auto& [name, value] : x.headers)
        record.headers.emplace_back(name, value);
    });
  }

  std::size_t count() const {
    std::size_t result = 0;
    for (auto& [partition, log] : logs)
      result += log.size();
    return result;
  }

  bool positions_known() const {
    for (auto& [partition, queue] : queues)
      if (queue->position() < 0)
        return false;
    return !queues.empty();
  }

private:
  test_notifier& notifier_;

public:
  std::map<topic_partition, std::unique_ptr<partition_queue>> queues;
  std::map<topic_partition, std::vector<stored>> logs;
  std::set<topic_partition> started;
  std::vector<topic_partition> revoked;
  std::vector<std::pair<std::string, std::int32_t>> partition_counts;
  std::vector<std::pair<std::string, topic_state>> topic_states;
  std::vector<std::string> topics_unknown; ///< why
  std::vector<std::string> errors;
  std::size_t commits = 0;
  std::vector<std::string> committed;                   ///< the answers to them
  std::map<topic_partition, std::int64_t> got_by_group; ///< with the last one
  std::size_t fatal_errors = 0;
  std::size_t rebalances = 0;
  bool keeps_revoked = false; ///< until `give_back`
  bool reading = true;
  test_notifier* queue_notifier = &notifier_; ///< what queues notify
  consumer inner;
};

} // namespace weir::kafka::test
