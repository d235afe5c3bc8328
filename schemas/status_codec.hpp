#pragma once

// What the admin endpoint answers: plain structs -> JSON in Protobuf's mapping.
//
// The fields are described in weir/v1/status.proto. 64-bit numbers become JSON
// strings ("42"), as that mapping prescribes; 32-bit ones become numbers.

#include "schemas/readiness.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::schemas {

/// What became of the wish that clients go.
struct disconnect_status {
  std::uint32_t disconnected = 0;
  std::vector<std::string> silent_nodes;
};

/// What has come of what an operator wanted done.
struct action_status {
  std::uint32_t done = 0;
  std::vector<std::string> problems{};
  std::vector<std::string> silent_nodes{};
};

/// Where an event is stored, or why it is not.
struct publish_status {
  std::string topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::string code; ///< empty: it is
  std::string message;
};

/// `{"disconnected":...,"silent_nodes":[...]}`
std::string to_json(const disconnect_status& x);

/// `{"done":...,"problems":[...],"silent_nodes":[...]}`
std::string to_json(const action_status& x);

/// A node's part of it, in Protobuf.
std::string to_bytes(const action_status& x);

/// Nothing: it is something else.
std::optional<action_status> action_from(const std::string& bytes);

/// `{"topic":...,"partition":...,"offset":"...","code":...,"message":...}`
std::string to_json(const publish_status& x);

/// `{"ready":...,"reasons":[...]}`
std::string to_json(const readiness& x);

} // namespace weir::schemas
