#include "tools/bench/load/process_usage.hpp"

#include "tools/bench/load/poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace weir::bench {

double cpu_seconds(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(in, line);
  // The name, in parentheses, may hold spaces; utime and stime are the 12th
  // and 13th fields behind it.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos)
    return 0;
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double machine_cpu_seconds() {
  std::ifstream in{"/proc/stat"};
  std::string cpu;
  // user, nice, system, idle, iowait, irq, softirq
  double used[7] = {};
  in >> cpu;
  for (auto& ticks : used)
    in >> ticks;
  return (used[0] + used[1] + used[2] + used[5] + used[6])
         / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t resident_kb(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  std::string word;
  while (in >> word) {
    std::uint64_t kb = 0;
    if (word == "Pss:" && in >> kb)
      return kb;
  }
  return 0;
}

cpu_meter::cpu_meter(std::vector<watched_process> watched)
  : watched_(std::move(watched)) {
  watched_.push_back({"load", getpid()});
}

void cpu_meter::start() {
  used_.clear();
  for (const auto& process : watched_)
    used_.push_back(-cpu_seconds(process.pid));
  machine_used_ = -machine_cpu_seconds();
  started_ = now_ns();
}

void cpu_meter::stop() {
  stopped_ = now_ns();
  machine_used_ += machine_cpu_seconds();
  for (std::size_t i = 0; i < watched_.size(); ++i)
    used_[i] += cpu_seconds(watched_[i].pid);
}

std::vector<cpu_meter::reading> cpu_meter::readings() const {
  std::vector<reading> result;
  auto others = machine_used_;
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    result.push_back({watched_[i].name, used_[i] / seconds()});
    others -= used_[i];
  }
  result.push_back({"others", std::max(0.0, others / seconds())});
  return result;
}

double cpu_meter::seconds() const {
  return static_cast<double>(stopped_ - started_)
         / static_cast<double>(ns_per_s);
}

} // namespace weir::bench
