#include "tools/bench/load/comeback_load.hpp"

#include "tools/bench/load/stage.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::bench {

namespace {

constexpr std::uint32_t join_ack = 0;
constexpr std::uint32_t first_emit_ack = 1;
/// Of one emitter, while the node is away.
constexpr std::uint32_t window_size = 8'192;
constexpr std::uint64_t longest_turn = 10 * ns_per_ms;

// As socket.io-client has them by default.
constexpr std::uint64_t reconnection_delay = 1'000 * ns_per_ms;
constexpr std::uint64_t reconnection_delay_max = 5'000 * ns_per_ms;
constexpr double randomization_factor = 0.5;

std::uint64_t interval_of(double rate) {
  return static_cast<std::uint64_t>(double(ns_per_s) / std::max(rate, 0.001));
}

double seconds_between(std::uint64_t from, std::uint64_t to) {
  return to > from
           ? static_cast<double>(to - from) / static_cast<double>(ns_per_s)
           : 0;
}

} // namespace

comeback_load::comeback_load(const load_options& options)
  : options_(options),
    filler_(options.filler, 'x'),
    context_{poller_, *this, options},
    clients_(context_, options.handshakes),
    back_end_(options,
              [this](std::uint64_t number, bool stored) {
                auto& window = window_of(
                  static_cast<std::uint32_t>(number >> 32), outside);
                auto seq = static_cast<std::uint32_t>(number);
                report_.errors.refused += stored ? 0 : 1;
                stored ? void(window.acked(seq)) : window.refused(seq);
              }),
    checkers_(options.rooms, {options.members, emitters}),
    windows_(options.rooms * emitters, emit_window{window_size}),
    joined_(options.rooms * options.members),
    attempts_(options.rooms * options.members) {
  report_.clients = joined_.size();
}

comeback_report comeback_load::run() {
  connect_and_join();
  emitting_ = true;
  next_emit_ = now_ns() + interval_of(options_.rate);
  next_write_ = now_ns() + interval_of(options_.outside);
  tell_stage("emitting");
  emit_until_all_are_back();
  emitting_ = false;
  drain();
  finish();
  tell_stage("done");
  return report_;
}

void comeback_load::connect_and_join() {
  auto count = static_cast<std::uint32_t>(joined_.size());
  auto deadline = from_now(options_.connect_timeout);
  clients_.grow_to(count);
  while (joined_count_ < count) {
    turn();
    if (fault_at_ != 0)
      throw std::runtime_error{"a client was closed before it had joined"};
    if (now_ns() > deadline)
      throw std::runtime_error{"only " + std::to_string(joined_count_) + " of "
                               + std::to_string(count) + " clients joined"};
  }
}

void comeback_load::emit_until_all_are_back() {
  auto deadline = from_now(options_.seconds);
  while (now_ns() < deadline) {
    turn();
    if (back_at_ != 0)
      deadline = std::min(deadline, back_at_
                                      + static_cast<std::uint64_t>(
                                        options_.after * double(ns_per_s)));
  }
}

void comeback_load::drain() {
  auto deadline = from_now(options_.drain);
  while (unfinished() > 0 && now_ns() < deadline)
    turn();
  // What is delivered twice comes after the first time.
  for (auto late = from_now(std::min(options_.drain, 1.0)); now_ns() < late;)
    turn();
}

void comeback_load::finish() {
  for (std::uint32_t r = 0; r < options_.rooms; ++r)
    report_.found += checkers_[r].finish(
      {window_of(r, 0).emitted(), window_of(r, outside).emitted()});
  report_.errors.unanswered += unfinished();
  report_.caught_up_s = seconds_between(fault_at_, last_missed_at_);
}

std::uint64_t comeback_load::unfinished() const {
  std::uint64_t sum = 0;
  for (auto& window : windows_)
    sum += window.unfinished();
  return sum;
}

void comeback_load::turn() {
  auto until = now_ns() + longest_turn;
  if (emitting_)
    until = std::min({until, next_emit_, next_write_});
  poller_.poll(until);
  auto now = now_ns();
  reopen_due(now);
  if (emitting_) {
    emit_due(now);
    write_due(now);
  }
  back_end_.poll();
  context_.flush_all();
}

// -- load ---------------------------------------------------------------------

/// A client that is away emits nothing.
void comeback_load::emit_due(std::uint64_t now) {
  for (; next_emit_ <= now; next_emit_ += interval_of(options_.rate)) {
    auto room = next_emit_room_;
    next_emit_room_ = (next_emit_room_ + 1) % options_.rooms;
    auto who = room * options_.members;
    auto& window = window_of(room, 0);
    if (!clients_[who].is_connected() || window.full())
      continue;
    auto seq = window.emit(next_emit_, options_.members);
    packet_.clear();
    append_emit(packet_, seq + first_emit_ack, {who, seq, room, next_emit_},
                filler_);
    clients_[who].send(packet_);
  }
}

