#pragma once

#include "actors/runtime/io_loop.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace weir::test {

using namespace std::chrono_literals;

/// An actor system without threads or wall-clock time: nothing happens until
/// the test calls `run` or `advance`. Actors are to be spawned at `executor`
/// and handed to `keep`, which ends them with the test.
class deterministic_actor_system {
public:
  struct config : caf::actor_system_config {
    config() { set("caf.scheduler.policy", "testing"); }
  };

  deterministic_actor_system() = default;

  /// Probes end first: what they write to is gone already.
  ~deterministic_actor_system() {
    end_all(probes_);
    end_all(actors_);
  }

  /// Delivers every queued message, in the order in which actors became ready.
  std::size_t run() { return scheduler.run(); }

  /// Lets virtual time pass, then delivers whatever became due.
  void advance(caf::timespan interval) {
    run();
    scheduler.advance_time(interval);
    run();
  }

  /// Sends without a sender that matters, then runs.
  template <class Handle, class Message>
  void tell(const Handle& to, Message message) {
    self->send(to, std::move(message));
    run();
  }

  /// Likewise, as if `from` had sent it.
  template <class From, class Handle, class Message>
  void tell_as(const From& from, const Handle& to, Message message) {
    caf::send_as(from, to, std::move(message));
    run();
  }

  /// Asks, runs, and returns the answer; nothing where none has come.
  template <class Answer, class Handle, class Message>
  std::optional<Answer> ask(const Handle& to, Message message) {
    std::optional<Answer> result;
    auto request = self->request(to, 1s, std::move(message));
    run();
    if (self->mailbox().empty())
      return result;
    request.receive([&](Answer& x) { result = std::move(x); },
                    [](const caf::error&) {});
    return result;
  }

  template <class Handle>
  Handle keep(Handle actor) {
    actors_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  /// Spawns an actor of type `Handle` that records everything it receives: one
  /// log for each message of its interface, in any order.
  template <class Handle, class... Ts>
  Handle spawn_probe(std::vector<Ts>*... logs) {
    auto probe = system.spawn([=](typename Handle::pointer) {
      return typename Handle::behavior_type{
        [log = logs](Ts& x) { log->push_back(std::move(x)); }...};
    });
    return keep_probe(probe);
  }

  /// For probes that answer: like `keep`, for actors that write to the test.
  template <class Handle>
  Handle keep_probe(Handle probe) {
    probes_.push_back(caf::actor_cast<caf::actor>(probe));
    return probe;
  }

  /// Lets the actor's code be called outside of its handlers, as a session does
  /// on a loop; until the next `run`.
  template <class Handle>
  void lend_thread_to(const Handle& actor) {
    auto* target = caf::actor_cast<caf::abstract_actor*>(actor);
    dynamic_cast<caf::local_actor&>(*target).context(&outside_);
  }

  /// Ends an actor as its owner would.
  template <class Handle>
  void end(const Handle& actor) {
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }

  /// Whether the actor has terminated.
  template <class Handle>
  static bool is_over(const Handle& actor) {
    return caf::actor_cast<caf::abstract_actor*>(actor)->getf(
      caf::abstract_actor::is_cleaned_up_flag);
  }

  config cfg;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system, true};
  caf::scheduler::test_coordinator& scheduler
    = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  actor_executor executor{system};

private:
  void end_all(std::vector<caf::actor>& actors) {
    for (auto& x : std::exchange(actors, {}))
      self->send_exit(x, caf::exit_reason::kill);
    run();
  }

  caf::scoped_execution_unit outside_{&system};
  std::vector<caf::actor> probes_;
  std::vector<caf::actor> actors_;
};

} // namespace weir::test
