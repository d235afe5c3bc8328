#pragma once

#include "tests/support/patience.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::test {

/// Where actors on other threads leave what a test waits for.
template <class T>
class inbox {
public:
  void push(T x) {
    std::lock_guard guard{mutex_};
    all_.push_back(std::move(x));
    changed_.notify_all();
  }

  /// Everything that has come, once there are `n`; the test fails when they do
  /// not come in time.
  std::vector<T> wait_for(std::size_t n) {
    std::unique_lock guard{mutex_};
    changed_.wait_for(guard, patience, [&] { return all_.size() >= n; });
    BOOST_TEST_REQUIRE(all_.size() >= n);
    return all_;
  }

  std::size_t size() {
    std::lock_guard guard{mutex_};
    return all_.size();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> all_;
};

} // namespace weir::test
