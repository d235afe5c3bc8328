#include "schemas/listing_codec.hpp"

#include "schemas/partition_page_codec.hpp"
#include "schemas/protobuf_json.hpp"
#include "schemas/weir/v1/status.pb.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace weir::schemas {

namespace {

// -- whose it is, and what a list is sorted by --------------------------------

template <class Row>
void set_node(Row& row, const std::string& node) {
  row.set_node(node);
}

void set_node(v1::Room& row, const std::string& node) {
  for (auto& x : *row.mutable_nodes())
    x.set_node(node);
}

void set_node(v1::HotItem& row, const std::string& node) {
  row.add_nodes(node);
}

/// A node's name is in what it says of itself.
void set_node(v1::Node&, const std::string&) {
}

template <class List>
void name_others(List&, const std::string&) {
}

void name_others(v1::Actors& part, const std::string& node) {
  for (auto& x : *part.mutable_busiest())
    x.set_node(node);
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

auto key_of(const v1::Server& x) {
  return std::tie(x.node());
}

/// Those of one room, key or partition beside each other.
auto key_of(const v1::HotItem& x) {
  return std::tuple{std::string_view{x.kind()},
                    std::string_view{x.namespace_()},
                    std::string_view{x.room()},
                    std::string_view{x.topic()},
                    x.partition(),
                    std::string_view{x.key()}};
}

auto* rows_of(v1::Hot& x) {
  return x.mutable_hot();
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

auto key_of(const v1::Record& x) {
  return std::tuple{x.partition(), x.offset(), std::string_view{x.namespace_()},
                    std::string_view{x.room()}};
}

auto* rows_of(v1::Records& x) {
  return x.mutable_records();
}

auto* rows_of(v1::Servers& x) {
  return x.mutable_servers();
}

// -- what is one row in the sum -----------------------------------------------

template <class List>
void unite(List&) {
}

/// Has `add` take each row that is of the same as the one before into that.
/// Requires: they are sorted.
template <class Rows, class Add>
void unite_rows(Rows& rows, Add add) {
  int last = -1;
  for (int i = 0; i < rows.size(); ++i)
    if (last < 0 || key_of(rows[last]) != key_of(rows[i]))
      rows.SwapElements(++last, i);
    else
      add(rows[last], rows[i]);
  rows.DeleteSubrange(last + 1, rows.size() - last - 1);
}

/// Of its members that are behind: up to where the room is.
void tell_lag(v1::RoomOnNode& x) {
  std::map<std::int32_t, std::int64_t> next;
  for (const auto& y : x.partitions())
    next[y.partition()] = y.next();
  for (auto& member : *x.mutable_lagging())
    for (auto& y : *member.mutable_positions())
      if (auto i = next.find(y.partition()); i != next.end() && i->second >= 0)
        y.set_lag(std::max<std::int64_t>(i->second - y.next(), 0));
}

/// A room is one row, on however many nodes it is.
void unite(v1::Rooms& sum) {
  unite_rows(*sum.mutable_rooms(), [](auto& y, auto& x) {
    y.set_members(y.members() + x.members());
    y.set_members_lagging(y.members_lagging() + x.members_lagging());
    y.mutable_nodes()->MergeFrom(x.nodes());
  });
  for (auto& x : *sum.mutable_rooms())
    for (auto& y : *x.mutable_nodes())
      tell_lag(y);
}

/// Likewise; then the hottest of each kind first.
void unite(v1::Hot& sum) {
  auto& rows = *sum.mutable_hot();
  unite_rows(rows, [](auto& y, auto& x) {
    y.set_count(y.count() + x.count());
    y.set_error(y.error() + x.error());
    y.set_bytes(y.bytes() + x.bytes());
    y.set_over_ms(std::max(y.over_ms(), x.over_ms()));
    y.mutable_nodes()->MergeFrom(x.nodes());
  });
  std::stable_sort(rows.pointer_begin(), rows.pointer_end(),
                   [](auto* x, auto* y) {
                     return x->kind() != y->kind() ? x->kind() < y->kind()
                                                   : x->count() > y->count();
                   });
}

/// Two nodes may read a partition for a moment: what both have is there once,
/// and who has read further says where it goes on.
void unite(v1::Records& sum) {
  unite_rows(*sum.mutable_records(), [](auto&, auto&) {});
  auto& all = *sum.mutable_positions();
  std::stable_sort(all.pointer_begin(), all.pointer_end(),
                   [](auto* x, auto* y) {
                     return std::tuple{x->partition(), -x->next()}
                            < std::tuple{y->partition(), -y->next()};
                   });
  auto is_of_one = [](auto& x, auto& y) {
    return x.partition() == y.partition();
  };
  all.erase(std::unique(all.begin(), all.end(), is_of_one), all.end());
}

/// The busiest actors of all nodes.
void unite(v1::Actors& sum) {
  constexpr int most = 10;
  auto& rows = *sum.mutable_busiest();
  std::stable_sort(rows.pointer_begin(), rows.pointer_end(),
                   [](auto* x, auto* y) {
                     return x->busy_ms() > y->busy_ms();
                   });
  if (rows.size() > most)
    rows.DeleteSubrange(most, rows.size() - most);
}

// -- pages --------------------------------------------------------------------

template <class List>
void cut(List&, std::size_t) {
}

std::string cursor_of(const v1::Room& x) {
  return room_cursor(x.namespace_(), x.name());
}

std::string cursor_of(const v1::Partition& x) {
  return partition_cursor({x.topic(), x.partition()});
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

/// A partition that two nodes list for a moment is not cut in two.
void cut(v1::Partitions& sum, std::size_t limit) {
  auto& rows = *sum.mutable_partitions();
  auto n
    = static_cast<int>(std::min(limit, static_cast<std::size_t>(rows.size())));
  while (n > 0 && n < rows.size()
         && cursor_of(rows[n]) == cursor_of(rows[n - 1]))
    ++n;
  cut_page(sum, static_cast<std::size_t>(n));
}

/// So many of each kind. Requires: they are sorted by it.
void cut(v1::Hot& sum, std::size_t limit) {
  auto& rows = *sum.mutable_hot();
  int kept = 0;
  std::size_t of_kind = 0;
  std::string kind;
  for (int i = 0; i < rows.size(); ++i) {
    if (rows[i].kind() != kind) {
      kind = rows[i].kind();
      of_kind = 0;
    }
    if (++of_kind <= limit)
      rows.SwapElements(kept++, i);
  }
  rows.DeleteSubrange(kept, rows.size() - kept);
}

/// Nodes have kept to it; what follows is where each partition goes on.
void cut(v1::Records& sum, std::size_t) {
  std::string next;
  for (const auto& x : sum.positions())
    next += (next.empty() ? "" : ",") + std::to_string(x.partition()) + ':'
            + std::to_string(x.next());
  sum.set_next(std::move(next));
}

template <class List>
int count_of(List& sum) {
  return rows_of(sum)->size();
}

int count_of(v1::Records& sum) {
  return sum.positions_size();
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
    name_others(part, x.node);
    sum.MergeFrom(part);
  }
  auto& rows = *rows_of(sum);
  std::stable_sort(rows.pointer_begin(), rows.pointer_end(),
                   [](auto* x, auto* y) { return key_of(*x) < key_of(*y); });
  unite(sum);
  cut(sum, limit);
  std::sort(silent_nodes.begin(), silent_nodes.end());
  tell_silent(sum, silent_nodes);
  return {print(sum), static_cast<std::size_t>(count_of(sum)),
          !silent_nodes.empty()};
}

} // namespace

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
    case listing::hot:
      return join(v1::Hot{});
    case listing::servers:
      return join(v1::Servers{});
    case listing::records:
      return join(v1::Records{});
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
