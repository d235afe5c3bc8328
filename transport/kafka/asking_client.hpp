#pragma once

#include "transport/kafka/handles.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace weir::kafka {

/// A client that asks questions of administrators, one after the other, and
/// waits for the answers.
class asking_client {
public:
  /// Throws std::runtime_error.
  asking_client(rd_kafka_type_t type, conf_handle conf);

  using request = std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>;

  /// The answer, an event of this type; null: there is none, see `problem`.
  event_handle ask(rd_kafka_event_type_t type, const request& send);

  rd_kafka_t* get() const { return client_.get(); }

  /// Why there was no answer, as librdkafka puts it; empty: there was. After a
  /// login that was refused nothing more is asked.
  const std::string& problem() const { return problem_; }

private:
  bool note_error(rd_kafka_event_t* event);
  event_handle give_up();

  shared_client client_;
  queue_handle queue_;
  std::string last_error_;
  std::string problem_;
};

/// Options of such a question.
handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>
asking_options(rd_kafka_t* client, rd_kafka_admin_op_t what);

} // namespace weir::kafka
