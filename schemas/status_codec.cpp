#include "schemas/status_codec.hpp"

#include "schemas/protobuf_json.hpp"
#include "schemas/weir/v1/status.pb.h"

namespace weir::schemas {

namespace {

void fill(v1::ActorType& to, const actor_status& from) {
  to.set_type(from.type);
  to.set_count(from.count);
  to.set_mailbox(from.mailbox);
  to.set_processed(from.processed);
}

void fill(v1::Partition& to, const partition_status& from) {
  to.set_topic(from.topic);
  to.set_partition(from.partition);
  to.set_position(from.position);
  to.set_log_end(from.log_end);
  to.set_lag(from.lag);
  to.set_committed(from.committed);
  to.set_subscribers(from.subscribers);
  to.set_credit(from.credit);
  to.set_cached_bytes(from.cached_bytes);
  to.set_interim(from.interim);
}

void fill(v1::Node& to, const node_status& from) {
  to.set_name(from.name);
  to.set_incarnation(from.incarnation);
  to.set_state(from.state);
  to.set_address(from.address);
  to.set_partitions(from.partitions);
  to.set_connections(from.connections);
  for (const auto& x : from.owned)
    to.add_owned(x);
  if (from.link) {
    auto& link = *to.mutable_link();
    link.set_encrypted(from.link->encrypted);
    link.set_sent_bytes(from.link->sent_bytes);
    link.set_received_bytes(from.link->received_bytes);
    link.set_silent_ms(from.link->silent_ms);
  }
}

} // namespace

std::string to_bytes(const std::vector<actor_status>& actors) {
  v1::Actors message;
  for (const auto& x : actors)
    fill(*message.add_actors(), x);
  return message.SerializeAsString();
}

std::string to_bytes(const std::vector<partition_status>& partitions) {
  v1::Partitions message;
  for (const auto& x : partitions)
    fill(*message.add_partitions(), x);
  return message.SerializeAsString();
}

std::string to_bytes(const std::vector<node_status>& nodes) {
  v1::Nodes message;
  for (const auto& x : nodes)
    fill(*message.add_nodes(), x);
  return message.SerializeAsString();
}

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
