#include "transport/kafka/asking_client.hpp"

#include "transport/kafka/settings.hpp"

#include <algorithm>
#include <utility>

namespace weir::kafka {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds request_timeout{10'000};

/// For librdkafka to say that itself.
constexpr std::chrono::milliseconds grace{2'000};

/// After a connection has failed. Another broker may answer, or another address
/// of that host.
constexpr std::chrono::milliseconds after_failure{4'000};

// What asking again does not change.
bool is_final(rd_kafka_resp_err_t x) {
  return x == RD_KAFKA_RESP_ERR__AUTHENTICATION || x == RD_KAFKA_RESP_ERR__SSL
         || x == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED;
}

bool is_timeout(rd_kafka_event_t* event) {
  auto code = rd_kafka_event_error(event);
  return code == RD_KAFKA_RESP_ERR__TIMED_OUT
         || code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

} // namespace

handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>
asking_options(rd_kafka_t* client, rd_kafka_admin_op_t what) {
  handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy> result{
    rd_kafka_AdminOptions_new(client, what)};
  rd_kafka_AdminOptions_set_request_timeout(
    result.get(), request_timeout.count(), nullptr, 0);
  return result;
}

asking_client::asking_client(rd_kafka_type_t type, conf_handle conf)
  : client_(share(make_client(type, std::move(conf)))),
    queue_(rd_kafka_queue_new(client_.get())) {
  // Errors of the connections come the same way as answers.
  const queue_handle own{rd_kafka_queue_get_main(client_.get())};
  rd_kafka_queue_forward(own.get(), queue_.get());
}

event_handle asking_client::ask(rd_kafka_event_type_t type,
                                const request& send) {
  if (!problem_.empty())
    return nullptr;
  send(client_.get(), queue_.get());
  auto until = clock::now() + request_timeout + grace;
  while (clock::now() < until) {
    // not on a loop: `weir check` asks
    event_handle event{rd_kafka_queue_poll(queue_.get(), 100)};
    if (!event)
      continue;
    if (rd_kafka_event_type(event.get()) == type)
      return is_timeout(event.get()) ? give_up() : std::move(event);
    if (note_error(event.get()))
      return give_up();
    if (!last_error_.empty())
      until = std::min(until, clock::now() + after_failure);
  }
  return give_up();
}

event_handle asking_client::give_up() {
  problem_ = last_error_.empty() ? "no broker answers" : last_error_;
  return nullptr;
}

/// Whether it is of no use to continue. What says more is kept: the reason of
/// one broker, not that all of them are down.
bool asking_client::note_error(rd_kafka_event_t* event) {
  if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_ERROR)
    return false;
  auto code = rd_kafka_event_error(event);
  if (last_error_.empty() || code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    last_error_ = rd_kafka_event_error_string(event);
  return is_final(code);
}

} // namespace weir::kafka
