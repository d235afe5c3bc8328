#include "transport/kafka/producer_client.hpp"

#include "transport/kafka/settings.hpp"

#include <array>
#include <utility>

namespace weir::kafka {

namespace {

using headers_handle = handle<rd_kafka_headers_t, rd_kafka_headers_destroy>;

// As an object of ours, because librdkafka 2.0.2 frees headers that it was
// given as fields twice when it refuses the record.
headers_handle headers_of(const outgoing_record& record) {
  headers_handle result{rd_kafka_headers_new(record.headers.size())};
  for (auto& [name, value] : record.headers)
    rd_kafka_header_add(result.get(), name.data(),
                        static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  return result;
}

headers_handle headers_of(const rd_kafka_message_t& x) {
  rd_kafka_headers_t* own = nullptr;
  if (rd_kafka_message_headers(&x, &own))
    return headers_handle{rd_kafka_headers_new(0)};
  return headers_handle{rd_kafka_headers_copy(own)};
}

rd_kafka_vu_t field(rd_kafka_vtype_t type) {
  rd_kafka_vu_t result{};
  result.vtype = type;
  return result;
}

rd_kafka_vu_t bytes_field(rd_kafka_vtype_t type, std::string_view bytes) {
  auto result = field(type);
  // librdkafka copies (MSG_F_COPY) and takes a null pointer for "none".
  result.u.mem.ptr = const_cast<char*>(bytes.data());
  result.u.mem.size = bytes.size();
  return result;
}

// Called with the queue locked, when it was empty and is no longer.
void on_wake(rd_kafka_t*, void* wake) {
  (*static_cast<std::function<void()>*>(wake))();
}

} // namespace

producer_client::producer_client(conf_handle conf, std::function<void()> wake)
  : wake_(std::move(wake)),
    client_(make_client(RD_KAFKA_PRODUCER, std::move(conf))),
    queue_(rd_kafka_queue_get_main(client_.get())) {
  rd_kafka_queue_cb_event_enable(queue_.get(), &on_wake, &wake_);
  // What came earlier woke nobody.
  if (rd_kafka_queue_length(queue_.get()) > 0)
    wake_();
}

producer_client::~producer_client() {
  // Takes the queue's lock: no call of `wake_` is under way afterwards.
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  // Or rd_kafka_destroy would wait for records in flight.
  purge(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void producer_client::declare(const std::vector<std::string>& topics) {
  for (auto& x : topics)
    declared_.try_emplace(x, make_topic(x));
}

topic_handle producer_client::make_topic(const std::string& name) {
  return topic_handle{rd_kafka_topic_new(client_.get(), name.c_str(), nullptr)};
}

rd_kafka_topic_t* producer_client::topic(std::string_view name) {
  if (auto i = declared_.find(name); i != declared_.end() && i->second)
    return i->second.get();
  const std::lock_guard guard{mutex_};
  auto& result = others_[std::string{name}];
  if (!result)
    result = make_topic(std::string{name});
  return result.get();
}

error_handle producer_client::produce(const outgoing_record& record) {
  auto headers = headers_of(record);
  auto result = produce(topic(record.topic), RD_KAFKA_PARTITION_UA, record,
                        headers.get());
  if (!result)
    static_cast<void>(headers.release()); // the record's now
  return result;
}

error_handle producer_client::produce_again(const rd_kafka_message_t& x) {
  outgoing_record record;
  record.key = {static_cast<const char*>(x.key), x.key_len};
  record.value = {static_cast<const char*>(x.payload), x.len};
  record.token = reinterpret_cast<std::uint64_t>(x._private);
  auto headers = headers_of(x);
  auto result = produce(topic(rd_kafka_topic_name(x.rkt)), x.partition, record,
                        headers.get());
  if (!result)
    static_cast<void>(headers.release());
  return result;
}

error_handle producer_client::produce(rd_kafka_topic_t* topic,
                                      std::int32_t partition,
                                      const outgoing_record& record,
                                      rd_kafka_headers_t* headers) {
  std::array fields{field(RD_KAFKA_VTYPE_RKT),
                    field(RD_KAFKA_VTYPE_PARTITION),
                    field(RD_KAFKA_VTYPE_MSGFLAGS),
                    field(RD_KAFKA_VTYPE_OPAQUE),
                    bytes_field(RD_KAFKA_VTYPE_KEY, record.key),
                    bytes_field(RD_KAFKA_VTYPE_VALUE, record.value),
                    field(RD_KAFKA_VTYPE_HEADERS)};
  fields[0].u.rkt = topic;
  fields[1].u.i32 = partition;
  fields[2].u.i = RD_KAFKA_MSG_F_COPY;
  // The token travels as the pointer's value.
  static_assert(sizeof(void*) >= sizeof(record.token));
  fields[3].u.ptr = reinterpret_cast<void*>(record.token);
  fields[6].u.headers = headers;
  return error_handle{
    rd_kafka_produceva(client_.get(), fields.data(), fields.size())};
}

event_handle producer_client::poll() {
  return event_handle{rd_kafka_queue_poll(queue_.get(), 0)};
}

std::string producer_client::failure() const {
  std::array<char, 512> why{};
  auto code = rd_kafka_fatal_error(client_.get(), why.data(), why.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return std::string{rd_kafka_err2name(code)} + ": " + why.data();
}

void producer_client::purge(int flags) {
  rd_kafka_purge(client_.get(), flags | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

} // namespace weir::kafka
