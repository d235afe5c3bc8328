#include "tools/bench/load/behind_load.hpp"

#include "tools/bench/load/back_end.hpp"
#include "tools/bench/load/stage.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::bench {

namespace {

constexpr std::uint64_t longest_turn = 20 * ns_per_ms;
/// Rooms that nobody is in, for the records between ours.
constexpr std::uint32_t noise_rooms = 97;
/// What is delivered twice comes after the first time.
constexpr double late = 1;

std::string room_name(std::uint32_t room) {
  return "r" + std::to_string(room);
}

/// `"offset":"0:17"` of a join's answer.
std::string offset_in(std::string_view answer) {
  constexpr std::string_view mark = R"("offset":")";
  auto at = answer.find(mark);
  if (at == std::string_view::npos)
    throw std::runtime_error{"a join was refused: " + std::string{answer}};
  answer.remove_prefix(at + mark.size());
  return std::string{answer.substr(0, answer.find('"'))};
}

} // namespace

behind_load::behind_load(const load_options& options)
  : options_(options),
    context_{poller_, *this, options},
    clients_(context_, options.handshakes),
    checkers_(options.rooms, {options.members, 1}),
    written_(options.rooms, 0),
    seen_(options.rooms * options.members, 0),
    since_(options.rooms * options.members) {
  report_.clients = seen_.size();
  report_.records = options.records;
}

behind_report behind_load::run() {
  come_and_go();
  write_records();
  // The node reads it all once, as it comes, and drops it.
  for (auto until = from_now(options_.settle); now_ns() < until;)
    turn();
  tell_stage("behind");
  catch_up();
  tell_stage("caught-up");
  for (std::uint32_t r = 0; r < options_.rooms; ++r)
    report_.found += checkers_[r].finish({written_[r]});
  return report_;
}

/// Each client's offset in its room, before anything is there.
void behind_load::come_and_go() {
  auto count = static_cast<std::uint32_t>(seen_.size());
  auto deadline = from_now(options_.connect_timeout);
  clients_.grow_to(count);
  while (step_ != step::away) {
    if (now_ns() > deadline)
      throw std::runtime_error{"only " + std::to_string(answered_) + " of "
                               + std::to_string(count)
                               + " clients got through"};
    turn();
    if (answered_ < count)
      continue;
    answered_ = 0;
    step_ = step_ == step::joining ? step::leaving : step::away;
    for (std::uint32_t i = 0; i < count && step_ == step::leaving; ++i)
      clients_[i].send("421[\"leave\",\"" + room_name(room_of(clients_[i]))
                       + "\"]");
  }
}

void behind_load::write_records() {
  const std::string filler(options_.filler, 'x');
  back_end out{options_, [this](std::uint64_t, bool stored) {
                 report_.errors.refused += stored ? 0 : 1;
               }};
  for (std::uint32_t i = 0; i < options_.records; ++i) {
    auto turn_of_ours = i / (options_.noise + 1);
    const bool is_ours = i % (options_.noise + 1) == 0;
    auto room = is_ours ? turn_of_ours % options_.rooms
                        : options_.rooms + i % noise_rooms;
    auto seq = is_ours ? written_[room]++ : i;
    out.write(i, {room, seq, room, now_ns()}, filler);
    if (i % 1024 == 0) {
      out.poll();
      poller_.poll(now_ns()); // pings
      context_.flush_all();
    }
  }
  out.flush();
  for (auto n : written_)
    report_.expected += std::uint64_t{n} * options_.members;
}

void behind_load::catch_up() {
  step_ = step::catching_up;
  begun_ = now_ns();
  auto deadline = from_now(options_.seconds);
  auto count = static_cast<std::uint32_t>(seen_.size());
  for (std::uint32_t i = 0; i < count; ++i)
    clients_[i].send("422[\"join\",\"" + room_name(room_of(clients_[i]))
                     + R"(",{"since":")" + since_[i] + R"("}])");
  while (finished_ < count && now_ns() < deadline)
    turn();
  for (auto until = from_now(late); now_ns() < until;)
    turn();
}

void behind_load::turn() {
  poller_.poll(now_ns() + longest_turn);
  context_.flush_all();
}

void behind_load::on_connected(client& who) {
  clients_.connected();
  who.send("420[\"join\",\"" + room_name(room_of(who)) + "\"]");
}

void behind_load::on_ack(client& who, std::string_view ack) {
  ++answered_;
  if (step_ == step::joining)
    since_[who.index()] = offset_in(ack);
}

void behind_load::on_event(client& who, std::string_view arguments) {
  auto event = parse_event(arguments);
  if (!event) {
    ++report_.errors.malformed;
    return;
  }
  auto room = room_of(who);
  if (step_ != step::catching_up || event->room != room
      || event->seq >= written_[room]) {
    ++report_.found.foreign;
    return;
  }
  checkers_[room].delivered(who.index() % options_.members, 0, event->seq);
  ++report_.deliveries;
  if (++seen_[who.index()] != written_[room])
    return;
  ++finished_;
  report_.caught_up.record(context_.read_at - begun_);
}

void behind_load::on_closed(client&, std::string_view) {
  ++report_.errors.disconnected;
}

std::string to_json(const behind_report& report) {
  json_object out;
  out.add("clients", report.clients)
    .add("records", report.records)
    .add("expected", report.expected)
    .add("deliveries", report.deliveries)
    .add("caught_up_ms", to_json(report.caught_up))
    .add("errors", to_json(report.errors))
    .add("violations", to_json(report.found));
  return out.text();
}

} // namespace weir::bench
