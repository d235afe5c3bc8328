#include "tools/bench/load/idle_load.hpp"

#include "tools/bench/load/report.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir::bench {

namespace {

constexpr std::uint64_t longest_turn = 50 * ns_per_ms;

} // namespace

idle_load::idle_load(const load_options& options)
  : options_(options),
    context_{poller_, *this, options},
    clients_(context_, options.handshakes) {
}

std::vector<idle_report> idle_load::run() {
  std::vector<idle_report> reports;
  for (auto& process : options_.watched)
    reports.push_back({process.name, resident_kb(process.pid)});
  grow_to(std::min(options_.idle_first, options_.idle));
  for (std::size_t i = 0; i < reports.size(); ++i)
    reports[i].kb_first = resident_kb(options_.watched[i].pid);
  grow_to(options_.idle);
  cpu_meter cpu{options_.watched};
  cpu.start();
  stay_for(options_.seconds);
  cpu.stop();
  for (std::size_t i = 0; i < reports.size(); ++i) {
    reports[i].kb_all = resident_kb(options_.watched[i].pid);
    reports[i].cores = cpu.readings()[i].cores.total();
  }
  return reports;
}

void idle_load::grow_to(std::uint32_t count) {
  auto deadline = from_now(options_.connect_timeout);
  clients_.grow_to(count);
  while (clients_.connected_count() < count) {
    if (now_ns() > deadline)
      throw std::runtime_error{
        "only " + std::to_string(clients_.connected_count()) + " of "
        + std::to_string(count) + " clients connected"};
    turn();
  }
  stay_for(options_.settle);
}

void idle_load::stay_for(double seconds) {
  auto until = from_now(seconds);
  while (now_ns() < until)
    turn();
}

void idle_load::turn() {
  poller_.poll(now_ns() + longest_turn);
  context_.flush_all();
}

void idle_load::on_closed(client& who, std::string_view reason) {
  throw std::runtime_error{"client " + std::to_string(who.index())
                           + " was closed: " + std::string{reason}};
}

std::string to_json(const load_options& options,
                    const std::vector<idle_report>& reports) {
  json_object out;
  out.add("connections", std::uint64_t{options.idle})
    .add("connections_first", std::uint64_t{options.idle_first});
  for (auto& r : reports) {
    auto more = std::max(1u, options.idle - options.idle_first);
    json_object process;
    process.add("kb_empty", r.kb_empty)
      .add("kb_first", r.kb_first)
      .add("kb_all", r.kb_all)
      .add("kb_per_connection",
           (static_cast<double>(r.kb_all) - static_cast<double>(r.kb_first))
             / static_cast<double>(more))
      .add("cores", r.cores);
    out.add(r.process, process);
  }
  return out.text();
}

} // namespace weir::bench
