// weir_bench_load: one run of load against one server; prints one JSON object.
//
// Exit status: 0 sound; 1 lost, doubled or misordered deliveries, or errors;
// 2 the run did not come about.

#include "tools/bench/load/arrival_load.hpp"
#include "tools/bench/load/behind_load.hpp"
#include "tools/bench/load/comeback_load.hpp"
#include "tools/bench/load/idle_load.hpp"
#include "tools/bench/load/options.hpp"
#include "tools/bench/load/raw_kafka.hpp"
#include "tools/bench/load/report.hpp"
#include "tools/bench/load/room_load.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdio>
#include <exception>

namespace {

using namespace weir::bench;

/// One descriptor per client.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

template <class Report>
int print(const Report& report) {
  std::puts(to_json(report).c_str());
  return report.sound() ? 0 : 1;
}

int run(const load_options& options) {
  switch (options.mode) {
    case load_mode::rooms:
      return print(room_load{options}.run());
    case load_mode::raw_kafka:
      return print(raw_kafka{options}.run());
    case load_mode::behind:
      return print(behind_load{options}.run());
    case load_mode::comeback:
      return print(comeback_load{options}.run());
    case load_mode::arrivals:
      return print(arrival_load{options}.run());
    case load_mode::idle:
      std::puts(to_json(options, idle_load{options}.run()).c_str());
      return 0;
  }
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  raise_descriptor_limit();
  // The open loop's schedule is finer than the kernel's default slack of 50 us.
  prctl(PR_SET_TIMERSLACK, 1UL);
  try {
    return run(parse_options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weir_bench_load: %s\n", error.what());
    return 2;
  }
}
