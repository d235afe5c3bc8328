#pragma once

// The only crossing between threads and actors: how CAF and Asio meet.

#include "actors/runtime/actor_turn.hpp"
#include "actors/runtime/message_meter.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/disposable.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace weir {

/// Runs actors on an Asio loop: whatever thread sends to them, their handlers
/// run on the one thread that runs `context`, between two I/O completions.
/// They may therefore use what lives on the loop directly, without locks.
class io_loop : public caf::execution_unit {
public:
  io_loop(caf::actor_system& system, boost::asio::io_context& context)
    : caf::execution_unit(&system), context_(context) {}

  ~io_loop() override;

  /// Makes `job` ready to run; called by senders, from any thread.
  void exec_later(caf::resumable* job) override;

  boost::asio::io_context& context() { return context_; }

  /// Calls `f` on the loop's thread, soon; from any thread.
  void post(std::function<void()> f);

private:
  /// One turn: resumes every actor that was ready when the turn began.
  void drain();
  void resume(caf::resumable* job);

  boost::asio::io_context& context_;
  std::mutex mutex_; // guards ready_ and with it whether a drain is posted
  std::vector<caf::resumable*> ready_;
  std::vector<caf::resumable*> turn_;
};

/// An actor base whose mailbox always wakes it where it was spawned,
/// whichever execution unit the sender runs on. Counts the actors of its type,
/// and their messages.
template <class Base, class State>
class on_loop : public Base {
public:
  explicit on_loop(caf::actor_config& cfg)
    : Base(cfg),
      executor_(cfg.host),
      meter_(this->system(), State::name, this->id()) {}

  /// Runs when the actor ends; its memory may stay until the last handle is
  /// gone, which may be later than the system's own end.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    auto why = reason;
    auto ended = Base::cleanup(std::move(reason), host);
    if (ended)
      meter_.end(why);
    return ended;
  }

  caf::resumable::resume_result resume(caf::execution_unit* host,
                                       std::size_t max) override {
    return take_turn(*this, host, max, meter_);
  }

  using Base::enqueue;

  bool enqueue(caf::mailbox_element_ptr element,
               caf::execution_unit*) override {
    meter_.enqueue(*element);
    auto is_taken = Base::enqueue(std::move(element), executor_);
    if (!is_taken)
      meter_.refused();
    return is_taken;
  }

private:
  caf::execution_unit* executor_;
  message_meter meter_;
};

/// Where to spawn an actor: on a loop, or without one on the system's
/// scheduler, as tests in virtual time do.
class actor_executor {
public:
  explicit actor_executor(caf::actor_system& system, io_loop* loop = nullptr)
    : system_(&system), loop_(loop) {}

  caf::actor_system& system() const { return *system_; }
  io_loop* loop() const { return loop_; }

  /// Spawns an actor with the given state that lives here permanently.
  template <class Handle, class State, class... Ts>
  Handle spawn(Ts&&... xs) const {
    using impl
      = caf::stateful_actor<State, on_loop<typename Handle::base, State>>;
    caf::actor_config cfg{loop_};
    return system_->spawn_impl<impl, caf::no_spawn_options>(
      cfg, std::forward<Ts>(xs)...);
  }

private:
  caf::actor_system* system_;
  io_loop* loop_;
};

/// A deadline of an actor. On a loop it is Asio's (CAF's clock holds what is
/// disposed of until it wakes again, and sorts all of it each time: too dear
/// for every connection to have one); elsewhere CAF's, as tests in virtual time
/// need it.
class loop_timer {
public:
  loop_timer() = default;
  loop_timer(loop_timer&&) = default;
  ~loop_timer() { cancel(); }

  /// Calls `f` between two messages of the actor that owns the timer, unless
  /// it is cancelled or destroyed before.
  template <class Self, class F>
  void start(Self* self, const actor_executor& executor,
             std::chrono::milliseconds delay, F f) {
    cancel();
    if (executor.loop() == nullptr) {
      pending_ = self->run_delayed(delay, std::move(f));
      return;
    }
    timer_ = std::make_shared<boost::asio::steady_timer>(
      executor.loop()->context(), delay);
    // A timer that is due may have its call queued when it is cancelled.
    timer_->async_wait([f = std::move(f), alive = std::weak_ptr{timer_}](
                         boost::system::error_code e) {
      if (!e && !alive.expired())
        f();
    });
  }

  void cancel() {
    timer_.reset();
    if (pending_)
      pending_.dispose();
    pending_ = {};
  }

private:
  std::shared_ptr<boost::asio::steady_timer> timer_;
  caf::disposable pending_;
};

/// The node's loops, a thread each.
class io_loops {
public:
  /// `n` = 0: one per core.
  io_loops(caf::actor_system& system, std::size_t n);
  ~io_loops() { stop(); }

  void start();
  /// Ends the threads; nothing runs on the loops any more.
  void stop();

  std::size_t size() const { return loops_.size(); }
  actor_executor executor(std::size_t i) const {
    return actor_executor{system_, loops_[i % loops_.size()]->actors.get()};
  }

  /// For the transports.
  std::vector<boost::asio::io_context*> contexts() const;

private:
  struct loop {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work{context.get_executor()};
    std::unique_ptr<io_loop> actors;
    std::thread thread;
  };

  caf::actor_system& system_;
  std::vector<std::unique_ptr<loop>> loops_;
};

} // namespace weir
