#pragma once

#include "tools/bench/load/options.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace weir::bench {

inline sockaddr_in server_address(const load_options& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  inet_pton(AF_INET, options.address.c_str(), &address.sin_addr);
  return address;
}

} // namespace weir::bench
