// How consumer::impl leaves its group and closes; consumer_impl.cpp has the
// rest.

#include "transport/kafka/consumer_impl.hpp"

#include <chrono>
#include <cstdlib>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long the destructor waits for the client to be closed.
constexpr milliseconds close_timeout{5000};
constexpr milliseconds leave_poll{50};

} // namespace

// A static member that closes stays in the group until its session is over,
// so that its partitions would have no owner for that long. It leaves when it
// unsubscribes and has given back what it had, if it is not closing by then.
void consumer::impl::start_leave() {
  if (!closed() && member.start_leaving(clock::now()))
    wake();
}

void consumer::impl::poll_leave() {
  if (!member.is_leaving())
    return;
  if (member.must_unsubscribe(clock::now(), brokers.state().reachable)) {
    report(rd_kafka_unsubscribe(client.get()), "unsubscribe");
    member.on_unsubscribed(clock::now());
  }
  member.note_in_group(in_group());
}

// Called when the queue is empty. A client that is told to close while an
// assignment waits for its answer never closes (librdkafka 2.0.2): no answer
// counts from then on. One that has unsubscribed and is no member any more gets
// none, and what it got before was in the queue. One that the group does not
// let go in time takes that risk.
void consumer::impl::close_if_left() {
  if (revoking.empty() && member.may_close(clock::now()))
    start_close();
}

// The member's id is given up as the request to leave is sent. librdkafka asks
// its own thread for it.
bool consumer::impl::in_group() const {
  const std::unique_ptr<char, decltype(&std::free)> id{
    rd_kafka_memberid(client.get()), &std::free};
  return id && *id != '\0';
}

void consumer::impl::start_close() {
  if (!member.start_closing())
    return;
  error_handle error{rd_kafka_consumer_close_queue(client.get(), queue.get())};
  if (error)
    member.on_close_refused();
  report(std::move(error), "close");
}

bool consumer::impl::closed() const {
  return member.never_closes() || rd_kafka_consumer_closed(client.get()) != 0;
}

// Whoever owned this answers the group no more.
void consumer::impl::leave_and_wait() {
  give_all_back();
  begin_end();
  auto deadline = clock::now() + close_timeout;
  for (poll_leave(); !closed() && clock::now() < deadline; poll_leave()) {
    auto is_quick = member.now() == membership::phase::left;
    event_handle event{
      // on a loop: only of a node that ends without having closed it
      rd_kafka_queue_poll(queue.get(),
                          is_quick ? 0 : static_cast<int>(leave_poll.count()))};
    if (!event)
      close_if_left();
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
      answer(event.get());
  }
}

void consumer::impl::answer(rd_kafka_event_t* rebalance) {
  member.on_assigned();
  note_awaited(rebalance);
  give_all_back();
}

// Also completes whatever the group has asked for; else librdkafka would wait
// for that forever.
void consumer::impl::give_all_back() {
  add({});
  unassign({assigned.begin(), assigned.end()});
  revoking.clear();
}

} // namespace weir::kafka
