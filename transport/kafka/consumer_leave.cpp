// How consumer::impl leaves its group and closes; consumer_impl.cpp has the
// rest.

#include "transport/kafka/consumer_impl.hpp"

#include <chrono>
#include <cstdlib>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long a member waits for the group's answers while it leaves, and the
// destructor for the client to be closed.
constexpr milliseconds leave_timeout{2000};
constexpr milliseconds close_timeout{5000};
constexpr milliseconds leave_poll{50};

} // namespace

void consumer::impl::close() {
  if (step == alone_step::assigned) {
    step = alone_step::revoke;
    wake();
  } else {
    start_leave();
  }
}

// A static member that closes stays in the group until its session is over,
// so that its partitions would have no owner for that long. It leaves when it
// unsubscribes and has given back what it had, if it is not closing by then.
void consumer::impl::start_leave() {
  if (leave_until || closing || closed())
    return;
  leave_until = clock::now() + leave_timeout;
  wake();
}

void consumer::impl::be_patient() {
  if (leave_until)
    leave_until = clock::now() + leave_timeout;
}

void consumer::impl::poll_leave() {
  if (!leave_until)
    return;
  if (!unsubscribed) {
    // One that is only about to be a member could not leave, and the group
    // would wait for it: it takes part first, if there is anybody to let it.
    if (is_joining() && brokers.state().reachable
        && clock::now() < *leave_until)
      return;
    report(rd_kafka_unsubscribe(client.get()), "unsubscribe");
    unsubscribed = true;
    be_patient();
  }
  has_left = !in_group();
}

// Called when the queue is empty. A client that is told to close while an
// assignment waits for its answer never closes (librdkafka 2.0.2): no answer
// counts from then on. One that has unsubscribed and is no member any more gets
// none, and what it got before was in the queue. One that the group does not
// let go in time takes that risk.
void consumer::impl::close_if_left() {
  if (!leave_until || !revoking.empty())
    return;
  if (has_left || (unsubscribed && clock::now() >= *leave_until))
    start_close();
}

bool consumer::impl::is_joining() const {
  return subscribed && !was_assigned;
}

// The member's id is given up as the request to leave is sent. librdkafka asks
// its own thread for it.
bool consumer::impl::in_group() const {
  const std::unique_ptr<char, decltype(&std::free)> id{
    rd_kafka_memberid(client.get()), &std::free};
  return id && *id != '\0';
}

void consumer::impl::start_close() {
  leave_until.reset();
  if (std::exchange(closing, true))
    return;
  is_awaited = false;
  error_handle error{rd_kafka_consumer_close_queue(client.get(), queue.get())};
  no_close = static_cast<bool>(error);
  report(std::move(error), "close");
}

bool consumer::impl::closed() const {
  return no_close || rd_kafka_consumer_closed(client.get()) != 0;
}

// What is asked of a client just before it is closed is lost at times, and the
// answer waited for in vain (librdkafka 2.0.2). While it closes it is therefore
// told only what it waits for.
bool consumer::impl::may_answer() {
  return !failed && !stuck && (!closing || std::exchange(is_awaited, false));
}

// Whoever owned this answers the group no more.
void consumer::impl::leave_and_wait() {
  give_all_back();
  alone ? start_close() : start_leave();
  auto deadline = clock::now() + close_timeout;
  for (poll_leave(); !closed() && clock::now() < deadline; poll_leave()) {
    auto patience = has_left && !closing ? 0 : leave_poll.count();
    event_handle event{
      // on a loop: only of a node that ends without having closed it
      rd_kafka_queue_poll(queue.get(), static_cast<int>(patience))};
    if (!event)
      close_if_left();
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
      answer(event.get());
  }
}

void consumer::impl::answer(rd_kafka_event_t* rebalance) {
  was_assigned = true;
  note_awaited(rebalance);
  give_all_back();
}

// Also completes whatever the group has asked for; else librdkafka would wait
// for that for good.
void consumer::impl::give_all_back() {
  add({});
  unassign({assigned.begin(), assigned.end()});
  revoking.clear();
}

} // namespace weir::kafka
