#include "schemas/status_codec.hpp"

#include "schemas/protobuf_json.hpp"
#include "schemas/weir/v1/status.pb.h"

namespace weir::schemas {

namespace {

void fill(v1::ActionResult& to, const action_status& from) {
  to.set_done(from.done);
  for (const auto& x : from.problems)
    to.add_problems(x);
  for (const auto& x : from.silent_nodes)
    to.add_silent_nodes(x);
}

} // namespace

std::string to_json(const disconnect_status& x) {
  v1::Disconnected message;
  message.set_disconnected(x.disconnected);
  for (const auto& node : x.silent_nodes)
    message.add_silent_nodes(node);
  return print(message);
}

std::string to_json(const action_status& x) {
  v1::ActionResult message;
  fill(message, x);
  return print(message);
}

std::string to_bytes(const action_status& x) {
  v1::ActionResult message;
  fill(message, x);
  return message.SerializeAsString();
}

std::optional<action_status> action_from(const std::string& bytes) {
  v1::ActionResult message;
  if (!message.ParseFromString(bytes))
    return std::nullopt;
  return action_status{message.done(),
                       {message.problems().begin(), message.problems().end()},
                       {message.silent_nodes().begin(),
                        message.silent_nodes().end()}};
}

std::string to_json(const publish_status& x) {
  v1::Published message;
  message.set_topic(x.topic);
  message.set_partition(x.partition);
  message.set_offset(x.offset);
  message.set_code(x.code);
  message.set_message(x.message);
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
