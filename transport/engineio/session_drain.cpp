#include "transport/engineio/session_drain.hpp"

#include "transport/engineio/session_io.hpp"

#include <algorithm>
#include <utility>

namespace weir::engineio {

using std::chrono::steady_clock;

drain_pace::drain_pace(std::size_t sessions, duration over)
  : sessions_(sessions),
    gap_(over
         / static_cast<duration::rep>(std::max(sessions, std::size_t{1}))) {
  gap_ = std::min<duration>(gap_, longest_gap);
}

std::size_t drain_pace::due(duration elapsed) const {
  if (elapsed.count() < 0)
    return 0;
  if (gap_.count() == 0)
    return sessions_;
  return std::min(sessions_, static_cast<std::size_t>(elapsed / gap_) + 1);
}

session_drain::session_drain(std::shared_ptr<loop> on,
                             std::chrono::milliseconds over,
                             std::function<void()> done)
  : loop_(std::move(on)),
    done_(std::move(done)),
    sessions_([this] {
      auto all = loop_->sessions().all();
      return std::vector<std::weak_ptr<session_io>>{all.begin(), all.end()};
    }()),
    pace_(sessions_.size(), over),
    timer_(loop_->get_executor()),
    begin_(steady_clock::now()) {
}

void session_drain::start() {
  go_on();
}

void session_drain::go_on() {
  auto elapsed = steady_clock::now() - begin_;
  for (auto due = pace_.due(elapsed); asked_ < due; ++asked_)
    if (auto session = sessions_[asked_].lock())
      session->ask_to_close();
  auto overdue = pace_.due(elapsed - close_timeout);
  for (; closed_ < asked_; ++closed_) {
    auto session = sessions_[closed_].lock();
    if (session && !session->is_over() && closed_ >= overdue)
      break;
    if (session)
      session->shut_down();
  }
  if (closed_ == sessions_.size()) {
    done_();
    return;
  }
  timer_.expires_after(step);
  timer_.async_wait([me = shared_from_this()](boost::system::error_code e) {
    if (!e)
      me->go_on();
  });
}

} // namespace weir::engineio
