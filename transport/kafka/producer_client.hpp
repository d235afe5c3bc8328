#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/producer.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka {

/// A client of librdkafka that produces, with its topics and its events.
/// Thread-safe but for `poll`.
class producer_client {
public:
  /// `wake`: as for `producer`.
  producer_client(conf_handle conf, std::function<void()> wake);

  /// Gives up what is in flight.
  ~producer_client();

  rd_kafka_t* get() const { return client_.get(); }

  /// Makes topics known. Requires: nobody has given a record to this yet.
  void declare(const std::vector<std::string>& topics);

  /// Null: librdkafka has taken it, and copied it.
  error_handle produce(const outgoing_record& record);

  /// Likewise, of what another client has reported, to the same partition.
  error_handle produce_again(const rd_kafka_message_t& x);

  /// Null: there is none.
  event_handle poll();

  /// Why it can continue no longer; empty: it can.
  std::string failure() const;

  /// Gives up what has not been sent (`RD_KAFKA_PURGE_F_QUEUE`) and likewise.
  void purge(int flags);

private:
  using topic_map = std::map<std::string, topic_handle, std::less<>>;

  topic_handle make_topic(const std::string& name);

  /// A handle spares librdkafka looking up the name for each record.
  rd_kafka_topic_t* topic(std::string_view name);

  error_handle produce(rd_kafka_topic_t* topic, std::int32_t partition,
                       const outgoing_record& record,
                       rd_kafka_headers_t* headers);

  std::function<void()> wake_;
  client_handle client_;
  queue_handle queue_;
  // Handles stay as long as we. Those that were declared are looked up without
  // a lock, which all threads that produce would take for each record.
  topic_map declared_;
  std::mutex mutex_; // guards others_
  topic_map others_;
};

} // namespace weir::kafka
