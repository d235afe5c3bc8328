#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weir::engineio {

class admission;

/// One of what is allowed at once; given back when it goes, on whatever
/// thread. Empty: nothing was allowed, or nothing is counted.
class admission_slot {
public:
  admission_slot() = default;
  admission_slot(admission_slot&&) noexcept = default;
  admission_slot& operator=(admission_slot&& other) noexcept {
    std::swap(of_, other.of_);
    std::swap(from_, other.from_);
    return *this;
  }
  ~admission_slot();

  explicit operator bool() const { return of_ != nullptr; }

  /// An empty one: others have space.
  bool is_of_address() const { return of_ == nullptr && from_ != 0; }

private:
  friend class admission;

  admission_slot(std::shared_ptr<admission> of, std::uint64_t from)
    : of_(std::move(of)), from_(from) {}

  std::shared_ptr<admission> of_;
  std::uint64_t from_ = 0; ///< of an empty one: the address that has too many
};

/// How many there may be, all in all and from one address. Thread-safe.
class admission : public std::enable_shared_from_this<admission> {
public:
  admission(std::size_t limit, std::size_t limit_per_address)
    : limit_(limit), limit_per_address_(limit_per_address) {}

  /// An empty slot: it would be one too many. `is_shared`: those who come from
  /// there are not one client's.
  admission_slot admit(const boost::asio::ip::address& from,
                       bool is_shared = false);

  std::size_t size() const;

private:
  friend class admission_slot;

  void release(std::uint64_t from);

  std::size_t limit_;
  std::size_t limit_per_address_;
  mutable std::mutex mutex_; // guards what follows
  std::size_t all_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> by_address_; ///< none is 0
};

/// The same for all that somebody can have at will: an IPv4 address, or the
/// 64 bits of an IPv6 address that name its network.
std::uint64_t network_of(const boost::asio::ip::address& x);

} // namespace weir::engineio
