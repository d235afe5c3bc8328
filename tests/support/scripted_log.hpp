#pragma once

#include "actors/partition_consumer.hpp"
#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
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
  };

  /// Appends a record and wakes who reads.
  std::int64_t append(std::string key, std::string value) {
    records_.push_back({end_++, std::move(key), std::move(value), {}});
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
  partition_log log_at(std::int64_t start) {
    return {[this, start](std::function<void()> wake) {
              wake_ = std::move(wake);
              return std::make_unique<source>(*this, start);
            },
            [this](std::int64_t from, std::function<void()> wake) {
              wake_ = std::move(wake);
              reopened_.push_back(from);
              return std::make_unique<source>(*this, from);
            }};
  }

  /// Where readers have begun that came for those who are behind.
  const std::vector<std::int64_t>& reopened() const { return reopened_; }

  /// Retention: what was before is gone.
  void forget_before(std::int64_t offset) {
    start_ = offset;
    std::erase_if(records_, [&](auto& x) { return x.offset < offset; });
  }

  /// Likewise, but what was there has been fetched before.
  void forget_later(std::int64_t offset) { told_start_ = offset; }

  /// The topic is deleted and created again under its name: another log, empty.
  void create_again() {
    records_.clear();
    start_ = told_start_ = end_ = 0;
    ++log_;
    wake();
  }

  /// Which log there is; 0: nobody can tell.
  void set_log(kafka::log_id x) { log_ = x; }
  kafka::log_id log() const { return log_; }

  /// What was committed with where the next readers start.
  void set_note(std::string x) { note_ = std::move(x); }
  void set_committed_log(kafka::log_id x) { committed_log_ = x; }

  /// What keeps it from being read.
  void set_problem(kafka::kafka_error x) {
    problem_ = std::move(x);
    errors_ += problem_ ? 1 : 0;
  }

  /// The log loses its end, as when its topic is made anew: the offsets from
  /// here on are used again, and who reads goes on there.
  void cut(std::int64_t end) {
    end_ = cut_at_ = end;
    ++cuts_;
    std::erase_if(records_, [&](auto& x) { return x.offset >= end; });
  }

private:
  class source : public record_source {
  public:
    source(scripted_log& log, std::int64_t start)
      : log_(log), next_(start), cuts_(log.cuts_) {
      ++log_.readers_;
    }

    ~source() override { --log_.readers_; }

    std::size_t
    read(std::size_t max_bytes,
         const std::function<void(const kafka::record_view&)>& sink) override {
      std::size_t n = 0;
      if (!log_.known_)
        return n;
      if (std::exchange(cuts_, log_.cuts_) != log_.cuts_)
        next_ = std::min(next_, log_.cut_at_);
      for (auto i = log_.find(std::max(next_, log_.start_));
           i != log_.records_.end(); ++i) {
        if (n >= max_bytes)
          return log_.bytes_read_ += n, n;
        sink(view(*i));
        n += i->key.size() + i->value.size();
        next_ = i->offset + 1;
      }
      next_ = std::max(next_, log_.end_);
      return log_.bytes_read_ += n, n;
    }

    std::int64_t position() const override { return log_.known_ ? next_ : -1; }
    kafka::log_position start() const override {
      kafka::log_position result{position(), log_.committed_log_};
      result.note = log_.note_;
      return result;
    }
    std::int64_t log_end() const override { return log_.end_; }
    std::int64_t log_start() const override {
      return std::max(log_.start_, log_.told_start_);
    }
    kafka::log_id log() const override { return log_.log_; }
    void restart() override { next_ = 0; }
    std::uint64_t errors() const override { return log_.errors_; }
    const kafka::kafka_error& problem() const override { return log_.problem_; }

  private:
    scripted_log& log_;
    std::int64_t next_;
    int cuts_;
  };

  static kafka::record_view view(const record& x) {
    kafka::record_view result{x.offset, 0, true, true, x.key, x.value, {}};
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
  std::int64_t told_start_ = 0;
  std::int64_t end_ = 0;
  std::vector<std::int64_t> reopened_;
  bool known_ = true;
  std::size_t bytes_read_ = 0;
  int cuts_ = 0;
  std::int64_t cut_at_ = 0;
  kafka::log_id log_ = 0;
  std::string note_;
  kafka::log_id committed_log_ = 0;
  kafka::kafka_error problem_;
  std::uint64_t errors_ = 0;
  int readers_ = 0;
  std::function<void()> wake_; // of the newest source
};

} // namespace weir::test
