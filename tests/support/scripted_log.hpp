#pragma once

#include "actors/kafka/partition_consumer.hpp"
#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// A partition's log that a test writes, and that PARTITION CONSUMERs read
/// through sources of their own, from where they are told to start.
class scripted_log {
public:
  struct record {
    std::int64_t offset;
    std::string key;
    std::string value;
    std::vector<std::pair<std::string, std::string>> headers;
    std::int32_t leader_epoch = -1;
  };

  /// Appends a record and wakes who reads.
  std::int64_t append(std::string key, std::string value) {
    records_.push_back(
      {end_++, std::move(key), std::move(value), {}, leader_epoch_});
    wake();
    return end_ - 1;
  }

  /// Offsets without records, as compaction and transactions leave them.
  void skip(std::int64_t n) { end_ += n; }

  std::int64_t begin() const { return start_; }
  std::int64_t end() const { return end_; }
  const std::vector<record>& records() const { return records_; }

  /// Until then no source knows where it starts.
  void set_known(bool known) {
    known_ = known;
    wake();
  }

  /// Bytes handed out to sources so far.
  std::size_t bytes_read() const { return bytes_read_; }

  /// Sources that are open now.
  std::size_t readers() const {
    return static_cast<std::size_t>(reader_.use_count()) - 1;
  }

  /// For `spawn_partition_consumer`; the log must outlive the source.
  partition_log log_at(const kafka::log_position& start);

  /// Where readers have begun that came for those who are behind.
  const std::vector<std::int64_t>& reopened() const { return reopened_; }

  /// Retention: what was before is gone.
  void delete_before(std::int64_t offset) {
    start_ = offset;
    std::erase_if(records_, [&](auto& x) { return x.offset < offset; });
  }

  /// Likewise, but what was there has been fetched before.
  void delete_later(std::int64_t offset) { reported_start_ = offset; }

  /// The topic is deleted and created again under its name: another log, empty.
  void create_again() {
    records_.clear();
    start_ = reported_start_ = end_ = 0;
    cuts_.clear();
    leader_epoch_ = std::min(leader_epoch_, 0);
    ++log_;
    wake();
  }

  /// Which log there is; 0: nobody can tell.
  void set_log(kafka::log_id x) { log_ = x; }
  kafka::log_id log() const { return log_; }

  /// What was committed with where the next readers start.
  void set_note(std::string x) { note_ = std::move(x); }
  void set_epochs(std::string x) { epochs_ = std::move(x); }
  void set_committed_log(kafka::log_id x) {
    committed_log_ = x;
    is_committed_ = true;
  }

  /// What keeps it from being read.
  void set_problem(kafka::kafka_error x) {
    problem_ = std::move(x);
    errors_ += problem_ ? 1 : 0;
  }

  /// From now on it is known who writes: the first leader, or another.
  void elect() { ++leader_epoch_; }
  std::int32_t leader_epoch() const { return leader_epoch_; }

  /// Who does not read for those who are behind reads at a broker that has not
  /// heard of the last leader, and has nothing.
  void set_outdated(bool x) {
    outdated_ = x;
    wake();
  }

  /// Of the leader that has written what is before.
  std::int32_t epoch_before(std::int64_t offset) const {
    auto i = find(offset);
    return i == records_.begin() ? std::min(leader_epoch_, 0)
                                 : std::prev(i)->leader_epoch;
  }

  /// The log loses its end, as in an unclean election: the offsets from here on
  /// are used again by the next leader, and who reads resumes there.
  void cut(std::int64_t end) {
    end_ = end;
    if (leader_epoch_ >= 0)
      elect();
    cuts_.emplace_back(leader_epoch_, end);
    std::erase_if(records_, [&](auto& x) { return x.offset >= end; });
  }

  /// Whether a position that is of a leader of this epoch was cut off.
  bool has_lost(std::int64_t offset, std::int32_t epoch) const {
    return std::any_of(cuts_.begin(), cuts_.end(), [&](auto& x) {
      return x.first > epoch && x.second < offset;
    });
  }

  /// Where a position that is of a leader of this epoch is of no use from on;
  /// nothing: it is all there.
  std::optional<std::int64_t> cut_of(std::int64_t offset,
                                     std::int32_t epoch) const {
    std::optional<std::int64_t> result;
    for (auto& [by, at] : cuts_)
      if (by > epoch && at < result.value_or(offset))
        result = at;
    return result;
  }

private:
  class source;

  static kafka::record_view view(const record& x) {
    kafka::record_view result{x.offset, 0, true, true, x.key, x.value, {}};
    result.leader_epoch = x.leader_epoch;
    result.headers.assign(x.headers.begin(), x.headers.end());
    return result;
  }

  std::vector<record>::const_iterator find(std::int64_t offset) const {
    return std::lower_bound(records_.begin(), records_.end(), offset,
                            [](auto& x, auto y) { return x.offset < y; });
  }

  void wake() const {
    if (wake_)
      wake_();
  }

  std::vector<record> records_;
  std::int64_t start_ = 0;
  std::int64_t reported_start_ = 0;
  std::int64_t end_ = 0;
  std::vector<std::int64_t> reopened_;
  bool known_ = true;
  std::size_t bytes_read_ = 0;
  std::vector<std::pair<std::int32_t, std::int64_t>> cuts_; // by whom, where
  kafka::log_id log_ = 0;
  std::string note_, epochs_;
  kafka::log_id committed_log_ = 0;
  bool is_committed_ = false; ///< where readers start, by whomever
  std::int32_t leader_epoch_ = -1;
  bool outdated_ = false; ///< what is read live
  kafka::kafka_error problem_;
  std::uint64_t errors_ = 0;
  std::shared_ptr<void> reader_ = std::make_shared<int>(); ///< each has a copy
  std::function<void()> wake_; // of the newest source
};

} // namespace weir::test
