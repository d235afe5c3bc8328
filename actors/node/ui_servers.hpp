#pragma once

#include "schemas/listing_codec.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace weir {

/// What nodes report of themselves, for the Admin UI: how many clients there
/// are, and how many have come and gone since the last report. Plain logic.
class ui_servers {
public:
  /// The one argument of `server_stats`.
  std::string report(const std::string& node, const schemas::server_status& x,
                     std::int64_t time_ms);

  /// Nobody has looked for a while: what happens from now on counts.
  void clear() { last_.clear(); }

private:
  std::map<std::string, schemas::server_status> last_; ///< by node
};

/// Whether `y` is what the process that `x` is of has said later. In containers
/// each may be number 1.
bool is_same_process(const schemas::server_status& x,
                     const schemas::server_status& y);

/// On all nodes.
std::uint64_t sockets_of(const schemas::server_status& x);

} // namespace weir
