#include "actors/kafka/replay_reader.hpp"

#include "actors/contract/record_block.hpp"

#include <algorithm>
#include <limits>

namespace weir {

namespace {

/// At one place, the lower epoch is the one that the log may not go on from;
/// one that is not known (-1) comes last.
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
  auto i = riders_
             .emplace(rider_id{who.address(), id},
                      rider{who, std::move(wants), joins, {}, -1})
             .first;
  for (auto& key : i->second.wants.keys())
    enter(i->second, key);
  if (i->second.wants.wants_any_misplaced())
    misplaced_.push_back(&i->second);
}

void replay_reader::remove(const caf::actor_addr& who, std::uint32_t id) {
  auto i = riders_.find({who, id});
  if (i == riders_.end())
    return;
  forget(i->second);
  riders_.erase(i);
}

void replay_reader::remove(const caf::actor_addr& who) {
  auto i = riders_.lower_bound({who, 0});
  while (i != riders_.end() && i->first.first == who) {
    forget(i->second);
    i = riders_.erase(i);
  }
}

void replay_reader::clear() {
  end_pass();
  by_key_.clear();
  misplaced_.clear();
  riders_.clear();
}

bool replay_reader::add_keys(const caf::actor_addr& who, std::uint32_t id,
                             const std::vector<std::string>& keys) {
  auto* x = find_rider(who, id);
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
  auto* x = find_rider(who, id);
  if (x == nullptr)
    return false;
  for (auto& key : keys)
    if (x->wants.keys().contains(key))
      leave(*x, key);
  x->wants.remove(keys);
  return true;
}

void replay_reader::enter(rider& x, const std::string& key) {
  by_key_[key].push_back(&x);
}

void replay_reader::leave(const rider& x, const std::string& key) {
  auto i = by_key_.find(key);
  std::erase(i->second, &x);
  if (i->second.empty())
    by_key_.erase(i);
}

void replay_reader::forget(const rider& x) {
  std::erase(misplaced_, &x);
  for (auto& key : x.wants.keys())
    leave(x, key);
}

replay_reader::rider* replay_reader::find_rider(const caf::actor_addr& who,
                                                std::uint32_t id) {
  auto i = riders_.find({who, id});
  return i == riders_.end() ? nullptr : &i->second;
}

subscription* replay_reader::find(const caf::actor_addr& who,
                                  std::uint32_t id) {
  auto* x = find_rider(who, id);
  return x ? &x->wants : nullptr;
}

std::vector<std::pair<subscriber_actor, subscription>>
replay_reader::take_arrived(std::int64_t begin) {
  std::vector<std::pair<subscriber_actor, subscription>> result;
  for (auto i = riders_.begin(); i != riders_.end();) {
    auto& x = i->second;
    if (!x.joins || x.wants.searched() < begin) {
      ++i;
      continue;
    }
    forget(x);
    result.emplace_back(x.who, std::move(x.wants));
    i = riders_.erase(i);
  }
  return result;
}

void replay_reader::turn_back(
  const std::function<bool(const subscriber_actor&, subscription&)>& f) {
  auto any = false;
  for (auto& [id, x] : riders_)
    any = f(x.who, x.wants) || any;
  if (any)
    end_pass();
}

bool replay_reader::is_stray(const rider& x) const {
  return epochs_.cut_below(x.wants.told(), x.wants.leader_epoch()).has_value();
}

void replay_reader::begin_reading() {
  gathering_ = false;
  gathered_ = true;
}

void replay_reader::note_debts() {
  std::map<caf::actor_addr, std::size_t> debts;
  indebted_.clear();
  for (auto& [id, x] : riders_)
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
    if (lead_)
      cache.prepend(*std::exchange(lead_, {}));
  }
  if (to >= cache.end())
    end_pass();
  return to > from;
}

/// Goes on with the pass at hand, or begins one; false: there is nobody to
/// begin it for, or not yet.
bool replay_reader::begin_pass(const tail_cache& cache) {
  auto wants_more = [&](auto& x) {
    return can_take(x.second) && x.second.wants.searched() < cache.end();
  };
  auto is_on_board = [&](auto& x) {
    return x.second.wants.searched() >= *at_ && wants_more(x);
  };
  auto may_go_on = at_ && (log_ || *at_ >= cache.begin());
  if (may_go_on && std::any_of(riders_.begin(), riders_.end(), is_on_board))
    return true;
  if (may_go_on && log_ && rests(cache.end()))
    return false;
  end_pass();
  std::optional<kafka::log_position> start;
  for (auto& x : riders_)
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
  if (cache.room() > 0)
    lead_.emplace(cache.room(), *at_);
  return true;
}

