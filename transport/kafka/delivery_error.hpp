#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/handles.hpp"

namespace weir::kafka {

/// What the sender of a record may conclude from its delivery report.
produce_errc classify(rd_kafka_resp_err_t code, rd_kafka_msg_status_t status);

/// Likewise from librdkafka's refusal to take a record.
produce_errc classify_refusal(rd_kafka_resp_err_t code);

} // namespace weir::kafka
