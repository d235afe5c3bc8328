#include "actors/runtime/io_loop.hpp"

#include "config/log.hpp"

#include <caf/ref_counted.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace weir {

namespace {

/// Room for some more is made ahead: who makes an actor ready must not fail for
/// want of memory, for nobody would do it later. Where there is none now, the
/// next one tries again.
void keep_spare(std::vector<caf::resumable*>& x) {
  constexpr std::size_t spare = 128;
  if (x.capacity() - x.size() >= spare)
    return;
  try {
    x.reserve(2 * (x.size() + spare));
  } catch (const std::bad_alloc&) {
    return;
  }
}

/// In front of those that are ready: no drain is posted, as there was no memory
/// for that.
constexpr caf::resumable* not_posted = nullptr;

/// Takes that away. Whether a drain is posted.
bool take_posted(std::vector<caf::resumable*>& ready) {
  if (ready.empty() || ready.front() != not_posted)
    return !ready.empty();
  ready.erase(ready.begin());
  return false;
}

} // namespace

io_loop::~io_loop() {
  for (auto* job : ready_)
    if (job != not_posted)
      caf::intrusive_ptr_release(job);
}

void io_loop::exec_later(caf::resumable* job) {
  std::unique_lock guard{mutex_};
  auto is_posted = take_posted(ready_);
  keep_spare(ready_);
  ready_.push_back(job);
  if (is_posted)
    return;
  guard.unlock();
  try {
    boost::asio::post(context_, [this] { drain(); });
  } catch (const std::bad_alloc&) {
    guard.lock(); // whoever makes the next one ready posts it
    ready_.insert(ready_.begin(), not_posted);
  }
}

void io_loop::post(std::function<void()> f) {
  boost::asio::post(context_, std::move(f));
}

void io_loop::drain() {
  keep_spare(turn_);
  {
    std::lock_guard guard{mutex_};
    turn_.swap(ready_);
  }
  for (auto* job : turn_)
    if (job != not_posted)
      resume(job);
  turn_.clear();
}

/// An actor ends where a handler of its fails. Should it fail to do even that,
/// it has its turn again; the others have theirs.
void io_loop::resume(caf::resumable* job) {
  constexpr std::size_t max_messages
    = 300; // per turn, so that I/O gets its share
  try {
    switch (job->resume(this, max_messages)) {
      case caf::resumable::resume_later:
        exec_later(job); // keeps the reference
        break;
      default: // done or awaiting_message: the sender that wakes it refers to it
               // again
        caf::intrusive_ptr_release(job);
    }
  } catch (const std::bad_alloc&) {
    exec_later(job);
  }
}

namespace {

void name_thread(std::size_t i) {
  auto name = "weir.loop-" + std::to_string(i);
  pthread_setname_np(pthread_self(), name.c_str());
}

/// Whoever has no memory for what he does ends by himself (see
/// `engineio::contain`); should even that fail, the others continue.
void run(boost::asio::io_context& context) {
  for (;;) {
    try {
      context.run();
      return;
    } catch (const std::bad_alloc&) {
      try {
        log::limited(log_level::error, "a loop is out of memory", {});
      } catch (const std::bad_alloc&) {
        continue; // there is none for that either
      }
    }
  }
}

} // namespace

io_loops::io_loops(caf::actor_system& system, std::size_t n) : system_(system) {
  if (n == 0)
    n = std::max(1u, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < n; ++i) {
    loops_.push_back(std::make_unique<loop>());
    loops_.back()->actors = std::make_unique<io_loop>(system,
                                                      loops_.back()->context);
  }
}

void io_loops::stop() {
  for (auto& x : loops_)
    x->context.stop();
  for (auto& x : loops_)
    if (x->thread.joinable())
      x->thread.join();
}

void io_loops::start() {
  for (std::size_t i = 0; i < loops_.size(); ++i)
    loops_[i]->thread = std::thread{[i, &context = loops_[i]->context] {
      name_thread(i);
      run(context);
    }};
}

std::vector<boost::asio::io_context*> io_loops::contexts() const {
  std::vector<boost::asio::io_context*> result;
  for (auto& x : loops_)
    result.push_back(&x->context);
  return result;
}

} // namespace weir
