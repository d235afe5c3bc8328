#include "tools/bench/load/room_load.hpp"

#include "tools/bench/load/stage.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::bench {

namespace {

/// The emit with number n has ack id n + first_emit_ack; the join has 0.
constexpr std::uint32_t join_ack = 0;
constexpr std::uint32_t first_emit_ack = 1;
/// How many emits of one emitter the open loop lets be on their way: enough for
/// seconds of a stalled server, without eating the machine's memory.
constexpr std::uint32_t open_loop_window = 8'192;
/// No turn is longer, so that the ends of phases are seen.
constexpr std::uint64_t longest_turn = 20 * ns_per_ms;

} // namespace

room_load::room_load(const load_options& options)
  : options_(options),
    filler_(options.filler, 'x'),
    context_{poller_, *this, options},
    clients_(context_, options.handshakes),
    checkers_(options.rooms, {options.members, options.emitters}),
    windows_(options.rooms * options.emitters,
             emit_window{options.rate > 0 ? open_loop_window : options.window}),
    joined_(options.rooms * options.members) {
}

load_report room_load::run() {
  connect_and_join();
  each_silent([](client& who) { who.pause_reading(); });
  tell_stage("emitting");
  emitting_ = true;
  if (options_.rate > 0) {
    interval_ = static_cast<std::uint64_t>(double(ns_per_s) / options_.rate);
    next_due_ = now_ns() + interval_;
  } else {
    for (std::uint32_t i = 0; i < windows_.size(); ++i)
      refill(i);
  }
  emit_for(options_.warmup);
  cpu_meter cpu{options_.watched};
  cpu.start();
  measuring_ = true;
  emit_for(options_.seconds);
  measuring_ = emitting_ = false;
  cpu.stop();
  report_.cpu = cpu.readings();
  report_.seconds = cpu.seconds();
  tell_stage("draining");
  drain();
  finish();
  return report_;
}

void room_load::connect_and_join() {
  auto count = static_cast<std::uint32_t>(joined_.size());
  auto deadline = from_now(options_.connect_timeout);
  clients_.grow_to(count);
  while (joined_count_ < count) {
    const bool all_connected = clients_.connected_count() == count;
    auto repeat_at = from_now(options_.join_timeout);
    while (joined_count_ < count && now_ns() < repeat_at)
      turn(repeat_at);
    if (report_.errors.disconnected > 0)
      throw std::runtime_error{
        "a client was disconnected before it had joined"};
    if (now_ns() > deadline)
      throw std::runtime_error{"only " + std::to_string(joined_count_) + " of "
                               + std::to_string(count) + " clients joined"};
    if (all_connected)
      repeat_joins();
  }
}

/// Some servers forget a join that comes before their handlers are in place;
/// real clients repeat it too.
void room_load::repeat_joins() {
  for (std::uint32_t i = 0; i < joined_.size(); ++i)
    if (!joined_[i]) {
      ++report_.joins_repeated;
      join(clients_[i]);
    }
}

void room_load::join(client& who) {
  who.send("420[\"join\",\"r" + std::to_string(room_of(who.index())) + "\"]");
}

void room_load::emit_for(double seconds) {
  auto deadline = from_now(seconds);
  while (now_ns() < deadline)
    turn(deadline);
}

void room_load::drain() {
  auto deadline = from_now(options_.drain);
  auto begin = now_ns();
  each_silent([](client& who) { who.resume_reading(); });
  while (unfinished() > 0 && now_ns() < deadline)
    turn(deadline);
  report_.drained_after = static_cast<double>(now_ns() - begin)
                          / static_cast<double>(ns_per_s);
  // What is delivered twice comes after the first time.
  auto late = from_now(std::min(options_.drain, 0.5));
  while (now_ns() < late)
    turn(late);
}

/// The last members of each room.
template <class F>
void room_load::each_silent(F f) {
  for (std::uint32_t i = 0; i < joined_.size(); ++i)
    if (place_of(i) >= options_.members - options_.silent)
      f(clients_[i]);
}

