#include "actors/runtime/message_meter.hpp"

#include "actors/runtime/metrics/node.hpp"

namespace weir {

actor_counters::actor_counters(caf::actor_system& system, const char* type)
  : actors(gauge(system, metrics::actors, type)),
    mailbox(gauge(system, metrics::actor_mailbox, type)),
    messages(count(system, metrics::actor_messages, type)),
    mailbox_time(histogram(system, metrics::actor_mailbox_time, type)),
    processing_time(histogram(system, metrics::actor_processing_time, type)) {
}

void message_meter::observe(const caf::mailbox_element& x,
                            clock::time_point begin) {
  using seconds = std::chrono::duration<double>;
  all_.mailbox_time->observe(x.seconds_until(begin));
  all_.processing_time->observe(seconds{clock::now() - begin}.count());
}

void message_meter::handled(std::int64_t n) {
  if (n == 0)
    return;
  all_.messages->inc(n);
  if (is_over_)
    return; // `end` has accounted for them
  handled_ += n;
  all_.mailbox->dec(n);
}

// Settles what is counted until now, also for those senders that are about to
// be refused; who comes later sees that there is nothing to count any more.
void message_meter::end() {
  auto enqueued = enqueued_.exchange(ended, std::memory_order_relaxed);
  all_.mailbox->dec(enqueued - handled_);
  all_.actors->dec();
  is_over_ = true;
}

} // namespace weir
