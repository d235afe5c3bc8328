#include "tools/bench/load/process_usage.hpp"

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

using weir::bench::cpu_meter;

BOOST_AUTO_TEST_SUITE(process_usage_)

BOOST_AUTO_TEST_CASE(says_which_thread_has_used_what) {
  std::atomic<bool> ended{false};
  // Its name holds what ends a name in the kernel's line.
  std::thread busy{[&ended] {
    pthread_setname_np(pthread_self(), "busy) 1 2");
    while (!ended)
      ;
  }};
  cpu_meter cpu{{}};
  cpu.start();
  auto of_busy = [&cpu] {
    cpu.stop();
    auto all = cpu.readings().at(0);
    auto i = std::find_if(all.threads.begin(), all.threads.end(),
                          [](auto& x) { return x.name == "busy) 1 2"; });
    auto used = i == all.threads.end() ? 0.0 : i->used.user;
    return used * cpu.seconds();
  };
  while (of_busy() < 0.05)
    usleep(10'000);
  ended = true;
  busy.join();
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_a_process_that_is_gone) {
  // Above the kernel's largest number.
  constexpr pid_t nobody = 1 << 30;
  BOOST_TEST(weir::bench::cpu_seconds(nobody).total() == 0);
  BOOST_TEST(weir::bench::thread_seconds(nobody).empty());
}

BOOST_AUTO_TEST_SUITE_END()