void room_load::finish() {
  for (std::uint32_t r = 0; r < options_.rooms; ++r) {
    std::vector<std::uint32_t> emitted;
    for (std::uint32_t e = 0; e < options_.emitters; ++e)
      emitted.push_back(windows_[r * options_.emitters + e].emitted());
    report_.found += checkers_[r].finish(emitted);
  }
  report_.errors.unanswered += unfinished();
}

std::uint64_t room_load::unfinished() const {
  std::uint64_t sum = 0;
  for (auto& window : windows_)
    sum += window.unfinished();
  return sum;
}

void room_load::turn(std::uint64_t deadline) {
  deadline = std::min({deadline, next_due_, now_ns() + longest_turn});
  poller_.poll(deadline);
  if (emitting_)
    emit_due();
  context_.flush_all();
}

void room_load::emit_due() {
  auto now = now_ns();
  for (; next_due_ <= now; next_due_ += interval_) {
    if (windows_[next_emitter_].full())
      ++report_.errors.left_out;
    else
      emit(next_emitter_, next_due_);
    next_emitter_ = (next_emitter_ + 1) % std::uint32_t(windows_.size());
  }
}

/// `emitter` counts emitters only; its client's number is another.
void room_load::emit(std::uint32_t emitter, std::uint64_t time) {
  auto room = emitter / options_.emitters;
  auto who = room * options_.members + emitter % options_.emitters;
  auto seq = windows_[emitter].emit(time, options_.members);
  packet_.clear();
  append_emit(packet_, seq + first_emit_ack, {who, seq, room, time}, filler_,
              options_.form);
  clients_[who].send(packet_);
}

void room_load::refill(std::uint32_t emitter) {
  while (emitting_ && options_.rate == 0 && !windows_[emitter].full())
    emit(emitter, now_ns());
}

void room_load::on_connected(client& who) {
  clients_.connected();
  join(who);
}

bool room_load::is_known(const load_event& event,
                         std::uint32_t receiver) const {
  return event.room == room_of(receiver)
         && event.emitter < options_.rooms * options_.members
         && room_of(event.emitter) == event.room
         && place_of(event.emitter) < options_.emitters;
}

void room_load::on_event(client& who, std::string_view arguments) {
  auto event = parse_event(arguments, options_.form);
  if (!event) {
    ++report_.errors.malformed;
    return;
  }
  if (!is_known(*event, who.index())
      || event->seq >= window_of(event->emitter).emitted()) {
    ++report_.found.foreign;
    return;
  }
  checkers_[event->room].delivered(place_of(who.index()),
                                   place_of(event->emitter), event->seq);
  if (measuring_) {
    ++report_.deliveries;
    report_.delivery_latency.record(context_.read_at
                                    - std::min(context_.read_at, event->time));
  }
  window_of(event->emitter).delivered(event->seq);
  refill(event->room * options_.emitters + place_of(event->emitter));
}

void room_load::on_ack(client& who, std::string_view text) {
  auto ack = parse_ack(text);
  if (!ack)
    ++report_.errors.malformed;
  else if (ack->ack_id == join_ack)
    on_join_ack(who, ack->ok, text);
  else
    on_emit_ack(who, ack->ack_id - first_emit_ack, ack->ok);
}

void room_load::on_join_ack(client& who, bool ok, std::string_view text) {
  if (!ok)
    throw std::runtime_error{"a join was refused: " + std::string{text}};
  if (!joined_[who.index()])
    ++joined_count_;
  joined_[who.index()] = true;
}

void room_load::on_emit_ack(client& who, std::uint32_t seq, bool ok) {
  auto room = room_of(who.index());
  auto place = place_of(who.index());
  auto& window = window_of(who.index());
  if (!ok) {
    ++report_.errors.refused;
    checkers_[room].refused(place, seq);
    window.refused(seq);
  } else if (auto time = window.acked(seq); time != 0 && measuring_) {
    ++report_.acks;
    report_.ack_latency.record(context_.read_at
                               - std::min(context_.read_at, time));
  }
  refill(room * options_.emitters + place);
}

void room_load::on_closed(client&, std::string_view) {
  ++report_.errors.disconnected;
}

} // namespace weir::bench
