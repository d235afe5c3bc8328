#pragma once

#include "actors/contract/routes.hpp"
#include "actors/kafka/credit_window.hpp"
#include "transport/kafka/partitioner.hpp"
#include "transport/kafka/record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace weir {

/// One subscriber at a PARTITION CONSUMER: what it wants, how far it has been
/// served, and how much more it will take. Plain logic.
class subscription {
public:
  subscription(std::uint32_t id, std::int64_t from, std::size_t credit)
    : id_(id), delivered_to_(from), scanned_to_(from), credit_(credit) {}

  /// From now on also records of keys that belong into another one of so many
  /// partitions than this.
  void add_misplaced(std::int32_t partition, std::int32_t partitions) {
    partition_ = partition;
    partitions_ = partitions;
  }

  /// From now on also all others, those without a key among them.
  void add_all() { wants_all_ = true; }

  std::uint32_t id() const { return id_; }

  /// The log that its offsets are of; 0: not known.
  kafka::log_id log() const { return log_; }
  void set_log(kafka::log_id x) { log_ = x; }

  /// The leader's epoch of its position, as kafka::log_position.
  std::int32_t leader_epoch() const { return leader_epoch_; }
  void set_leader_epoch(std::int32_t x) { leader_epoch_ = x; }

  /// Brokers have been asked by that epoch: the log has what is before.
  bool is_confirmed() const { return is_confirmed_; }
  void confirm() { is_confirmed_ = true; }

  void add(const std::vector<std::string>& keys) {
    keys_.insert(keys.begin(), keys.end());
  }

  void remove(const std::vector<std::string>& keys) {
    for (auto& x : keys)
      keys_.erase(x);
  }

  const auto& keys() const { return keys_; }

  bool wants(std::string_view key) const {
    return keys_.find(key) != keys_.end() || wants_unnamed(key);
  }

  /// A key that is none of `keys`.
  bool wants_unnamed(std::string_view key) const {
    return wants_all_
           || (partitions_ > 0
               && kafka::partition_of(key, partitions_) != partition_);
  }

  bool wants_any_unnamed() const { return wants_all_ || partitions_ > 0; }

  credit_window& credit() { return credit_; }
  const credit_window& credit() const { return credit_; }

  /// The next batch begins here: the subscriber's own cursor.
  std::int64_t delivered_to() const { return delivered_to_; }

  /// Records before this one have been looked at; from `delivered_to` to here
  /// none was wanted.
  std::int64_t scanned_to() const { return scanned_to_; }

  /// Nothing wanted was found before `to`.
  void skip(std::int64_t to) { scanned_to_ = to; }

  /// A batch that ends at `to`, with this many bytes, is on its way.
  void serve(std::int64_t to, std::size_t bytes) {
    delivered_to_ = scanned_to_ = to;
    credit_.spend(bytes);
  }

private:
  std::uint32_t id_;
  kafka::log_id log_ = 0;
  std::int32_t leader_epoch_ = -1;
  bool is_confirmed_ = false;
  std::int64_t delivered_to_;
  std::int64_t scanned_to_;
  credit_window credit_;
  std::int32_t partition_ = 0;
  std::int32_t partitions_ = 0;
  bool wants_all_ = false;
  std::unordered_set<std::string, string_hash, std::equal_to<>> keys_;
};

} // namespace weir
