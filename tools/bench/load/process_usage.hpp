#pragma once

// What another process has used, as the kernel counts it.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::bench {

/// Seconds, in the program itself and in the kernel on its behalf.
struct cpu_time {
  double user = 0;
  double system = 0;

  double total() const { return user + system; }
};

/// Of all its threads, also of those that have ended; 0 if it is gone.
cpu_time cpu_seconds(pid_t pid);

struct thread_time {
  std::string name;
  cpu_time used;
};

/// Of each thread that it has now, by the kernel's number; none if it is gone.
std::map<pid_t, thread_time> thread_seconds(pid_t pid);

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
    cpu_time cores;
    /// Of the threads that were there at the end and have used something.
    std::vector<thread_time> threads;
  };
  std::vector<reading> readings() const;
  double seconds() const;

private:
  /// What one process has used up to now.
  struct usage {
    cpu_time all;
    std::map<pid_t, thread_time> threads;
  };

  std::vector<usage> usages() const;

  std::vector<watched_process> watched_;
  std::vector<usage> before_;
  std::vector<usage> after_;
  double machine_used_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t stopped_ = 0;
};

} // namespace weir::bench
