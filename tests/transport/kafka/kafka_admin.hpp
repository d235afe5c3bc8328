#pragma once

#include "transport/kafka/handles.hpp"
#include "transport/kafka/settings.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace weir::kafka::test {

/// Changes a real Kafka's topics, and waits until that is done.
class kafka_admin {
public:
  explicit kafka_admin(const std::string& bootstrap) {
    conf_handle conf{rd_kafka_conf_new()};
    set_property(conf.get(), "bootstrap.servers", bootstrap);
    set_property(conf.get(), "log_level", "0");
    client_ = make_client(RD_KAFKA_PRODUCER, std::move(conf));
    queue_.reset(rd_kafka_queue_new(client_.get()));
  }

  void create(const std::string& topic, int partitions = 1) {
    std::array<char, 256> why{};
    auto* x = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, why.data(),
                                    why.size());
    rd_kafka_CreateTopics(client_.get(), &x, 1, nullptr, queue_.get());
    rd_kafka_NewTopic_destroy(x);
    wait();
  }

  void remove(const std::string& topic) {
    auto* x = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(client_.get(), &x, 1, nullptr, queue_.get());
    rd_kafka_DeleteTopic_destroy(x);
    wait();
  }

  /// As retention does: all of partition 0 before `offset`.
  void remove_records(const std::string& topic, std::int64_t offset) {
    partitions_handle list{rd_kafka_topic_partition_list_new(1)};
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset
      = offset;
    auto* x = rd_kafka_DeleteRecords_new(list.get());
    rd_kafka_DeleteRecords(client_.get(), &x, 1, nullptr, queue_.get());
    rd_kafka_DeleteRecords_destroy(x);
    wait();
  }

private:
  void wait() {
    constexpr int timeout_ms = 20'000;
    const event_handle event{rd_kafka_queue_poll(queue_.get(), timeout_ms)};
    if (!event)
      throw std::runtime_error("Kafka does not answer");
    if (rd_kafka_event_error(event.get()))
      throw std::runtime_error(rd_kafka_event_error_string(event.get()));
  }

  client_handle client_;
  queue_handle queue_;
};

} // namespace weir::kafka::test
