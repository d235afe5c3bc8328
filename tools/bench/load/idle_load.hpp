#pragma once

// Connections that do nothing but answer pings: what does one cost in memory?

#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::bench {

/// Resident memory of one watched process, by number of connections.
struct idle_report {
  std::string process;
  std::uint64_t kb_empty = 0;
  /// With the first connections, so that what every server sets up once (code
  /// paths, allocator arenas) can be told from what a connection costs.
  std::uint64_t kb_first = 0;
  std::uint64_t kb_all = 0;
  double cores = 0;
};

class idle_load final : public client_events {
public:
  explicit idle_load(const load_options& options);

  /// Throws std::runtime_error when a client cannot connect or is closed.
  std::vector<idle_report> run();

private:
  void on_connected(client&) override { clients_.connected(); }
  void on_event(client&, std::string_view) override {}
  void on_ack(client&, std::string_view) override {}
  void on_closed(client& who, std::string_view reason) override;

  void grow_to(std::uint32_t count);
  void stay_for(double seconds);
  void turn();

  load_options options_;
  bench::poller poller_;
  client_context context_;
  crowd clients_;
};

std::string to_json(const load_options& options,
                    const std::vector<idle_report>& reports);

} // namespace weir::bench
