#include "transport/kafka/leader_query.hpp"

#include "transport/kafka/partition_list.hpp"

#include <span>

namespace weir::kafka {

namespace {

constexpr int request_timeout_ms = 2000;

using options_handle
  = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

std::optional<log_leader> answer_of(rd_kafka_event_t* event) {
  if (rd_kafka_event_error(event))
    return {};
  std::size_t count = 0;
  auto** infos = rd_kafka_ListOffsets_result_infos(
    rd_kafka_event_ListOffsets_result(event), &count);
  for (auto* x : std::span{infos, count}) {
    auto* at = rd_kafka_ListOffsetsResultInfo_topic_partition(x);
    if (at->err == RD_KAFKA_RESP_ERR_NO_ERROR)
      return log_leader{rd_kafka_topic_partition_get_leader_epoch(at),
                        at->offset};
  }
  return {};
}

} // namespace

leader_query::leader_query(rd_kafka_t* client)
  : client_{client}, answers_{rd_kafka_queue_new(client)} {
}

void leader_query::ask(const topic_partition& partition) {
  if (is_asking_)
    return;
  const options_handle options{
    rd_kafka_AdminOptions_new(client_, RD_KAFKA_ADMIN_OP_LISTOFFSETS)};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), request_timeout_ms,
                                            nullptr, 0);
  auto list = to_list(
    partition_positions{{partition, {RD_KAFKA_OFFSET_SPEC_LATEST, 0, -1}}});
  rd_kafka_ListOffsets(client_, list.get(), options.get(), answers_.get());
  is_asking_ = true;
}

std::optional<log_leader> leader_query::take() {
  if (!is_asking_)
    return {};
  const event_handle event{rd_kafka_queue_poll(answers_.get(), 0)};
  if (!event)
    return {};
  is_asking_ = false;
  return answer_of(event.get());
}

} // namespace weir::kafka
