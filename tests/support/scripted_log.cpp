#include "tests/support/scripted_log.hpp"

#include <algorithm>
#include <memory>

namespace weir::test {

/// Of the log, whoever reads it.
class scripted_log::source : public record_source {
public:
  source(scripted_log& log, const kafka::log_position& start, bool is_live)
    : log_(log),
      is_live_(is_live),
      next_(start.offset),
      epoch_(start.leader_epoch),
      cuts_(log.cuts_.size()),
      reader_(log.reader_) {}

  std::size_t
  read(std::size_t max_bytes,
       const std::function<void(const kafka::record_view&)>& sink) override {
    std::size_t n = 0;
    if (!log_.known_ || is_outdated())
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
  void ask_leader() override {
    leader_ = kafka::log_leader{log_.leader_epoch_, log_.end_};
  }
  const std::optional<kafka::log_leader>& leader() override { return leader_; }
  kafka::log_id log() const override { return log_.log_; }
  void restart(const kafka::log_position& at) override {
    next_ = at.offset;
    epoch_ = at.leader_epoch;
  }
  std::uint64_t errors() const override { return log_.errors_; }
  const kafka::kafka_error& problem() const override { return log_.problem_; }

private:
  bool is_outdated() const {
    return is_live_ && log_.outdated_ && epoch_ < log_.leader_epoch_;
  }

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
  bool is_live_;
  std::int64_t next_;
  std::int32_t epoch_;
  std::size_t cuts_;
  std::optional<kafka::log_leader> leader_;
  std::shared_ptr<void> reader_; ///< not the log, which may be gone first
};

partition_log scripted_log::log_at(const kafka::log_position& start) {
  return {[this, start](std::function<void()> wake) {
            wake_ = std::move(wake);
            return std::make_unique<source>(*this, start, true);
          },
          [this](const kafka::log_position& from, std::function<void()> wake) {
            wake_ = std::move(wake);
            reopened_.push_back(from.offset);
            return std::make_unique<source>(*this, from, false);
          }};
}

} // namespace weir::test
