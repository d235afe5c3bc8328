#pragma once

#include "config/options/limits.hpp"
#include "config/options/rate.hpp"
#include "transport/http/address_buckets.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace weir::http {

/// How often requests may come that belong to no session: those that begin one,
/// all in all (limits.handshakes) and from one address, or network of IPv6
/// (limits.connection_rate), and all others from one address (limits.requests).
/// Thread-safe.
class handshake_rates {
public:
  using token_bucket = engineio::token_bucket;

  explicit handshake_rates(const limits_options& limits)
    : all_(limits.handshakes),
      each_(limits.connection_rate),
      other_(limits.requests) {}

  /// From now on; what has been taken counts.
  void change(const limits_options& limits);

  enum class limit : std::uint8_t { none, node, address, requests };

  struct verdict {
    limit by = limit::none;
    token_bucket::duration wait{}; ///< before it may come again
  };

  /// One that is to begin a session.
  verdict admit(const boost::asio::ip::address& from,
                token_bucket::time_point now);

  /// One that will not.
  verdict admit_other(const boost::asio::ip::address& from,
                      token_bucket::time_point now);

  /// Whether one may come of which another node knows what it is; it takes
  /// nothing.
  verdict look(const boost::asio::ip::address& from,
               token_bucket::time_point now);

  /// Of which something is remembered.
  std::size_t addresses() const;

private:
  mutable std::mutex mutex_; // guards what follows
  rate_options all_;
  rate_options each_;
  rate_options other_;
  token_bucket node_;
  address_buckets by_address_;
  address_buckets others_by_address_;
};

} // namespace weir::http
