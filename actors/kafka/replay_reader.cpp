#include "actors/kafka/replay_reader.hpp"

#include "actors/contract/record_block.hpp"

#include <algorithm>
#include <utility>

namespace weir {

void replay_reader::add(const subscriber_actor& who, subscription wants,
                        bool joins) {
  auto id = wants.id();
  remove(who.address(), id);
  auto i = readers_
             .emplace(reader_id{who.address(), id},
                      reader{who, std::move(wants), joins})
             .first;
  for (auto& key : i->second.wants.keys())
    enter(i->second, key);
  if (i->second.wants.wants_any_unnamed())
    open_readers_.push_back(&i->second);
}

void replay_reader::remove(const caf::actor_addr& who, std::uint32_t id) {
  auto i = readers_.find({who, id});
  if (i == readers_.end())
    return;
  forget(i->second);
  readers_.erase(i);
  close_if_empty();
}

void replay_reader::remove(const caf::actor_addr& who) {
  auto i = readers_.lower_bound({who, 0});
  while (i != readers_.end() && i->first.first == who) {
    forget(i->second);
    i = readers_.erase(i);
  }
  close_if_empty();
}

void replay_reader::clear() {
  close();
  by_key_.clear();
  open_readers_.clear();
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
  std::erase(open_readers_, &x);
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
  return take_out([begin, this](auto& x) {
    return x.wants.scanned_to() >= begin && !is_in_doubt(x);
  });
}

std::vector<std::pair<subscriber_actor, subscription>>
replay_reader::take_joining() {
  return take_out([](auto&) { return true; });
}

/// Of those who join the live flow.
std::vector<std::pair<subscriber_actor, subscription>>
replay_reader::take_out(const std::function<bool(const reader&)>& f) {
  std::vector<std::pair<subscriber_actor, subscription>> result;
  for (auto i = readers_.begin(); i != readers_.end();) {
    auto& x = i->second;
    if (!x.joins || !f(x)) {
      ++i;
      continue;
    }
    forget(x);
    result.emplace_back(x.who, std::move(x.wants));
    i = readers_.erase(i);
  }
  close_if_empty();
  return result;
}

void replay_reader::turn_back(
  const std::function<void(const subscriber_actor&, subscription&)>& f) {
  for (auto& [id, x] : readers_)
    f(x.who, x.wants);
  close(); // what was read may have been cut off
}

bool replay_reader::is_stray(const reader& x) const {
  return epochs_.cut_below(x.wants.delivered_to(), x.wants.leader_epoch())
    .has_value();
}

void replay_reader::note_debts() {
  std::map<caf::actor_addr, std::size_t> debts;
  indebted_.clear();
  for (auto& [id, x] : readers_)
    if (auto debt = x.wants.credit().debt(); debt > 0 && !x.joins)
      if ((debts[id.first] += debt) >= replay_debt)
        indebted_.insert(id.first);
}

void replay_reader::note_doubts() {
  for (auto& [id, x] : readers_)
    x.in_doubt = is_in_doubt(x);
}

bool replay_reader::step(tail_cache& cache, std::int32_t live) {
  note_debts();
  note_doubts();
  auto more = serve_from(cache, cache.end());
  if (window_)
    more = serve_from(*window_, cache.end()) || more;
  auto* x = find_in_doubt();
  return (x ? ask(*x, cache, live) : sweep(cache, live)) || more;
}

/// Who is in what is in memory waits for no sweep.
bool replay_reader::serve_from(const tail_cache& x, std::int64_t end) {
  auto from = x.end();
  for (auto& [id, y] : readers_)
    if (can_take(y) && !y.in_doubt && y.wants.scanned_to() >= x.begin())
      from = std::min(from, y.wants.scanned_to());
  if (from >= x.end())
    return false;
  auto before = std::exchange(at_, from);
  auto to = x.visit(from, max_step_bytes, [this](auto offset, auto record) {
    take_record(offset, record);
  });
  finish_step(to, -1, end);
  at_ = before;
  return true;
}

// -- what is read -------------------------------------------------------------

void replay_reader::take_record(std::int64_t offset, std::string_view record) {
  auto key = record_key(record);
  if (auto i = by_key_.find(key); i != by_key_.end())
    for (auto* x : i->second)
      take(*x, offset, record);
  for (auto* x : open_readers_)
    if (!x->wants.keys().contains(key) && x->wants.wants_unnamed(key))
      take(*x, offset, record);
}

void replay_reader::take(reader& x, std::int64_t offset,
                         std::string_view record) const {
  if (is_in_sweep(x) && offset >= x.wants.scanned_to())
    x.batch += record;
}

/// Everybody in the sweep is at `to` now. A batch goes out when it holds
/// something, or when it tells that something is lost, or that the end is
/// reached.
void replay_reader::finish_step(std::int64_t to, std::int64_t lost,
                                std::int64_t end) {
  for (auto& [id, x] : readers_) {
    auto scanned_to = x.wants.scanned_to();
    if (!is_in_sweep(x) || scanned_to >= to)
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

void replay_reader::report_scanned() {
  for (auto& [id, x] : readers_)
    if (x.wants.delivered_to() < x.wants.scanned_to() && !is_in_doubt(x))
      send(x, x.wants.scanned_to(), {}, -1);
}

void replay_reader::send(reader& x, std::int64_t to, std::string records,
                         std::int64_t lost) {
  record_batch batch{x.wants.id(), x.wants.delivered_to(), to,
                     std::move(records), lost};
  x.wants.serve(to, batch.records.size());
  send_(x.who, x.wants, std::move(batch));
}

} // namespace weir
