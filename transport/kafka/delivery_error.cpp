#include "transport/kafka/delivery_error.hpp"

namespace weir::kafka {

namespace {

// RD_KAFKA_RESP_ERR__INVALID_DIFFERENT_RECORD, since librdkafka 2.5.
constexpr auto invalid_different_record
  = static_cast<rd_kafka_resp_err_t>(-138);

// librdkafka's own codes.
concern concern_of_own(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return concern::record;
    default:
      // Among them: _TRANSPORT, _TIMED_OUT, _PURGE_QUEUE, _PURGE_INFLIGHT,
      // _FATAL, _FENCED, _AUTHENTICATION, _DESTROY.
      return concern::producer;
  }
}

// Of a record that is certainly not in the log.
produce_errc classify_unstored(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return produce_errc::too_large;
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__FENCED:
      return produce_errc::fatal;
    default:
      // Among them: no such topic or partition (_UNKNOWN_TOPIC and the
      // brokers' own), not authorised, an invalid record, timed out or purged
      // (_MSG_TIMED_OUT, _PURGE_QUEUE) before it was ever sent.
      return produce_errc::unavailable;
  }
}

} // namespace

concern concern_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN: // a broker's own fault: nobody knows more
      return concern::partition;
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return concern::topic;
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED:
    case RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER:
    case RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER:
    case RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
    case RD_KAFKA_RESP_ERR_INVALID_TXN_STATE:
    case RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
      return concern::producer;
    default:
      // What librdkafka itself says comes record by record, but for what it
      // makes of an answer that names the invalid records of a batch.
      return code > RD_KAFKA_RESP_ERR_NO_ERROR
                 || code == invalid_different_record
                 || code == RD_KAFKA_RESP_ERR__BAD_MSG
                 || code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION
               ? concern::batch
               : concern_of_own(code);
  }
}

bool is_refused_batch(rd_kafka_resp_err_t code, rd_kafka_msg_status_t status) {
  return code != RD_KAFKA_RESP_ERR_NO_ERROR
         && status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED
         && concern_of(code) == concern::batch;
}

produce_errc classify(rd_kafka_resp_err_t code, rd_kafka_msg_status_t status) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
    return produce_errc::none;
  // librdkafka follows each record through its retries and says whether it
  // may have reached a log; the code alone does not tell: _MSG_TIMED_OUT
  // comes for records that were never sent and for those in flight alike.
  if (status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED)
    return classify_unstored(code);
  return produce_errc::timed_out;
}

produce_errc classify_refusal(rd_kafka_resp_err_t code) {
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
    return produce_errc::queue_full;
  return classify_unstored(code);
}

} // namespace weir::kafka
