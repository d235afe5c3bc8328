#pragma once

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir::http {

/// Why a command gets no further, for people.
struct step_failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A loop for a command that does one thing after the other, and waits for
/// each. Not for a node, whose loops wait for nothing.
class timed_loop {
public:
  using clock = std::chrono::steady_clock;

  boost::asio::io_context& context() { return loop_; }

  /// For an operation that is waited for. Its end comes by this loop: Asio
  /// leaves that of one which is over at once to a thread of its own, and the
  /// loop has nothing to do before.
  auto token() {
    return boost::asio::bind_executor(loop_.get_executor(),
                                      boost::asio::use_future);
  }

  /// What an operation with `token()` gives. Throws `step_failed`; with
  /// `too_late`, if it is not over by `end`.
  template <class T>
  // The future is not waited for on a loop: it runs this one.
  T wait(std::future<T> x, clock::time_point end, const std::string& too_late) {
    loop_.restart();
    loop_.run_until(end);
    if (x.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
      throw step_failed{too_late};
    try {
      return x.get();
    } catch (const boost::system::system_error& e) {
      throw step_failed{e.code().message()};
    }
  }

private:
  boost::asio::io_context loop_;
};

} // namespace weir::http
