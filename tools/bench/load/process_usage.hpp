#pragma once

// What another process has used, as the kernel counts it.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {

/// User and system time of all its threads, in seconds; 0 if it is gone.
double cpu_seconds(pid_t pid);

/// All that every process and the kernel have used, in seconds.
double machine_cpu_seconds();

/// Proportional set size in KB: its resident memory, with pages that it
/// shares with other processes counted in part.
std::uint64_t resident_kb(pid_t pid);

/// A process whose use is part of the report.
struct watched_process {
  std::string name;
  pid_t pid = 0;
};

/// The CPU seconds of each between `start` and `stop`, as cores; also this
/// process's own (`load`) and what is left for anybody else (`others`): a
/// machine that is busy with something else measures that too.
class cpu_meter {
public:
  explicit cpu_meter(std::vector<watched_process> watched);

  void start();
  void stop();

  struct reading {
    std::string name;
    double cores = 0;
  };
  std::vector<reading> readings() const;
  double seconds() const;

private:
  std::vector<watched_process> watched_;
  std::vector<double> used_;
  double machine_used_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t stopped_ = 0;
};

} // namespace weir::bench
