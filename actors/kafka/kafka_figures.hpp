#pragma once

#include "transport/kafka/client_figures.hpp"

#include <caf/fwd.hpp>
#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir {

/// What librdkafka's statistics tell of one client, for /metrics.
class kafka_figures {
public:
  /// `client`: "producer" or "consumer".
  kafka_figures(caf::actor_system& system, std::string_view client);

  /// Another client begins at 0 again.
  void show(const kafka::client_figures& x);

private:
  /// Of a count that librdkafka keeps, what there is more of it.
  struct growing {
    caf::telemetry::int_counter* shown;
    std::int64_t last = 0;

    void show(std::int64_t now);
  };

  struct broker {
    caf::telemetry::int_gauge* unanswered;
    caf::telemetry::dbl_gauge* round_trip_p99;
    growing answers;
    caf::telemetry::dbl_counter* throttled;
    caf::telemetry::int_gauge* unreachable;
  };

  void show_brokers(const kafka::client_figures& x);
  broker& broker_of(const std::string& name);

  caf::actor_system& system_;
  std::string client_;
  std::map<std::string, broker> brokers_; ///< that there have been
  caf::telemetry::int_gauge* queued_records_;
  caf::telemetry::int_gauge* queued_bytes_;
  growing requests_;
  growing sent_bytes_;
  growing received_bytes_;
  growing sent_records_;
  growing received_records_;
  growing retries_;
  growing timeouts_;
  caf::telemetry::int_counter* round_trips_;
  caf::telemetry::dbl_counter* round_trip_time_;
  caf::telemetry::dbl_gauge* round_trip_p99_;
};

} // namespace weir