/// Whether all that is left to do is to wait for those who are here and can
/// take nothing right now: opening the log anew for them would be a read more.
bool replay_reader::rests(std::int64_t end) {
  auto result = false;
  for (auto& [id, x] : riders_) {
    auto is_open = can_take(x);
    if (is_open && x.wants.searched() < end)
      return false; // it wants what the pass has gone by
    if (is_open || x.wants.searched() != *at_)
      continue;
    if (x.held_since < 0)
      x.held_since = now_;
    result = result || now_ - x.held_since < rest;
  }
  return result;
}

/// Its epoch is that of what was told; what was looked at since is known.
kafka::log_position replay_reader::start_of(const rider& x) const {
  auto at = x.wants.searched();
  auto is_told = x.wants.told() == at;
  return {at, 0, is_told ? x.wants.leader_epoch() : epochs_.before(at)};
}

void replay_reader::abort_step() {
  for (auto& [id, x] : riders_)
    x.batch.clear();
  end_pass();
}

void replay_reader::end_pass() {
  at_.reset();
  log_.reset();
  lead_.reset();
}

/// One that is exactly here and can take nothing right now is waited for.
bool replay_reader::is_held_up() {
  auto result = false;
  for (auto& [id, x] : riders_) {
    if (can_take(x)) {
      x.held_since = -1;
    } else if (x.wants.searched() == *at_) {
      if (x.held_since < 0)
        x.held_since = now_;
      result = result || now_ - x.held_since < patience;
    }
  }
  return result;
}

/// Where the log has nothing any more it goes on at its start: at once, or in
/// the middle of the pass.
std::int64_t replay_reader::read_log(const tail_cache& cache, std::int32_t live,
                                     std::int64_t& lost) {
  auto first = std::numeric_limits<std::int64_t>::max();
  auto has_news = false;
  auto last = log_->leader_epoch();
  log_->read(helping, [&, this](const kafka::record_view& x) {
    if (live >= 0 && x.leader_epoch > live && x.offset < cache.end() && !cut_)
      cut_ = {x.offset, 0, x.leader_epoch};
    if (cut_)
      return;
    has_news = epochs_.note(x.offset, x.leader_epoch,
                            std::exchange(last, x.leader_epoch))
               || has_news;
    first = std::min(first, x.offset);
    if (lead_ && x.offset >= lead_->end() && x.offset < cache.begin())
      lead_->append(x);
    scratch_.clear();
    append_record(scratch_, x);
    take_record(x.offset, scratch_);
  });
  if (!cut_ && has_news
      && std::any_of(riders_.begin(), riders_.end(),
                     [this](auto& x) { return is_stray(x.second); }))
    cut_ = {first};
  auto to = log_->position();
  if (to <= *at_)
    return *at_; // no answer yet, or nothing there
  lost = std::min({log_->log_start(), first, to});
  if (lead_ && lost > *at_)
    lead_.reset(); // it would hide the hole
  if (lead_) {
    lead_->advance(std::min(to, cache.begin()));
    lead_->evict();
  }
  return to;
}

std::int64_t replay_reader::read_cache(const tail_cache& cache) {
  return cache.visit(*at_, helping, [this](auto offset, auto record) {
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

void replay_reader::take(rider& x, std::int64_t offset,
                         std::string_view record) const {
  if (rides(x) && offset >= x.wants.searched())
    x.batch += record;
}

/// Everybody on board is at `to` now. A batch goes out when it holds something,
/// or when it tells that something is lost, or that the end is reached.
void replay_reader::finish_step(std::int64_t to, std::int64_t lost,
                                std::int64_t end) {
  for (auto& [id, x] : riders_) {
    auto searched = x.wants.searched();
    if (!rides(x) || searched >= to)
      continue;
    auto is_lost = lost > searched;
    if (is_lost && x.wants.told() < searched)
      send(x, searched, {}, -1); // that is not lost
    if (x.batch.empty() && !is_lost && to < end)
      x.wants.skip(to);
    else
      send(x, to, std::exchange(x.batch, {}), is_lost ? lost : -1);
  }
}

void replay_reader::send(rider& x, std::int64_t to, std::string records,
                         std::int64_t lost) {
  record_batch batch{x.wants.id(), x.wants.told(), to, std::move(records),
                     lost};
  x.wants.serve(to, batch.records.size());
  send_(x.who, x.wants, std::move(batch));
}

} // namespace weir
