#include "actors/kafka/replay_reader.hpp"

#include "actors/contract/record_block.hpp"

#include <algorithm>
#include <limits>

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

void replay_reader::add(const subscriber_actor& who, subscription wants,
                        bool joins) {
  auto id = wants.id();
  remove(who.address(), id);
  auto i = readers_
             .emplace(reader_id{who.address(), id},
                      reader{who, std::move(wants), joins, {}, -1})
             .first;
  for (auto& key : i->second.wants.keys())
    enter(i->second, key);
  if (i->second.wants.wants_any_misplaced())
    misplaced_.push_back(&i->second);
}

void replay_reader::remove(const caf::actor_addr& who, std::uint32_t id) {
  auto i = readers_.find({who, id});
  if (i == readers_.end())
    return;
  forget(i->second);
  readers_.erase(i);
}

void replay_reader::remove(const caf::actor_addr& who) {
  auto i = readers_.lower_bound({who, 0});
  while (i != readers_.end() && i->first.first == who) {
    forget(i->second);
    i = readers_.erase(i);
  }
}

void replay_reader::clear() {
  end_pass();
  by_key_.clear();
  misplaced_.clear();
  readers_.clear();
}

bool replay_reader::add_keys(const caf::actor_addr& who, std::uint32_t id,
                             const std::vector<std::string>& keys) {
  auto* x = find_reader(who, id);
  if (x == nullptr)
    return false;
  for (auto& key : keys)
    if (!x->wants.keys().contains(key))
      enter(*x, key);
  x->wants.add(keys);
  return true;
}

bool replay_reader::remove_keys(const caf::actor_addr& who, std::uint32_t id,
                                const std::vector<std::string>& keys) {
  auto* x = find_reader(who, id);
  if (x == nullptr)
    return false;
  for (auto& key : keys)
    if (x->wants.keys().contains(key))
      leave(*x, key);
  x->wants.remove(keys);
  return true;
}

void replay_reader::enter(reader& x, const std::string& key) {
  by_key_[key].push_back(&x);
}

void replay_reader::leave(const reader& x, const std::string& key) {
  auto i = by_key_.find(key);
  std::erase(i->second, &x);
  if (i->second.empty())
    by_key_.erase(i);
}

void replay_reader::forget(const reader& x) {
  std::erase(misplaced_, &x);
  for (auto& key : x.wants.keys())
    leave(x, key);
}

replay_reader::reader* replay_reader::find_reader(const caf::actor_addr& who,
                                                  std::uint32_t id) {
  auto i = readers_.find({who, id});
  return i == readers_.end() ? nullptr : &i->second;
}

subscription* replay_reader::find(const caf::actor_addr& who,
                                  std::uint32_t id) {
  auto* x = find_reader(who, id);
  return x ? &x->wants : nullptr;
}

std::vector<std::pair<subscriber_actor, subscription>>
replay_reader::take_arrived(std::int64_t begin) {
  std::vector<std::pair<subscriber_actor, subscription>> result;
  for (auto i = readers_.begin(); i != readers_.end();) {
    auto& x = i->second;
    if (!x.joins || x.wants.scanned_to() < begin) {
      ++i;
      continue;
    }
    forget(x);
    result.emplace_back(x.who, std::move(x.wants));
    i = readers_.erase(i);
  }
  return result;
}

void replay_reader::turn_back(
  const std::function<bool(const subscriber_actor&, subscription&)>& f) {
  auto any = false;
  for (auto& [id, x] : readers_)
    any = f(x.who, x.wants) || any;
  if (any)
    end_pass();
}

bool replay_reader::is_stray(const reader& x) const {
  return epochs_.cut_below(x.wants.delivered_to(), x.wants.leader_epoch())
    .has_value();
}

void replay_reader::begin_reading() {
  gathering_ = false;
  gathered_ = true;
}

void replay_reader::note_debts() {
  std::map<caf::actor_addr, std::size_t> debts;
  indebted_.clear();
  for (auto& [id, x] : readers_)
    if (auto debt = x.wants.credit().debt(); debt > 0 && !x.joins)
      if ((debts[id.first] += debt) >= replay_debt)
        indebted_.insert(id.first);
}

bool replay_reader::step(tail_cache& cache, std::int32_t live) {
  note_debts();
  if (!begin_pass(cache) || is_held_up())
    return false;
  auto from = *at_;
  std::int64_t lost = -1;
  auto to = log_ ? read_log(cache, live, lost) : read_cache(cache);
  if (cut_)
    return abort_step(), false;
  finish_step(to, lost, cache.end());
  at_ = to;
  if (to >= cache.begin()) {
    log_.reset();
    if (prefetched_)
      cache.prepend(*std::exchange(prefetched_, {}));
  }
  if (to >= cache.end())
    end_pass();
  return to > from;
}

