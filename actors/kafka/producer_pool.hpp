#pragma once

#include "actors/contract/byte_budget.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/idempotency_table.hpp"
#include "actors/kafka/emit_outcome.hpp"
#include "config/options/kafka.hpp"
#include "config/options/limits.hpp"
#include "transport/kafka/producer.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

namespace weir {

/// What the PRODUCERs of a node share: one client of librdkafka with its queue,
/// the bytes that may wait for a place in that queue, and which emits have come
/// before, on whatever loop. Thread-safe, but for what only one may call: the
/// last PRODUCER, which leads.
class producer_pool {
public:
  producer_pool(const kafka_options& settings,
                const std::vector<std::string>& topics,
                const limits_options& limits, std::size_t producers);

  // -- who there is -----------------------------------------------------------

  std::size_t size() const { return members_.size(); }
  std::size_t leader() const { return size() - 1; }

  /// Requires: nobody has given a record to that PRODUCER yet.
  void add(std::size_t index, producer_actor x);

  producer_actor at(std::size_t index) const;

  /// All but the leader.
  std::vector<producer_actor> led() const;

  // -- librdkafka's client ----------------------------------------------------

  /// The client for as long as this is held, in which it is not exchanged.
  class loan {
  public:
    loan(std::shared_mutex& mutex, const std::unique_ptr<kafka::producer>& x)
      : guard_(mutex), client_(x.get()) {}

    bool is_reachable() const { return client_ && client_->is_reachable(); }

    /// As `kafka::producer::produce`. `fatal`: for now there is none that
    /// takes records.
    kafka::produce_errc produce(const kafka::outgoing_record& record,
                                std::string& why) const {
      return client_ ? client_->produce(record, &why)
                     : kafka::produce_errc::fatal;
    }

  private:
    std::shared_lock<std::shared_mutex> guard_;
    kafka::producer* client_; ///< null: there is none
  };

  loan lend_client() { return {client_mutex_, client_}; }

  /// Makes the first one. The leader's, as the next four.
  void start_client(std::function<void()> wake);

  /// Makes further topics known, also to those that take its place.
  void declare(const std::set<std::string>& topics);

  kafka::producer& client() { return *client_; }

  /// Takes the client away if nothing that it has been handed is unreported;
  /// null otherwise. Until there is another one, records wait.
  std::unique_ptr<kafka::producer> retire_client();

  // -- which emits have come before -------------------------------------------

  /// What is to be done with an emit. Where it is in flight, `wait` is called
  /// for the token of whoever waits, and must not call back.
  idempotency_table::finding
  look_up(const emit_identity& x, const std::function<std::uint64_t()>& wait);

  /// The end of a fresh one; the tokens of those who wait for it.
  std::vector<std::uint64_t> settle(const schemas::fingerprint& id,
                                    const emit_outcome& outcome);

  std::size_t known_ids() const;
  std::size_t ids_limit() const { return ids_limit_; }

  // -- what waits -------------------------------------------------------------

  byte_budget waiting;

  /// Who has records that wait for a place in the client's queue.
  void set_waiting(std::size_t index, bool is_waiting);
  bool is_waiting(std::size_t index) const;

  /// What a PRODUCER has that is not settled.
  struct unsettled {
    std::size_t records = 0;
    std::map<std::string, std::size_t> overdue; ///< of these, by topic
  };
  void show(std::size_t index, unsettled x);

  /// Of all, as they have shown it last.
  unsettled total() const;

private:
  struct member {
    producer_actor handle;
    unsettled open;
    std::atomic<bool> is_waiting = false;
  };

  kafka_options settings_;
  std::set<std::string> topics_;
  std::shared_mutex client_mutex_; ///< exclusive: to exchange it
  std::unique_ptr<kafka::producer> client_;
  std::size_t ids_limit_;
  mutable std::mutex ids_mutex_;
  idempotency_table ids_;
  mutable std::mutex members_mutex_;
  std::vector<member> members_; ///< of a fixed size
};

/// The token of a record in librdkafka's reports: who has handed it over, and
/// under which number.
constexpr std::uint64_t to_token(std::size_t producer, std::uint64_t number) {
  return std::uint64_t{producer} << 48 | number;
}

constexpr std::size_t producer_of(std::uint64_t token) {
  return token >> 48;
}

constexpr std::uint64_t number_of(std::uint64_t token) {
  return token & ((std::uint64_t{1} << 48) - 1);
}

} // namespace weir
