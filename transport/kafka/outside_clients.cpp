#include "transport/kafka/outside_clients.hpp"

#include "transport/kafka/log_line.hpp"
#include "transport/kafka/settings.hpp"

#include <array>
#include <utility>

namespace weir::kafka {

namespace {

// Called from librdkafka's threads.
void on_log(const rd_kafka_t* client, int level, const char* facility,
            const char* line) {
  auto& on_error = *static_cast<const outside_clients::error_listener*>(
    rd_kafka_opaque(client));
  if (auto error = read_log_line(level, facility, line); error && on_error)
    on_error(error);
}

} // namespace

outside_clients::outside_clients(const kafka_options& settings,
                                 const cluster_options& cluster,
                                 const std::string& purpose,
                                 error_listener on_error)
  : on_error_(std::make_shared<const error_listener>(std::move(on_error))),
    conf_(outside_conf(settings, cluster, purpose)),
    max_queued_bytes_(number_property(conf_.get(), "queued.max.messages.kbytes")
                      * 1024),
    max_queued_records_(number_property(conf_.get(), "queued.min.messages")) {
  rd_kafka_conf_set_events(conf_.get(), 0);
  rd_kafka_conf_set_log_cb(conf_.get(), &on_log);
  rd_kafka_conf_set_opaque(conf_.get(),
                           const_cast<error_listener*>(on_error_.get()));
}

// Its threads call the listener until it is gone.
shared_client outside_clients::make() const {
  auto result = share(make_client(RD_KAFKA_CONSUMER,
                                  conf_handle{rd_kafka_conf_dup(conf_.get())}));
  auto* raw = result.get();
  return {raw, [inner = std::move(result),
                listener = on_error_](rd_kafka_t*) mutable { inner.reset(); }};
}

bool outside_clients::report(error_handle error, const char* what) const {
  if (error)
    report({rd_kafka_error_name(error.get()),
            std::string{what} + ": " + rd_kafka_error_string(error.get())});
  return error != nullptr;
}

void outside_clients::report(const kafka_error& x) const {
  if (*on_error_)
    (*on_error_)(x);
}

void drop_outdated(rd_kafka_queue_t* queue) {
  std::array<rd_kafka_message_t*, 64> batch;
  ssize_t count = 0;
  while (
    (count = rd_kafka_consume_batch_queue(queue, 0, batch.data(), batch.size()))
    > 0)
    for (ssize_t i = 0; i < count; ++i)
      rd_kafka_message_destroy(batch[static_cast<std::size_t>(i)]);
}

} // namespace weir::kafka
