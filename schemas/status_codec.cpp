#include "schemas/status_codec.hpp"

#include "schemas/protobuf_json.hpp"
#include "schemas/weir/v1/status.pb.h"

namespace weir::schemas {

std::string to_json(const disconnect_status& x) {
  v1::Disconnected message;
  message.set_disconnected(x.disconnected);
  for (const auto& node : x.silent_nodes)
    message.add_silent_nodes(node);
  return print(message);
}

std::string to_json(const readiness& x) {
  v1::Readiness message;
  message.set_ready(x.ready);
  for (const auto& reason : x.reasons)
    message.add_reasons(reason);
  return print(message);
}

} // namespace weir::schemas
