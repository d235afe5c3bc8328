#include "tools/bench/load/arrival_load.hpp"

#include "tools/bench/load/load_event.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace weir::bench {

namespace {

constexpr std::uint64_t longest_turn = 20 * ns_per_ms;

} // namespace

arrival_load::arrival_load(const load_options& options)
  : options_(options),
    context_{poller_, *this, options},
    begun_(options.members),
    unjoined_(options.members) {
  for (std::uint32_t i = 0; i < options.members; ++i)
    clients_.push_back(std::make_unique<client>(context_, i));
}

arrival_report arrival_load::run() {
  for (std::uint32_t i = 0; i < clients_.size(); ++i)
    gone_.push_back(i);
  go_on_for(options_.warmup);
  cpu_meter cpu{options_.watched};
  cpu.start();
  measuring_ = true;
  go_on_for(options_.seconds);
  measuring_ = false;
  cpu.stop();
  report_.cpu = cpu.readings();
  report_.seconds = cpu.seconds();
  return report_;
}

void arrival_load::go_on_for(double seconds) {
  auto deadline = from_now(seconds);
  while (now_ns() < deadline) {
    for (auto index : std::exchange(gone_, {}))
      arrive(index);
    poller_.poll(std::min(deadline, now_ns() + longest_turn));
    context_.flush_all();
  }
}

void arrival_load::arrive(std::uint32_t index) {
  begun_[index] = now_ns();
  unjoined_[index] = options_.rooms;
  clients_[index]->reopen();
}

void arrival_load::on_connected(client& who) {
  report_.connects += measuring_ ? 1 : 0;
  for (std::uint32_t i = 0; i < options_.rooms; ++i)
    who.send("42" + std::to_string(i) + R"(["join","r)"
             + std::to_string(who.index() * options_.rooms + i) + "\"]");
}

void arrival_load::on_ack(client& who, std::string_view text) {
  auto ack = parse_ack(text);
  if (!ack)
    ++report_.errors.malformed;
  else if (!ack->ok)
    ++report_.errors.refused;
  report_.joins += measuring_ ? 1 : 0;
  if (--unjoined_[who.index()] > 0)
    return;
  if (measuring_)
    report_.latency.record(context_.read_at - begun_[who.index()]);
  who.leave();
  gone_.push_back(who.index());
}

void arrival_load::on_closed(client& who, std::string_view) {
  ++report_.errors.disconnected;
  gone_.push_back(who.index());
}

std::string to_json(const arrival_report& report) {
  json_object out;
  out.add("seconds", report.seconds)
    .add("connects_per_s",
         static_cast<double>(report.connects) / report.seconds)
    .add("joins_per_s", static_cast<double>(report.joins) / report.seconds)
    .add("delivery_ms", to_json(report.latency))
    .add("errors", to_json(report.errors));
  add_cpu(out, report.cpu);
  return out.text();
}

} // namespace weir::bench