void comeback_load::write_due(std::uint64_t now) {
  for (; next_write_ <= now; next_write_ += interval_of(options_.outside)) {
    auto room = next_write_room_;
    next_write_room_ = (next_write_room_ + 1) % options_.rooms;
    auto& window = window_of(room, outside);
    if (window.full()) {
      ++report_.errors.left_out;
      continue;
    }
    auto seq = window.emit(next_write_, options_.members);
    auto who = static_cast<std::uint32_t>(joined_.size()) + room;
    back_end_.write(std::uint64_t{room} << 32 | seq,
                    {who, seq, room, next_write_}, filler_);
    ++report_.written;
  }
}

// -- clients ------------------------------------------------------------------

void comeback_load::on_connected(client& who) {
  if (!joined_[who.index()]) {
    clients_.connected();
    who.send("420[\"join\",\"r" + std::to_string(room_of(who.index())) + "\"]");
    return;
  }
  attempts_[who.index()] = 0;
  report_.new_sessions += who.recovered() ? 0 : 1;
  on_back();
}

void comeback_load::on_back() {
  auto now = now_ns();
  report_.back.record(now - fault_at_);
  if (report_.back.count() == report_.clients)
    back_at_ = now;
}

void comeback_load::on_closed(client& who, std::string_view) {
  auto index = who.index();
  if (fault_at_ == 0)
    fault_at_ = now_ns();
  if (back_at_ != 0 || !joined_[index])
    ++report_.errors.disconnected;
  if (place_of(index) == 0)
    window_of(room_of(index), 0).give_up([&](std::uint32_t seq) {
      ++report_.uncertain;
      checkers_[room_of(index)].refused(0, seq);
    });
  reopen_later(who);
}

void comeback_load::reopen_later(const client& who) {
  auto& attempts = attempts_[who.index()];
  auto delay = std::min(reconnection_delay << std::min(attempts, 8u),
                        reconnection_delay_max);
  ++attempts;
  std::uniform_real_distribution<double> around{1 - randomization_factor,
                                                1 + randomization_factor};
  auto wait = static_cast<std::uint64_t>(double(delay) * around(random_));
  reopenings_.push({now_ns() + wait, who.index()});
}

void comeback_load::reopen_due(std::uint64_t now) {
  while (!reopenings_.empty() && reopenings_.top().at <= now) {
    auto who = reopenings_.top().client;
    reopenings_.pop();
    clients_[who].reopen();
  }
}

void comeback_load::on_event(client& who, std::string_view arguments) {
  auto event = parse_event(arguments);
  if (!event) {
    ++report_.errors.malformed;
    return;
  }
  auto room = room_of(who.index());
  auto emitter = event->emitter < joined_.size() ? 0 : outside;
  if (event->room != room || event->seq >= window_of(room, emitter).emitted()) {
    ++report_.found.foreign;
    return;
  }
  checkers_[room].delivered(place_of(who.index()), emitter, event->seq);
  window_of(room, emitter).delivered(event->seq);
  ++report_.deliveries;
  if (fault_at_ == 0)
    report_.delivery_latency.record(context_.read_at
                                    - std::min(context_.read_at, event->time));
  else if (back_at_ == 0 || event->time < back_at_)
    last_missed_at_ = context_.read_at;
}

void comeback_load::on_ack(client& who, std::string_view text) {
  auto ack = parse_ack(text);
  if (!ack) {
    ++report_.errors.malformed;
    return;
  }
  auto room = room_of(who.index());
  if (ack->ack_id == join_ack) {
    if (!ack->ok)
      throw std::runtime_error{"a join was refused: " + std::string{text}};
    joined_count_ += joined_[who.index()] ? 0 : 1;
    joined_[who.index()] = true;
    return;
  }
  auto seq = ack->ack_id - first_emit_ack;
  if (ack->ok) {
    report_.acked += window_of(room, 0).acked(seq) != 0 ? 1 : 0;
    return;
  }
  // `timeout` says that it may be stored; `unavailable`, that it is not.
  ++report_.errors.refused;
  checkers_[room].refused(0, seq);
  window_of(room, 0).refused(seq);
}

std::string to_json(const comeback_report& report) {
  json_object out;
  out.add("clients", report.clients)
    .add("deliveries", report.deliveries)
    .add("acked", report.acked)
    .add("written", report.written)
    .add("uncertain", report.uncertain)
    .add("back", report.back.count())
    .add("new_sessions", report.new_sessions)
    .add("back_ms", to_json(report.back))
    .add("caught_up_s", report.caught_up_s)
    .add("delivery_ms_before", to_json(report.delivery_latency))
    .add("errors", to_json(report.errors))
    .add("violations", to_json(report.found));
  return out.text();
}

} // namespace weir::bench
