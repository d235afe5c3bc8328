#pragma once

// What the admin endpoint answers: plain structs -> JSON in Protobuf's mapping.
//
// The fields are described in weir/v1/status.proto. 64-bit numbers become JSON
// strings ("42"), as that mapping prescribes; 32-bit ones become numbers.

#include <cstdint>
#include <string>
#include <vector>

namespace weir::schemas {

/// What became of the wish that clients go.
struct disconnect_status {
  std::uint32_t disconnected = 0;
  std::vector<std::string> silent_nodes;
};

/// Whether clients should be sent here, and if not, why.
struct readiness {
  bool ready = false;
  std::vector<std::string> reasons;
};

/// `{"disconnected":...,"silent_nodes":[...]}`
std::string to_json(const disconnect_status& x);

/// `{"ready":...,"reasons":[...]}`
std::string to_json(const readiness& x);

} // namespace weir::schemas
