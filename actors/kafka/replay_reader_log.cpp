#include "actors/contract/record_block.hpp"
#include "actors/kafka/replay_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace weir {

namespace {

/// At one position, the lower epoch is the one that the log may not resume
/// from; one that is not known (-1) comes last.
kafka::log_position earlier(const std::optional<kafka::log_position>& x,
                            const kafka::log_position& y) {
  auto order = [](auto& z) {
    return std::pair{z.offset, static_cast<std::uint32_t>(z.leader_epoch)};
  };
  return x && order(*x) <= order(y) ? *x : y;
}

} // namespace

// -- who is in doubt ----------------------------------------------------------

replay_reader::reader* replay_reader::find_in_doubt() {
  for (auto& [id, x] : readers_)
    if (x.in_doubt && can_take(x))
      return &x;
  return nullptr;
}

/// The others wait for the answer, which is one record.
bool replay_reader::ask(reader& x, const tail_cache& cache, std::int32_t live) {
  const reader_id id{x.who.address(), x.wants.id()};
  auto at = x.wants.delivered_to();
  auto epoch = x.wants.leader_epoch();
  if (!log_ || asks_for_ != id) {
    close();
    log_ = open_({at, 0, epoch});
    reads_ += log_ ? 1 : 0;
    asks_for_ = id;
  }
  if (!log_ || !is_answered(x, cache, live))
    return false;
  if (epochs_.is_in_doubt(at, epoch))
    epochs_.settle(epoch, std::max<std::int64_t>(log_->log_start(), 0));
  x.wants.confirm();
  if (is_stray(x) && !cut_)
    cut_ = cut{};
  close();
  return !cut_;
}

/// The answer is a record: if it is before its position, there the log was cut.
/// Where retention has deleted what would tell, nobody can; and a broker that
/// has not heard of the later leader is asked again.
bool replay_reader::is_answered(const reader& x, const tail_cache& cache,
                                std::int32_t live) {
  auto at = x.wants.delivered_to();
  auto epoch = x.wants.leader_epoch();
  std::optional<kafka::log_position> first;
  log_->read(1, [&first](const kafka::record_view& y) {
    if (!first)
      first = {y.offset, 0, y.leader_epoch};
  });
  if (log_->log_start() > epochs_.after(epoch)->offset)
    return true;
  if (!first)
    return false;
  if (first->offset >= at && first->leader_epoch < epochs_.before(at)) {
    close();
    return false;
  }
  if (live >= 0 && first->leader_epoch > live && first->offset < cache.end())
    cut_ = cut{*first, epoch};
  epochs_.note(first->offset, first->leader_epoch, epoch);
  return true;
}

// -- sweeps -------------------------------------------------------------------

bool replay_reader::sweep(tail_cache& cache, std::int32_t live) {
  if (!begin_sweep(cache))
    return false;
  auto from = *at_;
  std::int64_t lost = -1;
  auto to = read_log(cache, live, lost);
  if (cut_)
    return abort_step(), false;
  finish_step(to, lost, cache.end());
  at_ = to;
  if (to >= cache.begin())
    leave_log(cache);
  return to > from;
}

/// What was read last may still be wanted where the cache has no space for it.
void replay_reader::leave_log(tail_cache& cache) {
  at_.reset();
  log_.reset();
  if (cache.free_bytes() > 0)
    cache.prepend(*std::exchange(window_, {}));
}

/// Continues with the sweep at hand, or begins one; false: there is nobody to
/// begin it for, or the log cannot be opened now.
bool replay_reader::begin_sweep(const tail_cache& cache) {
  if (asks_for_) // who needs no answer any more
    close();
  at_.reset();
  std::optional<kafka::log_position> start;
  for (auto& [id, x] : readers_) {
    auto at = x.wants.scanned_to();
    if (!can_take(x) || at >= cache.begin() || is_in_window(at))
      continue;
    if (log_ && at >= window_->end())
      at_ = window_->end();
    start = earlier(start, start_of(x));
  }
  if (!at_ && start && open_at(*start, cache))
    at_ = start->offset;
  return at_.has_value();
}

bool replay_reader::open_at(const kafka::log_position& start,
                            const tail_cache& cache) {
  log_ = open_(start);
  begin_window(cache, start.offset);
  reads_ += log_ ? 1 : 0;
  return log_ != nullptr;
}

void replay_reader::begin_window(const tail_cache& cache, std::int64_t at) {
  window_.emplace(std::max(window_size_, cache.free_bytes()), at);
}

bool replay_reader::is_in_window(std::int64_t at) const {
  return window_ && window_->begin() <= at && at < window_->end();
}

/// Its epoch is that of what was delivered; what was scanned since is known.
kafka::log_position replay_reader::start_of(const reader& x) const {
  auto at = x.wants.scanned_to();
  auto is_delivered = x.wants.delivered_to() == at;
  return {at, 0, is_delivered ? x.wants.leader_epoch() : epochs_.before(at)};
}

void replay_reader::abort_step() {
  for (auto& [id, x] : readers_)
    x.batch.clear();
  close();
}

void replay_reader::close() {
  asks_for_.reset();
  at_.reset();
  log_.reset();
  window_.reset();
}

void replay_reader::close_if_empty() {
  if (readers_.empty())
    close();
}

/// Where the log has nothing any more it resumes at its start: at once, or in
/// the middle of the sweep.
std::int64_t replay_reader::read_log(const tail_cache& cache, std::int32_t live,
                                     std::int64_t& lost) {
  auto first = std::numeric_limits<std::int64_t>::max();
  auto has_news = false;
  auto last = log_->leader_epoch();
  log_->read(max_step_bytes, [&, this](const kafka::record_view& x) {
    if (live >= 0 && x.leader_epoch > live && x.offset < cache.end() && !cut_)
      cut_ = cut{{x.offset, 0, x.leader_epoch}, last};
    if (cut_)
      return;
    has_news = epochs_.note(x.offset, x.leader_epoch,
                            std::exchange(last, x.leader_epoch))
               || has_news;
    first = std::min(first, x.offset);
    if (x.offset >= window_->end() && x.offset < cache.begin())
      window_->append(x);
    scratch_.clear();
    append_record(scratch_, x);
    take_record(x.offset, scratch_);
  });
  if (!cut_ && has_news
      && std::any_of(readers_.begin(), readers_.end(),
                     [this](auto& x) { return is_stray(x.second); }))
    cut_ = cut{first};
  auto to = log_->position();
  if (to <= *at_)
    return *at_; // no answer yet, or nothing there
  lost = std::min({log_->log_start(), first, to});
  if (lost > *at_) // what is kept would hide the hole
    begin_window(cache, std::min(to, cache.begin()));
  window_->advance(std::min(to, cache.begin()));
  window_->evict();
  return to;
}

} // namespace weir
