#include "transport/kafka/producer.hpp"

#include "transport/kafka/delivery_error.hpp"
#include "transport/kafka/reachability.hpp"
#include "transport/kafka/settings.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace weir::kafka {

namespace {

using headers_handle = handle<rd_kafka_headers_t, rd_kafka_headers_destroy>;

// As an object of ours, because librdkafka 2.0.2 frees headers that it was
// given as fields twice when it refuses the record.
headers_handle headers_of(const outgoing_record& record) {
  headers_handle result{rd_kafka_headers_new(record.headers.size())};
  for (const auto& [name, value] : record.headers)
    rd_kafka_header_add(result.get(), name.data(),
                        static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  return result;
}

rd_kafka_vu_t bytes_field(rd_kafka_vtype_t type, std::string_view bytes) {
  rd_kafka_vu_t result{};
  result.vtype = type;
  // librdkafka copies (MSG_F_COPY) and takes a null pointer for "none".
  result.u.mem.ptr = const_cast<char*>(bytes.data());
  result.u.mem.size = bytes.size();
  return result;
}

} // namespace

struct producer::impl {
  impl(const kafka_options& settings, std::function<void()> wake_)
    : wake{std::move(wake_)},
      client{make_client(RD_KAFKA_PRODUCER, producer_conf(settings))},
      queue{rd_kafka_queue_get_main(client.get())} {
    rd_kafka_queue_cb_event_enable(queue.get(), &on_wake, this);
    // What came earlier woke nobody.
    if (rd_kafka_queue_length(queue.get()) > 0)
      wake();
  }

  ~impl() {
    // Takes the queue's lock: no call of `wake` is under way afterwards.
    rd_kafka_queue_cb_event_enable(queue.get(), nullptr, nullptr);
    // Or rd_kafka_destroy would wait for records in flight.
    give_up();
  }

  // Called with the queue locked, when it was empty and is no longer.
  static void on_wake(rd_kafka_t*, void* self) {
    static_cast<impl*>(self)->wake();
  }

  void give_up() {
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE
                                   | RD_KAFKA_PURGE_F_INFLIGHT
                                   | RD_KAFKA_PURGE_F_NON_BLOCKING);
  }

  // Topics come from the configuration, so there are few of them; a handle
  // spares librdkafka looking up the name for each record.
  rd_kafka_topic_t* topic(std::string_view name) {
    auto i = topics.find(name);
    if (i == topics.end())
      i = topics
            .emplace(name, topic_handle{rd_kafka_topic_new(
                             client.get(), std::string{name}.c_str(), nullptr)})
            .first;
    return i->second.get();
  }

  void fill(const outgoing_record& record, rd_kafka_headers_t* headers) {
    fields.clear();
    rd_kafka_vu_t x{};
    x.vtype = RD_KAFKA_VTYPE_RKT;
    x.u.rkt = topic(record.topic);
    fields.push_back(x);
    x = {};
    x.vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    x.u.i = RD_KAFKA_MSG_F_COPY;
    fields.push_back(x);
    x = {};
    x.vtype = RD_KAFKA_VTYPE_OPAQUE;
    // The token travels as the pointer's value.
    static_assert(sizeof(void*) >= sizeof(record.token));
    x.u.ptr = reinterpret_cast<void*>(record.token);
    fields.push_back(x);
    fields.push_back(bytes_field(RD_KAFKA_VTYPE_KEY, record.key));
    fields.push_back(bytes_field(RD_KAFKA_VTYPE_VALUE, record.value));
    x = {};
    x.vtype = RD_KAFKA_VTYPE_HEADERS;
    x.u.headers = headers;
    fields.push_back(x);
  }

  void on_event(rd_kafka_event_t* event) {
    switch (rd_kafka_event_type(event)) {
      case RD_KAFKA_EVENT_ERROR:
        on_error(event);
        break;
      case RD_KAFKA_EVENT_STATS:
        brokers.on_statistics(rd_kafka_event_stats(event));
        break;
      default: // log lines: the consumer's handle tells the same
        break;
    }
  }

