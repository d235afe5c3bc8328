#include "actors/runtime/message_meter.hpp"

#include "actors/runtime/metrics/node.hpp"

#include <caf/error.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <mutex>

namespace weir {

namespace {

// All meters of the process: an actor's costs as much as its place in here.
std::mutex mutex; // guards the list
message_meter* first = nullptr;

bool is_failure(const caf::error& reason) {
  return reason && reason != caf::exit_reason::normal
         && reason != caf::exit_reason::user_shutdown;
}

} // namespace

actor_counters::actor_counters(caf::actor_system& system, const char* type)
  : actors(gauge(system, metrics::actors, type)),
    mailbox(gauge(system, metrics::actor_mailbox, type)),
    messages(count(system, metrics::actor_messages, type)),
    mailbox_time(histogram(system, metrics::actor_mailbox_time, type)),
    processing_time(histogram(system, metrics::actor_processing_time, type)) {
}

message_meter::message_meter(caf::actor_system& system, const char* type,
                             caf::actor_id id)
  : all_(system, type), system_(&system), type_(type), id_(id) {
  all_.actors->inc();
  enlist();
}

/// The memory of an actor goes when nobody knows it any more, which may be
/// before it has ended, if it never began.
message_meter::~message_meter() {
  delist();
}

void message_meter::observe(const caf::mailbox_element& x,
                            clock::time_point begin) {
  using seconds = std::chrono::duration<double>;
  auto time = clock::now() - begin;
  timed_.add(time.count());
  all_.mailbox_time->observe(x.seconds_until(begin));
  all_.processing_time->observe(seconds{time}.count());
}

void message_meter::handled(std::int64_t n) {
  if (n == 0)
    return;
  all_.messages->inc(n);
  if (is_over_)
    return; // `end` has accounted for them
  handled_.add(n);
  all_.mailbox->dec(n);
}

// Settles what is counted until now, also for those senders that are about to
// be refused; who comes later sees that there is nothing to count any more.
void message_meter::end(const caf::error& reason) {
  auto enqueued = enqueued_.exchange(ended, std::memory_order_relaxed);
  all_.mailbox->dec(enqueued - handled_.get());
  all_.actors->dec();
  is_over_ = true;
  if (is_failure(reason))
    count(*system_, metrics::actor_failures, type_)->inc();
  delist();
}

std::int64_t message_meter::mailbox() const {
  auto enqueued = enqueued_.load(std::memory_order_relaxed);
  return std::max<std::int64_t>(enqueued - handled_.get(), 0);
}

// -- all of them --------------------------------------------------------------

void message_meter::enlist() {
  std::lock_guard guard{mutex};
  next_ = first;
  if (next_ != nullptr)
    next_->here_ = &next_;
  here_ = &first;
  first = this;
}

void message_meter::delist() {
  std::lock_guard guard{mutex};
  if (here_ == nullptr)
    return;
  *here_ = next_;
  if (next_ != nullptr)
    next_->here_ = here_;
  here_ = nullptr;
}

void message_meter::each(const caf::actor_system& system,
                         const std::function<void(const message_meter&)>& f) {
  std::lock_guard guard{mutex};
  for (auto* x = first; x != nullptr; x = x->next_)
    if (x->system_ == &system)
      f(*x);
}

} // namespace weir
