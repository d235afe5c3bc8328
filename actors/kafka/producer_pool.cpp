#include "actors/kafka/producer_pool.hpp"

#include <utility>

namespace weir {

producer_pool::producer_pool(const kafka_options& settings,
                             const std::vector<std::string>& topics,
                             const limits_options& limits,
                             std::size_t producers)
  : waiting(limits.producer_queue),
    settings_(settings),
    topics_(topics.begin(), topics.end()),
    ids_limit_(limits.idempotency_ids),
    ids_(limits.idempotency_ids),
    members_(producers) {
}

void producer_pool::add(std::size_t index, producer_actor x) {
  std::lock_guard guard{members_mutex_};
  members_[index].handle = std::move(x);
}

producer_actor producer_pool::at(std::size_t index) const {
  std::lock_guard guard{members_mutex_};
  return members_[index].handle;
}

std::vector<producer_actor> producer_pool::led() const {
  std::lock_guard guard{members_mutex_};
  std::vector<producer_actor> result;
  for (std::size_t i = 0; i < leader(); ++i)
    result.push_back(members_[i].handle);
  return result;
}

// -- librdkafka's client ------------------------------------------------------

void producer_pool::start_client(std::function<void()> wake) {
  auto next = std::make_unique<kafka::producer>(settings_, std::move(wake));
  next->declare({topics_.begin(), topics_.end()});
  std::lock_guard guard{client_mutex_};
  client_ = std::move(next);
}

void producer_pool::declare(const std::set<std::string>& topics) {
  topics_.insert(topics.begin(), topics.end());
  std::lock_guard guard{client_mutex_}; // nobody hands anything over now
  client_->declare({topics.begin(), topics.end()});
}

std::unique_ptr<kafka::producer> producer_pool::retire_client() {
  std::lock_guard guard{client_mutex_}; // nobody hands anything over now
  return client_->in_flight() > 0 ? nullptr : std::move(client_);
}

// -- which emits have come before ---------------------------------------------

idempotency_table::finding
producer_pool::look_up(const emit_identity& x,
                       const std::function<std::uint64_t()>& wait) {
  std::lock_guard guard{ids_mutex_};
  auto result = ids_.look_up(x);
  if (result.what == idempotency_table::verdict::in_flight)
    ids_.wait(x.id, wait());
  return result;
}

std::vector<std::uint64_t> producer_pool::settle(const schemas::fingerprint& id,
                                                 const emit_outcome& outcome) {
  std::lock_guard guard{ids_mutex_};
  switch (outcome.error) {
    case emit_errc::none:
      return ids_.stored(id, outcome.partition, outcome.offset);
    case emit_errc::timeout:
      return ids_.unknown(id);
    default:
      return ids_.not_stored(id);
  }
}

std::size_t producer_pool::known_ids() const {
  std::lock_guard guard{ids_mutex_};
  return ids_.size();
}

// -- what waits ---------------------------------------------------------------

void producer_pool::set_waiting(std::size_t index, bool is_waiting) {
  members_[index].is_waiting = is_waiting;
}

bool producer_pool::is_waiting(std::size_t index) const {
  return members_[index].is_waiting;
}

void producer_pool::show(std::size_t index, unsettled x) {
  std::lock_guard guard{members_mutex_};
  members_[index].open = std::move(x);
}

producer_pool::unsettled producer_pool::total() const {
  std::lock_guard guard{members_mutex_};
  unsettled result;
  for (auto& x : members_) {
    result.records += x.open.records;
    for (auto& [topic, n] : x.open.overdue)
      result.overdue[topic] += n;
  }
  return result;
}

} // namespace weir
