#include "actors/runtime/actor_turn.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduled_actor.hpp>

#include <utility>

namespace weir {

namespace {

using caf::resumable;
using caf::intrusive::task_result;
using clock = message_meter::clock;

/// So many in a row, before urgent ones and those that have come meanwhile.
constexpr std::size_t round_size = 30;

struct turn {
  resumable::resume_result run() {
    while (consumed < max) {
      if (!take_round() && is_waiting())
        return resumable::awaiting_message;
      if (self.finalize())
        return resumable::done;
    }
    return is_waiting() ? resumable::awaiting_message : resumable::resume_later;
  }

  /// False: there was none that the actor would take.
  bool take_round() {
    auto before = consumed;
    auto take = [this](caf::mailbox_element& x) { return handle(x); };
    self.mailbox().fetch_more();
    auto& urgent = self.get_urgent_queue();
    auto& normal = self.get_normal_queue();
    // What was skipped may be taken after another one.
    if (urgent.new_round(round_size, take).consumed_items > 0)
      normal.flush_cache();
    if (normal.new_round(round_size, take).consumed_items > 0)
      urgent.flush_cache();
    drop_streams();
    return consumed > before;
  }

  /// Nobody here sends such a thing; should another node do, it would stay in
  /// the mailbox and keep the actor from ever waiting.
  void drop_streams() {
    auto drop = [this](caf::mailbox_element&) {
      ++handled;
      return task_result::resume;
    };
    self.get_upstream_queue().new_round(round_size, drop);
  }

  task_result handle(caf::mailbox_element& x) {
    using caf::scheduled_actor;
    auto is_timed = message_meter::is_timed(x);
    auto begin = is_timed ? clock::now() : clock::time_point{};
    auto result = self.reactivate(x);
    if (result == scheduled_actor::activation_result::skipped)
      return task_result::skip;
    ++handled;
    if (is_timed)
      meter.observe(x, begin);
    if (result == scheduled_actor::activation_result::terminated)
      return task_result::stop;
    if (result == scheduled_actor::activation_result::dropped)
      return task_result::resume;
    return ++consumed < max ? task_result::resume : task_result::stop_all;
  }

  /// Nothing more for now: whoever sends next wakes the actor. From then on
  /// another thread may have it.
  bool is_waiting() {
    if (consumed > 0)
      self.set_receive_timeout();
    settle();
    return self.mailbox().try_block();
  }

  void settle() {
    auto n = std::exchange(handled, 0);
    if (n == 0)
      return;
    meter.handled(n);
    self.home_system().base_metrics().processed_messages->inc(n);
  }

  caf::scheduled_actor& self;
  std::size_t max;
  message_meter& meter;
  std::size_t consumed = 0;
  std::int64_t handled = 0; ///< and not in the meter yet
};

} // namespace

resumable::resume_result take_turn(caf::scheduled_actor& self,
                                   caf::execution_unit* host, std::size_t max,
                                   message_meter& meter) {
  if (!self.activate(host))
    return resumable::done;
  turn x{self, max, meter};
  auto result = x.run();
  if (result == resumable::done)
    x.settle();
  return result;
}

} // namespace weir
