#pragma once

#include "actors/contract/emit.hpp"
#include "actors/kafka/kafka_figures.hpp"
#include "actors/kafka/producer_pool.hpp"
#include "transport/kafka/producer.hpp"

#include <caf/telemetry/counter.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace weir {

/// What the PRODUCER that leads does for all of them: it hands each of
/// librdkafka's reports to the one whose record it is of, tells those whose
/// records wait that there may be a place, and exchanges a client that has
/// failed.
class producer_lead {
public:
  /// Makes the first client; `wake` as for `kafka::producer`.
  producer_lead(producer_actor::pointer self,
                std::shared_ptr<producer_pool> pool,
                std::function<void()> wake);

  /// Takes in what librdkafka has to say. The reports of the leader's own
  /// records.
  producer_event serve();

private:
  void take_reports();
  void hand_out();
  void call_those_who_wait();
  void replace_client();

  producer_actor::pointer self_;
  std::shared_ptr<producer_pool> pool_;
  std::function<void()> wake_;
  std::jthread retired_;
  std::chrono::steady_clock::time_point next_client_{}; ///< no sooner
  std::vector<kafka::delivery_report> reports_;         // reused
  std::vector<producer_event> parts_;                   // reused, by producer
  caf::telemetry::int_counter* failures_;
  caf::telemetry::int_counter* resent_;
  kafka_figures figures_;
};

} // namespace weir