  void on_error(rd_kafka_event_t* event) {
    look_for_failure();
    brokers.on_error(rd_kafka_event_error_string(event),
                     rd_kafka_event_error(event)
                       == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN);
  }

  void look_for_failure() {
    std::array<char, 512> why{};
    auto code = rd_kafka_fatal_error(client.get(), why.data(), why.size());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
      failure = std::string{rd_kafka_err2name(code)} + ": " + why.data();
  }

  void report(const rd_kafka_message_t& x, std::vector<delivery_report>& to) {
    auto& report = to.emplace_back();
    report.token = reinterpret_cast<std::uint64_t>(x._private);
    report.error = classify(x.err, rd_kafka_message_status(&x));
    report.partition = x.partition;
    if (report.error == produce_errc::none) {
      report.offset = x.offset;
      brokers.on_answer();
    } else {
      report.message = rd_kafka_err2str(x.err);
      look_for_failure();
    }
    --in_flight;
  }

  // Reports of `reports` not yet handed out, at most `max`; how many.
  std::size_t take(std::vector<delivery_report>& to, std::size_t max) {
    auto n = std::min(max, reports_left);
    for (std::size_t i = 0; i < n; ++i)
      report(*rd_kafka_event_message_next(reports.get()), to);
    reports_left -= n;
    // Its records count against librdkafka's bounds as long as it lives.
    if (reports_left == 0)
      reports.reset();
    return n;
  }

  void take_over(event_handle event) {
    reports_left = rd_kafka_event_message_count(event.get());
    reports = std::move(event);
  }

  std::function<void()> wake;
  client_handle client;
  queue_handle queue;
  std::map<std::string, topic_handle, std::less<>> topics;
  event_handle reports; // half read when `max` was smaller than it
  std::size_t reports_left = 0;
  reachability brokers;
  std::string refusal;
  std::string failure;
  std::size_t in_flight = 0;
  std::vector<rd_kafka_vu_t> fields;
};

producer::producer(const kafka_options& settings, std::function<void()> wake)
  : impl_{std::make_unique<impl>(settings, std::move(wake))} {
}

producer::~producer() = default;

void producer::declare(const std::vector<std::string>& topics) {
  for (const auto& x : topics)
    impl_->topic(x);
}

produce_errc producer::produce(const outgoing_record& record) {
  auto headers = headers_of(record);
  impl_->fill(record, headers.get());
  error_handle error{rd_kafka_produceva(
    impl_->client.get(), impl_->fields.data(), impl_->fields.size())};
  if (error) {
    impl_->refusal = rd_kafka_error_string(error.get());
    impl_->look_for_failure(); // it refuses with the code that it failed with
    if (!impl_->failure.empty())
      return produce_errc::fatal;
    return classify_refusal(rd_kafka_error_code(error.get()));
  }
  headers.release(); // the record's now
  ++impl_->in_flight;
  return produce_errc::none;
}

void producer::poll(std::vector<delivery_report>& reports, std::size_t max) {
  while (max > 0) {
    if (impl_->reports)
      max -= impl_->take(reports, max);
    if (impl_->reports)
      return;
    event_handle event{rd_kafka_queue_poll(impl_->queue.get(), 0)};
    if (!event)
      return;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR)
      impl_->take_over(std::move(event));
    else
      impl_->on_event(event.get());
  }
}

std::size_t producer::in_flight() const {
  return impl_->in_flight;
}

const broker_state& producer::brokers() const {
  return impl_->brokers.state();
}

void producer::purge() {
  impl_->give_up();
}

std::string_view producer::refusal() const {
  return impl_->refusal;
}

const std::string& producer::failure() const {
  return impl_->failure;
}

void producer::purge_unsent() {
  rd_kafka_purge(impl_->client.get(),
                 RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

} // namespace weir::kafka