/// Continues with the pass at hand, or begins one; false: there is nobody to
/// begin it for, or not yet.
bool replay_reader::begin_pass(const tail_cache& cache) {
  auto wants_more = [&](auto& x) {
    return can_take(x.second) && x.second.wants.scanned_to() < cache.end();
  };
  auto is_in_pass = [&](auto& x) {
    return x.second.wants.scanned_to() >= *at_ && wants_more(x);
  };
  auto may_continue = at_ && (log_ || *at_ >= cache.begin());
  if (may_continue && std::any_of(readers_.begin(), readers_.end(), is_in_pass))
    return true;
  if (may_continue && log_ && is_idle(cache.end()))
    return false;
  end_pass();
  std::optional<kafka::log_position> start;
  for (auto& x : readers_)
    if (wants_more(x))
      start = earlier(start, start_of(x.second));
  if (!start)
    return false;
  at_ = start->offset;
  if (*at_ >= cache.begin())
    return true;
  gathering_ = !gathered_;
  if (gathering_) {
    at_.reset();
    return false;
  }
  gathered_ = false;
  log_ = open_(*start);
  if (!log_) {
    at_.reset();
    return false;
  }
  ++reads_;
  if (cache.free_bytes() > 0)
    prefetched_.emplace(cache.free_bytes(), *at_);
  return true;
}

/// Whether all that is left to do is to wait for those who are here and can
/// take nothing right now: opening the log again for them would be a read more.
bool replay_reader::is_idle(std::int64_t end) {
  auto result = false;
  for (auto& [id, x] : readers_) {
    auto is_open = can_take(x);
    if (is_open && x.wants.scanned_to() < end)
      return false; // it wants what the pass has gone by
    if (is_open || x.wants.scanned_to() != *at_)
      continue;
    if (x.held_since < 0)
      x.held_since = now_;
    result = result || now_ - x.held_since < idle_ticks;
  }
  return result;
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
  end_pass();
}

void replay_reader::end_pass() {
  at_.reset();
  log_.reset();
  prefetched_.reset();
}

/// One that is exactly here and can take nothing right now is waited for.
bool replay_reader::is_held_up() {
  auto result = false;
  for (auto& [id, x] : readers_) {
    if (can_take(x)) {
      x.held_since = -1;
    } else if (x.wants.scanned_to() == *at_) {
      if (x.held_since < 0)
        x.held_since = now_;
      result = result || now_ - x.held_since < credit_timeout;
    }
  }
  return result;
}

/// Where the log has nothing any more it resumes at its start: at once, or in
/// the middle of the pass.
std::int64_t replay_reader::read_log(const tail_cache& cache, std::int32_t live,
                                     std::int64_t& lost) {
  auto first = std::numeric_limits<std::int64_t>::max();
  auto has_news = false;
  auto last = log_->leader_epoch();
  log_->read(max_step_bytes, [&, this](const kafka::record_view& x) {
    if (live >= 0 && x.leader_epoch > live && x.offset < cache.end() && !cut_)
      cut_ = {x.offset, 0, x.leader_epoch};
    if (cut_)
      return;
    has_news = epochs_.note(x.offset, x.leader_epoch,
                            std::exchange(last, x.leader_epoch))
               || has_news;
    first = std::min(first, x.offset);
    if (prefetched_ && x.offset >= prefetched_->end()
        && x.offset < cache.begin())
      prefetched_->append(x);
    scratch_.clear();
    append_record(scratch_, x);
    take_record(x.offset, scratch_);
  });
  if (!cut_ && has_news
      && std::any_of(readers_.begin(), readers_.end(),
                     [this](auto& x) { return is_stray(x.second); }))
    cut_ = {first};
  auto to = log_->position();
  if (to <= *at_)
    return *at_; // no answer yet, or nothing there
  lost = std::min({log_->log_start(), first, to});
  if (prefetched_ && lost > *at_)
    prefetched_.reset(); // it would hide the hole
  if (prefetched_) {
    prefetched_->advance(std::min(to, cache.begin()));
    prefetched_->evict();
  }
  return to;
}

std::int64_t replay_reader::read_cache(const tail_cache& cache) {
  return cache.visit(*at_, max_step_bytes, [this](auto offset, auto record) {
    take_record(offset, record);
  });
}

void replay_reader::take_record(std::int64_t offset, std::string_view record) {
  auto key = record_key(record);
  if (auto i = by_key_.find(key); i != by_key_.end())
    for (auto* x : i->second)
      take(*x, offset, record);
  for (auto* x : misplaced_)
    if (!x->wants.keys().contains(key) && x->wants.wants_misplaced(key))
      take(*x, offset, record);
}

void replay_reader::take(reader& x, std::int64_t offset,
                         std::string_view record) const {
  if (is_in_pass(x) && offset >= x.wants.scanned_to())
    x.batch += record;
}

/// Everybody in the pass is at `to` now. A batch goes out when it holds
/// something, or when it tells that something is lost, or that the end is
/// reached.
void replay_reader::finish_step(std::int64_t to, std::int64_t lost,
                                std::int64_t end) {
  for (auto& [id, x] : readers_) {
    auto scanned_to = x.wants.scanned_to();
    if (!is_in_pass(x) || scanned_to >= to)
      continue;
    auto is_lost = lost > scanned_to;
    if (is_lost && x.wants.delivered_to() < scanned_to)
      send(x, scanned_to, {}, -1); // that is not lost
    if (x.batch.empty() && !is_lost && to < end)
      x.wants.skip(to);
    else
      send(x, to, std::exchange(x.batch, {}), is_lost ? lost : -1);
  }
}

void replay_reader::send(reader& x, std::int64_t to, std::string records,
                         std::int64_t lost) {
  record_batch batch{x.wants.id(), x.wants.delivered_to(), to,
                     std::move(records), lost};
  x.wants.serve(to, batch.records.size());
  send_(x.who, x.wants, std::move(batch));
}

} // namespace weir
