#pragma once

#include "transport/engineio/token_bucket.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace weir::http {

/// A bucket for each address, or network of IPv6. Plain logic, bounded memory.
class address_buckets {
public:
  using token_bucket = engineio::token_bucket;

  /// So many addresses have a bucket of their own; all others share one, until
  /// there is space again: a bucket that is full says nothing, and goes.
  static constexpr std::size_t max_addresses = std::size_t{1} << 17;

  /// Valid until the next call.
  token_bucket& of(const boost::asio::ip::address& from,
                   token_bucket::time_point now);

  std::size_t size() const { return by_address_.size(); }

private:
  token_bucket others_;
  std::unordered_map<std::uint64_t, token_bucket> by_address_;
  std::size_t sweep_at_ = 1024;
  token_bucket::time_point next_sweep_{};
};

} // namespace weir::http
