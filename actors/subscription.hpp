#pragma once

#include "actors/credit_window.hpp"

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
    : id_(id), told_(from), searched_(from), credit_(credit) {}

  std::uint32_t id() const { return id_; }

  void add(const std::vector<std::string>& keys) {
    keys_.insert(keys.begin(), keys.end());
  }

  void remove(const std::vector<std::string>& keys) {
    for (auto& x : keys)
      keys_.erase(x);
  }

  const auto& keys() const { return keys_; }

  bool wants(std::string_view key) const {
    return keys_.find(key) != keys_.end();
  }

  credit_window& credit() { return credit_; }
  const credit_window& credit() const { return credit_; }

  /// The next batch begins here: the subscriber's own cursor.
  std::int64_t told() const { return told_; }

  /// Records before this one have been looked at; from `told` to here none was
  /// wanted.
  std::int64_t searched() const { return searched_; }

  /// Nothing wanted was found before `to`.
  void skip(std::int64_t to) { searched_ = to; }

  /// A batch that ends at `to`, with this many bytes, is on its way.
  void serve(std::int64_t to, std::size_t bytes) {
    told_ = searched_ = to;
    credit_.spend(bytes);
  }

private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::uint32_t id_;
  std::int64_t told_;
  std::int64_t searched_;
  credit_window credit_;
  std::unordered_set<std::string, hash, std::equal_to<>> keys_;
};

} // namespace weir
