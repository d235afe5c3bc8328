#pragma once

#include "actors/kafka/partition_consumer.hpp"
#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
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
  std::size_t readers() const { return static_cast<std::size_t>(readers_); }

  /// For `spawn_partition_consumer`; the log must outlive the source.
  partition_log log_at(const kafka::log_position& start) {
    return {[this, start](std::function<void()> wake) {
              wake_ = std::move(wake);
              return std::make_unique<source>(*this, start);
            },
            [this](const kafka::log_position& from,
                   std::function<void()> wake) {
              wake_ = std::move(wake);
              reopened_.push_back(from.offset);
              return std::make_unique<source>(*this, from);
            }};
  }

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

private:
  class source : public record_source {
  public:
    source(scripted_log& log, const kafka::log_position& start)
      : log_(log),
        next_(start.offset),
        epoch_(start.leader_epoch),
        cuts_(log.cuts_.size()) {
      ++log_.readers_;
    }

    ~source() override { --log_.readers_; }

    std::size_t
    read(std::size_t max_bytes,
         const std::function<void(const kafka::record_view&)>& sink) override {
      std::size_t n = 0;
      if (!log_.known_)
        return n;
      auto from = way_back();
      if (log_.leader_epoch_ < 0)
        next_ = from;
      from = std::max(from, log_.start_);
      for (auto i = log_.find(from); i != log_.records_.end(); ++i) {
        if (n >= max_bytes)
          return log_.bytes_read_ += n, n;
        sink(view(*i));
        n += i->key.size() + i->value.size();
        next_ = i->offset + 1;
        epoch_ = i->leader_epoch;
      }
      next_ = std::max(next_, log_.end_);
      return log_.bytes_read_ += n, n;
    }

    std::int64_t position() const override { return log_.known_ ? next_ : -1; }
    kafka::log_position start() const override {
      kafka::log_position result{log_.is_committed_ ? position() : -1,
                                 log_.committed_log_};
      result.note = log_.note_;
      result.epochs = log_.epochs_;
      return result;
    }
    std::int32_t leader_epoch() const override { return epoch_; }
    std::int64_t log_end() const override { return log_.end_; }
    std::int64_t log_start() const override {
      return std::max(log_.start_, log_.reported_start_);
    }
    kafka::log_id log() const override { return log_.log_; }
    void restart(const kafka::log_position& at) override {
      next_ = at.offset;
      epoch_ = at.leader_epoch;
    }
    std::uint64_t errors() const override { return log_.errors_; }
    const kafka::kafka_error& problem() const override { return log_.problem_; }

  private:
    /// As brokers find it by the epoch; one that has none goes by what was cut
    /// since it has begun.
    std::int64_t way_back() {
      auto result = next_;
      auto seen = std::exchange(cuts_, log_.cuts_.size());
      for (std::size_t i = 0; i < log_.cuts_.size(); ++i) {
        auto [epoch, at] = log_.cuts_[i];
        if (epoch < 0 ? i >= seen : epoch_ >= 0 && epoch > epoch_)
          result = std::min(result, at);
      }
      return result;
    }

    scripted_log& log_;
    std::int64_t next_;
    std::int32_t epoch_;
    std::size_t cuts_;
  };

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
  kafka::kafka_error problem_;
  std::uint64_t errors_ = 0;
  int readers_ = 0;
  std::function<void()> wake_; // of the newest source
};

} // namespace weir::test
