#include "schemas/listing_part_codec.hpp"

#include "schemas/weir/v1/status.pb.h"

namespace weir::schemas {

namespace {

void fill(v1::ActorType& to, const actor_status& from) {
  to.set_type(from.type);
  to.set_count(from.count);
  to.set_mailbox(from.mailbox);
  to.set_processed(from.processed);
  to.set_mailbox_max(from.mailbox_max);
  to.set_busy_ms(from.busy_ms);
  to.set_credit_held(from.credit_held);
  to.set_credit_owed(from.credit_owed);
  to.set_restarts(from.restarts);
}

void fill(v1::Actor& to, const busy_actor& from) {
  to.set_id(from.id);
  to.set_type(from.type);
  to.set_mailbox(from.mailbox);
  to.set_mailbox_max(from.mailbox_max);
  to.set_processed(from.processed);
  to.set_busy_ms(from.busy_ms);
}

void fill(v1::HotItem& to, const hot_status& from) {
  to.set_kind(from.kind);
  to.set_namespace_(from.nsp);
  to.set_room(from.room);
  to.set_topic(from.topic);
  to.set_partition(from.partition);
  to.set_key(from.key);
  to.set_count(from.count);
  to.set_error(from.error);
  to.set_bytes(from.bytes);
  to.set_over_ms(from.over_ms);
}

void fill(v1::Metric& to, const metric_value& from) {
  to.set_name(from.name);
  to.mutable_labels()->insert(from.labels.begin(), from.labels.end());
  to.set_value(from.value);
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
  to.set_cache_hits(from.cache_hits);
  to.set_cache_misses(from.cache_misses);
}

void fill(v1::Node& to, const node_status& from) {
  to.set_name(from.name);
  to.set_incarnation(from.incarnation);
  to.set_state(from.state);
  to.set_address(from.address);
  to.set_partitions(from.partitions);
  to.set_connections(from.connections);
  to.set_mappings(from.mappings);
  to.set_token_keys(from.token_keys);
  for (const auto& x : from.owned)
    to.add_owned(x);
  if (from.link) {
    auto& link = *to.mutable_link();
    link.set_encrypted(from.link->encrypted);
    link.set_sent_bytes(from.link->sent_bytes);
    link.set_received_bytes(from.link->received_bytes);
    link.set_silent_ms(from.link->silent_ms);
  }
  if (from.readiness) {
    auto& readiness = *to.mutable_readiness();
    readiness.set_ready(from.readiness->ready);
    for (const auto& x : from.readiness->reasons)
      readiness.add_reasons(x);
  }
}

void fill(v1::Position& to, const position_status& from) {
  to.set_partition(from.partition);
  to.set_next(from.next);
  to.set_behind(from.behind);
  if (from.lag)
    to.set_lag(*from.lag);
}

void fill(v1::LaggingMember& to, const lagging_member& from) {
  to.set_socket(from.socket);
  to.set_user(from.user);
  for (const auto& x : from.positions)
    fill(*to.add_positions(), x);
}

void fill(v1::RoomOnNode& to, const room_status& from) {
  to.set_members(from.members);
  to.set_members_lagging(from.members_lagging);
  to.set_waiting_joins(from.waiting_joins);
  to.set_waiting_ms(from.waiting_ms);
  to.set_problem(from.problem);
  to.set_skipped_records(from.skipped_records);
  for (const auto& x : from.partitions) {
    auto& partition = *to.add_partitions();
    partition.set_partition(x.partition);
    partition.set_next(x.next);
    partition.set_replays(x.replays);
  }
  for (const auto& x : from.lagging)
    fill(*to.add_lagging(), x);
}

void fill(v1::Room& to, const room_status& from) {
  to.set_namespace_(from.nsp);
  to.set_name(from.name);
  to.set_topic(from.topic);
  to.set_key(from.key);
  to.set_members(from.members);
  to.set_members_lagging(from.members_lagging);
  fill(*to.add_nodes(), from);
}

void fill(v1::Membership& to, const membership_status& from) {
  to.set_room(from.room);
  to.set_joining(from.joining);
  to.set_behind(from.behind);
  for (const auto& x : from.positions)
    fill(*to.add_positions(), x);
}

void fill(v1::Socket& to, const socket_status& from) {
  to.set_id(from.id);
  to.set_namespace_(from.nsp);
  to.set_user(from.user);
  to.set_room_count(from.room_count);
  for (const auto& x : from.rooms)
    fill(*to.add_rooms(), x);
}

void fill(v1::Handshake& to, const handshake_status& from) {
  to.set_path(from.path);
  to.mutable_query()->insert(from.query.begin(), from.query.end());
  to.mutable_headers()->insert(from.headers.begin(), from.headers.end());
  to.set_issued_ms(from.issued_ms);
  to.set_secure(from.secure);
}

void fill(v1::Connection& to, const connection_status& from) {
  to.set_id(from.id);
  to.set_address(from.address);
  to.set_transport(from.transport);
  to.set_connected_ms(from.connected_ms);
  to.set_outbox_bytes(from.outbox_bytes);
  to.set_outbox_limit(from.outbox_limit);
  to.set_open_requests(from.open_requests);
  to.set_open_bytes(from.open_bytes);
  to.set_paused(from.paused);
  to.set_behind(from.behind);
  for (const auto& x : from.sockets)
    fill(*to.add_sockets(), x);
  if (from.handshake)
    fill(*to.mutable_handshake(), *from.handshake);
}

void fill(v1::Record& to, const record_status& from) {
  to.set_topic(from.topic);
  to.set_partition(from.partition);
  to.set_offset(from.offset);
  to.set_time_ms(from.time_ms);
  to.set_namespace_(from.nsp);
  to.set_room(from.room);
  to.set_event(from.event);
  to.set_args(from.args);
  to.set_attachments(from.attachments);
  to.set_problem(from.problem);
}

void fill(v1::SeenEvent& to, const seen_event& from) {
  to.set_namespace_(from.nsp);
  to.set_id(from.socket);
  to.set_received(from.direction == seen_direction::received);
  to.set_json(from.json);
  to.set_time_ms(from.time_ms);
  to.set_number(from.number);
}

void fill(v1::Server& to, const server_status& from) {
  to.set_hostname(from.hostname);
  to.set_pid(from.pid);
  to.set_uptime_ms(from.uptime_ms);
  to.set_connections(from.connections);
  to.set_polling(from.polling);
  to.mutable_sockets()->insert(from.sockets.begin(), from.sockets.end());
  to.set_opened(from.opened);
  to.mutable_closed()->insert(from.closed.begin(), from.closed.end());
  to.set_events_received(from.events_received);
  to.set_events_sent(from.events_sent);
  to.set_received_bytes(from.received_bytes);
  to.set_sent_bytes(from.sent_bytes);
  for (const auto& x : from.left) {
    auto& y = *to.add_left();
    y.set_namespace_(x.nsp);
    y.set_id(x.id);
    y.set_reason(x.reason);
  }
  for (const auto& x : from.events)
    fill(*to.add_events(), x);
  to.set_events_left_out(from.events_left_out);
}

// -- and back -----------------------------------------------------------------

template <class Value>
std::map<std::string, Value>
map_of(const google::protobuf::Map<std::string, Value>& from) {
  std::map<std::string, Value> result;
  for (const auto& x : from)
    result.emplace(x.first, x.second);
  return result;
}

socket_status read(const v1::Socket& from) {
  socket_status result{
    from.id(), from.namespace_(), from.user(), from.room_count(), {}};
  for (const auto& x : from.rooms())
    result.rooms.push_back({x.room(), x.joining(), x.behind(), {}});
  return result;
}

handshake_status read(const v1::Handshake& from) {
  return {from.path(), map_of(from.query()), map_of(from.headers()),
          from.issued_ms(), from.secure()};
}

connection_status read(const v1::Connection& from) {
  connection_status result;
  result.id = from.id();
  result.address = from.address();
  result.transport = from.transport();
  for (const auto& x : from.sockets())
    result.sockets.push_back(read(x));
  if (from.has_handshake())
    result.handshake = read(from.handshake());
  return result;
}

} // namespace

std::string to_bytes(const std::vector<actor_status>& actors,
                     const std::vector<busy_actor>& busiest) {
  v1::Actors message;
  for (const auto& x : actors)
    fill(*message.add_actors(), x);
  for (const auto& x : busiest)
    fill(*message.add_busiest(), x);
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

std::string to_bytes(const std::vector<metric_value>& metrics) {
  v1::Metrics message;
  for (const auto& x : metrics)
    fill(*message.add_metrics(), x);
  return message.SerializeAsString();
}

std::string to_bytes(const std::vector<hot_status>& hot) {
  v1::Hot message;
  for (const auto& x : hot)
    fill(*message.add_hot(), x);
  return message.SerializeAsString();
}

std::string to_bytes(const std::vector<room_status>& rooms, bool more) {
  v1::Rooms message;
  for (const auto& x : rooms)
    fill(*message.add_rooms(), x);
  message.set_next(more ? "more" : "");
  return message.SerializeAsString();
}

std::string to_bytes(const std::vector<connection_status>& connections,
                     bool more) {
  v1::Connections message;
  for (const auto& x : connections)
    fill(*message.add_connections(), x);
  message.set_next(more ? "more" : "");
  return message.SerializeAsString();
}

std::string to_bytes(const server_status& x) {
  v1::Servers message;
  fill(*message.add_servers(), x);
  return message.SerializeAsString();
}

std::string to_bytes(const record_page& x) {
  v1::Records message;
  for (const auto& y : x.records)
    fill(*message.add_records(), y);
  for (const auto& y : x.positions)
    fill(*message.add_positions(), y);
  return message.SerializeAsString();
}

std::optional<connection_list> connections_in(const std::string& bytes) {
  v1::Connections message;
  if (!message.ParseFromString(bytes))
    return std::nullopt;
  connection_list result;
  for (const auto& x : message.connections())
    result.connections.push_back(read(x));
  result.more = !message.next().empty();
  return result;
}

std::optional<server_status> server_in(const std::string& bytes) {
  v1::Servers message;
  if (!message.ParseFromString(bytes) || message.servers_size() != 1)
    return std::nullopt;
  const auto& x = message.servers(0);
  server_status result{x.hostname(),        x.pid(),
                       x.uptime_ms(),       x.connections(),
                       x.polling(),         map_of(x.sockets()),
                       x.opened(),          map_of(x.closed()),
                       x.events_received(), x.events_sent(),
                       x.received_bytes(),  x.sent_bytes()};
  for (const auto& y : x.left())
    result.left.push_back({y.namespace_(), y.id(), y.reason()});
  for (const auto& y : x.events())
    result.events.push_back(
      {y.received() ? seen_direction::received : seen_direction::sent,
       y.namespace_(), y.id(), y.json(), y.time_ms(), y.number()});
  result.events_left_out = x.events_left_out();
  return result;
}

} // namespace weir::schemas
