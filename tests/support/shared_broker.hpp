#pragma once

#include "config/options/units.hpp"
#include "transport/kafka/embedded_broker.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <string>

namespace weir::test {

/// One embedded broker for all cases, with topics of their own: librdkafka may
/// need a second to create a topic ahead of its use.
class shared_broker {
public:
  /// Of a topic that comes to be when it is first asked for.
  static constexpr std::uint32_t partitions = 4;

  static const std::string& bootstrap() { return instance().bootstrap(); }

  /// The next request to store records is refused; by default permanently.
  static void
  refuse_records(rd_kafka_resp_err_t why = RD_KAFKA_RESP_ERR_INVALID_RECORD) {
    constexpr std::int16_t produce = 0; // Kafka's number of the request
    rd_kafka_mock_push_request_errors(instance().cluster(), produce, 1, why);
  }

  /// The next commit is refused; by default as another member has this one's
  /// name.
  static void refuse_commit(rd_kafka_resp_err_t why
                            = RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID) {
    constexpr std::int16_t offset_commit = 8;
    rd_kafka_mock_push_request_errors(instance().cluster(), offset_commit, 1,
                                      why);
  }

  /// How long answers take from now on; 0: no time.
  static void stall(int milliseconds) {
    constexpr int only_broker = 1;
    rd_kafka_mock_broker_set_rtt(instance().cluster(), only_broker,
                                 milliseconds);
  }

  /// A topic that no other case uses.
  static std::string fresh_topic() {
    static int last = 0;
    return "topic-" + std::to_string(++last);
  }

private:
  /// Never ended: librdkafka would need seconds for that.
  static kafka::embedded_broker& instance() {
    static auto* const result = new kafka::embedded_broker{{}, partitions};
    return *result;
  }
};

} // namespace weir::test
