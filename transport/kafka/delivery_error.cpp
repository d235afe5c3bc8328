#include "transport/kafka/delivery_error.hpp"

namespace weir::kafka {

namespace {

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
