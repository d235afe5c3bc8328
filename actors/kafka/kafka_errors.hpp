#pragma once

#include "transport/kafka/error.hpp"

#include <caf/fwd.hpp>

#include <string_view>

namespace weir {

/// Where every error ends that librdkafka reports: as a line of the log,
/// limited like all that others can cause, that says what to do, and in
/// `metrics::kafka_errors`. `where` names what it concerns: a topic, a
/// partition, a client. Thread-safe.
void report_kafka_error(caf::actor_system& system, std::string_view where,
                        const kafka::kafka_error& error);

/// What can be done about an error, by librdkafka's name for it.
std::string_view advice_about(std::string_view code);

} // namespace weir
