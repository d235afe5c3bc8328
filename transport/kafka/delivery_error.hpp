#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/handles.hpp"

namespace weir::kafka {

/// What a produce error is about, and so for how many records it speaks.
enum class concern {
  record,    ///< this one, which librdkafka has looked at by itself
  batch,     ///< something in the request; which record, is not said
  partition, ///< all records of the partition, for the time being
  topic,     ///< all records of the topic
  producer,  ///< all of the client's: its identity, connection or sequence
};

/// Codes that are not known, as of a later Kafka, are a batch's: asking again
/// for each record costs time and nothing else.
concern concern_of(rd_kafka_resp_err_t code);

/// Whether a broker has refused the request that the record was in. Then no
/// record is stored, and where there were several each must be asked for alone.
bool is_refused_batch(rd_kafka_resp_err_t code, rd_kafka_msg_status_t status);

/// What the sender of a record may conclude from its delivery report. Requires:
/// of a refused batch it was the only record.
produce_errc classify(rd_kafka_resp_err_t code, rd_kafka_msg_status_t status);

/// Likewise from librdkafka's refusal to take a record.
produce_errc classify_refusal(rd_kafka_resp_err_t code);

} // namespace weir::kafka
