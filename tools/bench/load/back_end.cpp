#include "tools/bench/load/back_end.hpp"

#include <utility>

namespace weir::bench {

namespace {

constexpr int flush_timeout_ms = 60'000;
constexpr int retry_after_ms = 10;

kafka_properties properties(const load_options& options) {
  return {{"bootstrap.servers", options.brokers},
          {"enable.idempotence", "true"},
          {"acks", "all"},
          {"linger.ms", "2"},
          {"partitioner", "murmur2_random"}};
}

/// Numbers begin at 0, which librdkafka's opaque pointer may be as well.
void* to_opaque(std::uint64_t number) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(number));
}

} // namespace

back_end::back_end(const load_options& options, report on_report)
  : topic_(options.topic),
    on_report_(std::move(on_report)),
    producer_(make_kafka(RD_KAFKA_PRODUCER, properties(options),
                         &back_end::on_delivery, this)) {
}

void back_end::write(std::uint64_t number, const load_event& event,
                     std::string_view filler) {
  key_ = "r" + std::to_string(event.room);
  value_.clear();
  append_object(value_, event, filler);
  for (;;) {
    auto error
      = rd_kafka_producev(producer_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()),
                          RD_KAFKA_V_KEY(key_.data(), key_.size()),
                          RD_KAFKA_V_VALUE(value_.data(), value_.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_OPAQUE(to_opaque(number)), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
      return;
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      throw std::runtime_error{rd_kafka_err2str(error)};
    rd_kafka_poll(producer_.get(), retry_after_ms);
  }
}

void back_end::flush() {
  if (rd_kafka_flush(producer_.get(), flush_timeout_ms)
      != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error{"Kafka does not store what back ends write"};
}

void back_end::on_delivery(rd_kafka_t*, const rd_kafka_message_t* record,
                           void* self) {
  auto number = static_cast<std::uint64_t>(
    reinterpret_cast<std::uintptr_t>(record->_private));
  static_cast<back_end*>(self)->on_report_(
    number, record->err == RD_KAFKA_RESP_ERR_NO_ERROR);
}

} // namespace weir::bench
