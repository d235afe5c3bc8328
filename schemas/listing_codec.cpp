#include "schemas/listing_codec.hpp"

#include "schemas/protobuf_json.hpp"
#include "schemas/weir/v1/status.pb.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace weir::schemas {

namespace {

// -- a node's part ------------------------------------------------------------

void fill(v1::Position& to, const position_status& from) {
  to.set_partition(from.partition);
  to.set_next(from.next);
  to.set_behind(from.behind);
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
}

void fill(v1::Metric& to, const metric_value& from) {
  to.set_name(from.name);
  to.mutable_labels()->insert(from.labels.begin(), from.labels.end());
  to.set_value(from.value);
}

// -- whose it is, and what a list is sorted by --------------------------------

template <class Row>
void set_node(Row& row, const std::string& node) {
  row.set_node(node);
}

void set_node(v1::Room& row, const std::string& node) {
  for (auto& x : *row.mutable_nodes())
    x.set_node(node);
}

/// A node's name is in what it says of itself.
void set_node(v1::Node&, const std::string&) {
}

auto key_of(const v1::ActorType& x) {
  return std::tie(x.type(), x.node());
}

auto key_of(const v1::Partition& x) {
  return std::tuple{x.topic(), x.partition(), x.node()};
}

/// As the node lists them: itself first.
auto key_of(const v1::Node&) {
  return 0;
}

auto key_of(const v1::Room& x) {
  return std::tie(x.namespace_(), x.name());
}

auto key_of(const v1::Connection& x) {
  return std::tie(x.id(), x.node());
}

auto key_of(const v1::Metric& x) {
  return std::tie(x.name(), x.node());
}

auto* rows_of(v1::Actors& x) {
  return x.mutable_actors();
}

auto* rows_of(v1::Partitions& x) {
  return x.mutable_partitions();
}

auto* rows_of(v1::Nodes& x) {
  return x.mutable_nodes();
}

auto* rows_of(v1::Rooms& x) {
  return x.mutable_rooms();
}

auto* rows_of(v1::Connections& x) {
  return x.mutable_connections();
}

auto* rows_of(v1::Metrics& x) {
  return x.mutable_metrics();
}

// -- what is one row in the sum -----------------------------------------------

template <class List>
void unite(List&) {
}

/// A room is one row, on however many nodes it is. Requires: they are sorted.
void unite(v1::Rooms& sum) {
  auto& rows = *sum.mutable_rooms();
  int last = -1;
  for (int i = 0; i < rows.size(); ++i) {
    auto& x = rows[i];
    if (last < 0 || key_of(rows[last]) != key_of(x)) {
      rows.SwapElements(++last, i);
      continue;
    }
    auto& y = rows[last];
    y.set_members(y.members() + x.members());
    y.set_members_lagging(y.members_lagging() + x.members_lagging());
    y.mutable_nodes()->MergeFrom(x.nodes());
  }
  rows.DeleteSubrange(last + 1, rows.size() - last - 1);
}

// -- pages --------------------------------------------------------------------

template <class List>
void cut(List&, std::size_t) {
}

std::string cursor_of(const v1::Room& x) {
  return room_cursor(x.namespace_(), x.name());
}

const std::string& cursor_of(const v1::Connection& x) {
  return x.id();
}

template <class List>
void cut_page(List& sum, std::size_t limit) {
  auto& rows = *rows_of(sum);
  const auto n = static_cast<int>(limit);
  const auto is_cut = rows.size() > n;
  if (is_cut)
    rows.DeleteSubrange(n, rows.size() - n);
  // A part that has more says so by any cursor.
  const auto more = is_cut || !sum.next().empty();
  sum.set_next(more && !rows.empty() ? cursor_of(rows[rows.size() - 1]) : "");
}

void cut(v1::Rooms& sum, std::size_t limit) {
  cut_page(sum, limit);
}

void cut(v1::Connections& sum, std::size_t limit) {
  cut_page(sum, limit);
}

// -- silence ------------------------------------------------------------------

template <class List>
void tell_silent(List& sum, const std::vector<std::string>& nodes) {
  sum.set_partial(!nodes.empty());
  for (const auto& x : nodes)
    sum.add_silent_nodes(x);
}

/// It is the view of one node, who has answered.
void tell_silent(v1::Nodes&, const std::vector<std::string>&) {
}

template <class List>
listing_sum join_lists(std::vector<listing_part> parts,
                       std::vector<std::string> silent_nodes,
                       std::size_t limit) {
  std::sort(parts.begin(), parts.end(),
            [](auto& x, auto& y) { return x.node < y.node; });
  List sum;
  for (const auto& x : parts) {
    List part;
    if (!part.ParseFromString(x.bytes)) {
      silent_nodes.push_back(x.node);
      continue;
    }
    for (auto& row : *rows_of(part))
      set_node(row, x.node);
    sum.MergeFrom(part);
  }
  auto& rows = *rows_of(sum);
  std::stable_sort(rows.pointer_begin(), rows.pointer_end(),
                   [](auto* x, auto* y) { return key_of(*x) < key_of(*y); });
  unite(sum);
  cut(sum, limit);
  std::sort(silent_nodes.begin(), silent_nodes.end());
  tell_silent(sum, silent_nodes);
  return {print(sum), static_cast<std::size_t>(rows.size()),
          !silent_nodes.empty()};
}

} // namespace

std::string to_bytes(const std::vector<metric_value>& metrics) {
  v1::Metrics message;
  for (const auto& x : metrics)
    fill(*message.add_metrics(), x);
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

listing_sum join_parts(listing what, const std::vector<listing_part>& parts,
                       std::vector<std::string> silent_nodes,
                       std::size_t limit) {
  auto join = [&]<class List>(List) {
    return join_lists<List>(parts, std::move(silent_nodes), limit);
  };
  switch (what) {
    case listing::actors:
      return join(v1::Actors{});
    case listing::partitions:
      return join(v1::Partitions{});
    case listing::nodes:
      return join(v1::Nodes{});
    case listing::rooms:
      return join(v1::Rooms{});
    case listing::metrics:
      return join(v1::Metrics{});
    default:
      return join(v1::Connections{});
  }
}

std::string room_cursor(std::string_view nsp, std::string_view name) {
  return std::string{nsp} + ',' + std::string{name};
}

room_place place_of(std::string_view cursor) {
  auto comma = cursor.find(',');
  if (comma == std::string_view::npos)
    return {cursor, {}};
  return {cursor.substr(0, comma), cursor.substr(comma + 1)};
}

} // namespace weir::schemas
