#pragma once

// Who a client is where proxies stand in front of this node, by what they
// write:
//
//   Forwarded: for=192.0.2.7;proto=https, for="[2001:db8::7]:4711"  (RFC 7239)
//   X-Forwarded-For: 192.0.2.7, 2001:db8::7
//
// Each adds whom it has the request from at the end. What stands before that is
// the client's own word, unless a proxy that is trusted has written it.

#include "config/network.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>

#include <string>
#include <vector>

namespace weir::http {

/// server.trust_proxy.
class trusted_proxies {
public:
  /// Requires: they are networks.
  explicit trusted_proxies(const std::vector<std::string>& networks);

  bool contains(const boost::asio::ip::address& x) const;

private:
  std::vector<network> networks_;
};

/// The rightmost address that is no proxy's; the peer's where that is not
/// trusted, or where it cannot be told what it says. Two headers must say the
/// same: a proxy that writes one of them passes on what a client has put into
/// the other.
boost::asio::ip::address
client_address(const boost::asio::ip::address& peer,
               const boost::beast::http::fields& headers,
               const trusted_proxies& trusted);

} // namespace weir::http
