#pragma once

#include "config/options/kafka.hpp"
#include "transport/kafka/client_figures.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka {

/// A record to store; the views are copied by `producer::produce`. A null key
/// (`data() == nullptr`) is none, a null value makes a tombstone.
struct outgoing_record {
  std::string_view topic;
  std::string_view key;
  std::string_view value;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  /// Comes back in the delivery report.
  std::uint64_t token = 0;
};

/// What became of a record.
struct delivery_report {
  std::uint64_t token = 0;
  produce_errc error = produce_errc::none;
  std::string message; ///< librdkafka's, when there is an error
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// An idempotent producer (`enable.idempotence`, `acks=all`,
/// `partitioner=murmur2_random` as the Java client). `produce`, `is_reachable`
/// and `in_flight` may be called by any thread, everything else by one at a
/// time; no thread of its own besides librdkafka's.
class producer {
public:
  /// `wake` is called from librdkafka's threads when `poll` has something to
  /// return after it had nothing; it may post, it must not call back. Throws
  /// std::runtime_error that names the property when librdkafka refuses one.
  producer(const kafka_options& settings, std::function<void()> wake);

  /// Gives up what is in flight, unreported; does not wait for brokers.
  ~producer();

  /// Makes topics known that records will be produced to. A broker with
  /// `auto.create.topics.enable` then creates what is missing: it does so for
  /// producers, while librdkafka's consumers cannot make it do so (seen with
  /// Kafka 4.1, whatever `allow.auto.create.topics` says). Before anything is
  /// produced, or while nobody produces.
  void declare(const std::vector<std::string>& topics);

  /// Hands a record to librdkafka; exactly one report follows, unless the
  /// result is `queue_full` or another error. `why`: where to put librdkafka's
  /// reason for a refusal; null: nowhere. The order of a partition's records is
  /// that of the calls, as far as these have one.
  produce_errc produce(const outgoing_record& record,
                       std::string* why = nullptr);

  /// Appends at most `max` reports that have come; never blocks. When exactly
  /// `max` came there may be more, and no `wake` for them. Also takes in errors
  /// and the brokers' state: `wake` comes at least once a second for it.
  void poll(std::vector<delivery_report>& reports, std::size_t max);

  /// Records handed over whose report has not been polled; those that are
  /// being handed over count.
  std::size_t in_flight() const;

  /// Whether brokers answer, as far as librdkafka knows after `poll`.
  const broker_state& brokers() const;

  /// Of these `reachable`.
  bool is_reachable() const;

  /// What librdkafka has reported since the last call, also of single records,
  /// whose reports tell it too; bounded.
  std::vector<kafka_error> take_errors();

  /// Records that were sent again since the last call: Kafka had refused their
  /// request as a whole.
  std::uint64_t take_resent();

  /// What librdkafka's statistics have told since the last call; nothing: none
  /// have come.
  std::optional<client_figures> take_figures();

  /// Gives up unsent records (purge); each is reported as `timed_out` or
  /// `unavailable`.
  void purge();

  /// Why this producer can continue no longer, as far as it is known after
  /// `poll`; empty: it can. The broker and librdkafka have lost count of the
  /// records (idempotence). Then `produce` refuses everything with `fatal`,
  /// what has been sent is still reported, and what has not been sent waits for
  /// `purge_unsent` or its timeout.
  const std::string& failure() const;

  /// Gives up what is in no request; each is reported, by what is known of it.
  void purge_unsent();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace weir::kafka
