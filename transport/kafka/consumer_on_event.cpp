// The events of consumer::impl's queue; consumer_impl.cpp has the rest.

#include "transport/kafka/consumer_impl.hpp"
#include "transport/kafka/describe_group.hpp"
#include "transport/kafka/log_line.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace weir::kafka {

namespace {

/// A rebalance has come between: whoever has the partitions then commits.
bool is_overtaken(rd_kafka_resp_err_t x) {
  return x == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS
         || x == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION;
}

} // namespace

void consumer::impl::on_event(rd_kafka_event_t* event) {
  switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_REBALANCE:
      on_rebalance(event);
      break;
    case RD_KAFKA_EVENT_OFFSET_COMMIT:
      on_commit(event);
      break;
    case RD_KAFKA_EVENT_STATS:
      on_statistics(event);
      break;
    case RD_KAFKA_EVENT_DESCRIBETOPICS_RESULT:
      on_topics(event);
      break;
    case RD_KAFKA_EVENT_ERROR:
      on_error(event);
      break;
    case RD_KAFKA_EVENT_LOG:
      on_log(event);
      break;
    case RD_KAFKA_EVENT_DESCRIBECONSUMERGROUPS_RESULT:
      on_group(event);
      break;
    default:
      // A record here would have passed by its partition's queue.
      events.on_error({"unexpected_event", rd_kafka_event_name(event)}, false);
  }
}

// An assignment that comes while the client closes: it never will, see
// close_if_left.
void consumer::impl::note_awaited(rd_kafka_event_t* rebalance) {
  member.on_rebalance(rd_kafka_event_error(rebalance)
                      == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS);
}

void consumer::impl::on_rebalance(rd_kafka_event_t* event) {
  brokers.on_answer();
  note_awaited(event);
  auto partitions = from_list(rd_kafka_event_topic_partition_list(event));
  switch (rd_kafka_event_error(event)) {
    case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
      member.on_assigned();
      if (member.now() != membership::phase::open) // too late for them
        add({});
      else
        events.on_assigned(partitions);
      break;
    case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
      std::erase_if(partitions, [this](auto& x) { return !cells.contains(x); });
      if (partitions.empty()) // they came too late to be handed out
        unassign({});
      else
        revoke(partitions, rd_kafka_assignment_lost(client.get()) != 0);
      break;
    default:
      events.on_error(
        {rd_kafka_err2name(rd_kafka_event_error(event)),
         std::string{"rebalance: "} + rd_kafka_event_error_string(event)},
        false);
      if (member.may_answer())
        rd_kafka_assign(client.get(), nullptr);
  }
}

void consumer::impl::on_commit(rd_kafka_event_t* event) {
  auto error = rd_kafka_event_error(event);
  if (!error || is_overtaken(error))
    brokers.on_answer();
  else
    report(error, "commit");
  if (error)
    events.on_committed(rd_kafka_err2str(error), {});
  else
    events.on_committed({},
                        offsets_in(rd_kafka_event_topic_partition_list(event)));
}

void consumer::impl::on_statistics(rd_kafka_event_t* event) {
  const std::string_view json = rd_kafka_event_stats(event);
  if (auto error = brokers.on_statistics(json))
    events.on_error(error, false);
  figures = read_figures(json);
  counts.on_statistics(json, [this](const std::string& topic, std::int32_t n) {
    events.on_partition_count(topic, n);
  });
}

void consumer::impl::on_group(rd_kafka_event_t* event) {
  auto found = read_description(event);
  if (found.error == rd_kafka_err2str(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE))
    events.on_group_unknown(found.error);
  events.on_group_described(found);
}

void consumer::impl::poll_topics() {
  watch->poll(std::chrono::steady_clock::now());
  if (auto why = watch->take_refusal())
    events.on_topics_unknown(*why);
}

void consumer::impl::on_topics(rd_kafka_event_t* event) {
  auto tell = [this](const std::string& topic, const topic_state& state) {
    starts->note(topic, state);
    logs.note(topic, state);
    events.on_topic(topic, state);
  };
  if (auto error = watch->on_answer(event, std::chrono::steady_clock::now(),
                                    tell))
    events.on_error(error, false);
  else
    brokers.on_answer();
}

void consumer::impl::on_error(rd_kafka_event_t* event) {
  auto error = rd_kafka_event_error(event);
  if (error == RD_KAFKA_RESP_ERR__FATAL)
    return; // fail_if_fatal tells of it
  std::string message = rd_kafka_event_error_string(event);
  brokers.on_error(message, error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN);
  events.on_error({rd_kafka_err2name(error), message}, false);
}

// Whichever event it came with: librdkafka will do nothing more for us.
void consumer::impl::fail_if_fatal() {
  std::array<char, 512> why{};
  auto code = rd_kafka_fatal_error(client.get(), why.data(), why.size());
  if (!code)
    return;
  brokers.on_error(why.data(), false);
  brokers.on_error(why.data(), true);
  fail({rd_kafka_err2name(code), why.data()});
}

void consumer::impl::fail(const kafka_error& why) {
  member.on_failed();
  events.on_error(why, true);
  std::vector<topic_partition> held;
  for (auto& [partition, cell] : cells)
    if (!revoking.contains(partition))
      held.push_back(partition);
  revoke(held, true);
}

void consumer::impl::on_log(rd_kafka_event_t* event) {
  const char* facility = "";
  const char* line = "";
  int level = 0;
  if (rd_kafka_event_log(event, &facility, &line, &level))
    return;
  // These come as RD_KAFKA_EVENT_ERROR too.
  const std::string_view what{facility};
  if (what == "FAIL" || what == "ERROR")
    return;
  if (auto error = read_log_line(level, what, line))
    events.on_error(error, false);
}

void consumer::impl::revoke(const std::vector<topic_partition>& partitions,
                            bool lost) {
  revoking.insert(partitions.begin(), partitions.end());
  events.on_revoked(partitions, lost);
}

void consumer::impl::report(error_handle error, const char* what) {
  if (error)
    events.on_error(
      {rd_kafka_error_name(error.get()),
       std::string{what} + ": " + rd_kafka_error_string(error.get())},
      false);
}

void consumer::impl::report(rd_kafka_resp_err_t error, const char* what) {
  if (error)
    events.on_error({rd_kafka_err2name(error),
                     std::string{what} + ": " + rd_kafka_err2str(error)},
                    false);
}

} // namespace weir::kafka
