#pragma once

#include "config/options.hpp"
#include "transport/engineio/admission.hpp"
#include "transport/engineio/token_bucket.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace weir::http {

/// How often sessions may begin: all in all (limits.handshakes), and from one
/// address, or network of IPv6 (limits.connection_rate). Thread-safe.
class handshake_rates {
public:
  using token_bucket = engineio::token_bucket;

  /// So many addresses have a bucket of their own; all others share one, until
  /// there is room again: a bucket that is full says nothing, and goes.
  static constexpr std::size_t max_addresses = std::size_t{1} << 17;

  explicit handshake_rates(const limits_options& limits)
    : all_(limits.handshakes), each_(limits.connection_rate) {}

  enum class limit : std::uint8_t { none, node, address };

  struct verdict {
    limit by = limit::none;
    token_bucket::duration wait{}; ///< before it may come again
  };

  verdict admit(const boost::asio::ip::address& from,
                token_bucket::time_point now);

  std::size_t addresses() const;

private:
  token_bucket& bucket_of(std::uint64_t network, token_bucket::time_point now);

  rate_options all_;
  rate_options each_;
  mutable std::mutex mutex_; // guards what follows
  token_bucket node_;
  token_bucket others_;
  std::unordered_map<std::uint64_t, token_bucket> by_address_;
  std::size_t sweep_at_ = 1024;
  token_bucket::time_point next_sweep_{};
};

} // namespace weir::http
