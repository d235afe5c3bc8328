#include "tools/bench/load/process_usage.hpp"

#include "tools/bench/load/poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace weir::bench {

namespace {

/// One line of the kernel's about a process or a thread.
thread_time read_stat(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  // The name, in parentheses, may hold spaces; utime and stime are the 12th
  // and 13th fields behind it.
  auto name = line.find('(');
  auto name_end = line.rfind(')');
  if (name == std::string::npos || name_end == std::string::npos)
    return {};
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {line.substr(name + 1, name_end - name - 1),
          {user / ticks, system / ticks}};
}

std::filesystem::path folder_of(pid_t pid) {
  return std::filesystem::path{"/proc"} / std::to_string(pid);
}

cpu_time difference(const cpu_time& a, const cpu_time& b) {
  return {a.user - b.user, a.system - b.system};
}

cpu_time as_cores(const cpu_time& x, double seconds) {
  return {x.user / seconds, x.system / seconds};
}

} // namespace

cpu_time cpu_seconds(pid_t pid) {
  return read_stat(folder_of(pid) / "stat").used;
}

std::map<pid_t, thread_time> thread_seconds(pid_t pid) {
  std::map<pid_t, thread_time> result;
  std::error_code gone;
  std::filesystem::directory_iterator threads{folder_of(pid) / "task", gone};
  for (auto& x : threads)
    result[std::stoi(x.path().filename())] = read_stat(x.path() / "stat");
  return result;
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
  before_ = usages();
  machine_used_ = -machine_cpu_seconds();
  started_ = now_ns();
}

void cpu_meter::stop() {
  stopped_ = now_ns();
  machine_used_ += machine_cpu_seconds();
  after_ = usages();
}

std::vector<cpu_meter::usage> cpu_meter::usages() const {
  std::vector<usage> result;
  for (auto& x : watched_)
    result.push_back({cpu_seconds(x.pid), thread_seconds(x.pid)});
  return result;
}

std::vector<cpu_meter::reading> cpu_meter::readings() const {
  std::vector<reading> result;
  auto others = machine_used_;
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    auto used = difference(after_[i].all, before_[i].all);
    auto& to = result.emplace_back(
      reading{watched_[i].name, as_cores(used, seconds()), {}});
    others -= used.total();
    for (auto& [id, thread] : after_[i].threads) {
      auto before = before_[i].threads.find(id);
      auto since = before == before_[i].threads.end()
                     ? thread.used
                     : difference(thread.used, before->second.used);
      if (since.total() > 0)
        to.threads.push_back({thread.name, as_cores(since, seconds())});
    }
  }
  result.push_back({"others", {std::max(0.0, others / seconds()), 0}, {}});
  return result;
}

double cpu_meter::seconds() const {
  return static_cast<double>(stopped_ - started_)
         / static_cast<double>(ns_per_s);
}

} // namespace weir::bench
