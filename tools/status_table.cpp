#include "tools/status_table.hpp"

#include "config/escaped.hpp"
#include "tools/admin_question.hpp"
#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace weir {

namespace {

using boost::json::array;
using boost::json::object;

/// "3s", "5m", "2h", "4d"
std::string duration(std::int64_t ms) {
  constexpr std::pair<std::int64_t, char> units[]{
    {86'400'000, 'd'}, {3'600'000, 'h'}, {60'000, 'm'}};
  for (auto [length, unit] : units)
    if (ms >= 2 * length)
      return std::to_string(ms / length) + unit;
  return std::to_string(ms / 1000) + 's';
}

/// The field of each, with commas.
std::string joined(const array& all, std::string_view field) {
  std::string result;
  for (auto& x : all)
    if (auto y = text(row(x), field); y != "-")
      result += (result.empty() ? "" : ",") + y;
  return result.empty() ? "-" : result;
}

std::string sum(const array& all, std::string_view field) {
  std::int64_t result = 0;
  for (auto& x : all)
    result += number(row(x), field);
  return std::to_string(result);
}

/// A column for each field, whose name is its heading.
std::string plain_table(const array& all,
                        const std::vector<std::string>& fields) {
  text_table result{fields};
  for (auto& x : all) {
    std::vector<std::string> cells;
    for (auto& field : fields)
      cells.push_back(text(row(x), field));
    result.add(std::move(cells));
  }
  return result.text();
}

/// "-": it is of an earlier version, or not there.
std::string ready(const object& node) {
  auto* known = node.if_contains("readiness");
  return known ? text(row(*known), "ready") : "-";
}

/// A line for each reason why a node is not ready.
std::string why_not_ready(const array& nodes) {
  std::string result;
  for (auto& x : nodes)
    for (auto& why : reasons_of(row(x)))
      result += "node " + printable(text(row(x), "name"))
                + " is not ready: " + printable(why) + '\n';
  return result.empty() ? "" : '\n' + result;
}

std::string nodes_table(const array& all) {
  text_table result{{"name", "state", "ready", "address", "connections",
                     "partitions", "silent", "encrypted"}};
  for (auto& y : all) {
    auto& x = row(y);
    auto* link = x.if_contains("link");
    result.add({text(x, "name"), text(x, "state"), ready(x), text(x, "address"),
                text(x, "connections"), text(x, "partitions"),
                link ? duration(number(row(*link), "silent_ms")) : "-",
                link ? text(row(*link), "encrypted") : "-"});
  }
  return result.text() + why_not_ready(all);
}

std::string actors_table(const object& answer) {
  auto result = plain_table(rows(answer, "actors"),
                            {"type", "node", "count", "mailbox", "mailbox_max",
                             "processed", "busy_ms", "credit_held",
                             "credit_owed", "restarts"});
  if (auto& busiest = rows(answer, "busiest"); !busiest.empty())
    result += '\n'
              + plain_table(busiest, {"type", "id", "node", "mailbox",
                                      "mailbox_max", "processed", "busy_ms"});
  return result;
}

/// What there is of it in a second.
std::string rate_of(const object& x, std::string_view field) {
  auto ms = std::max<std::int64_t>(number(x, "over_ms"), 1);
  return std::to_string(number(x, field) * 1000 / ms);
}

std::string hot_table(const array& all) {
  text_table result{
    {"kind", "name", "where", "per second", "count", "error", "nodes"}};
  for (auto& y : all) {
    auto& x = row(y);
    auto is_room = text(x, "kind") == "room";
    auto place = text(x, "topic") + '/' + text(x, "partition");
    result.add({text(x, "kind"), text(x, is_room ? "room" : "key"),
                is_room ? text(x, "namespace") : std::move(place),
                rate_of(x, "count"), text(x, "count"), text(x, "error"),
                joined_names(rows(x, "nodes"))});
  }
  return result.text();
}

// -- rooms --------------------------------------------------------------------

std::string rooms_table(const array& all) {
  text_table result{{"namespace", "room", "members", "behind", "skipped",
                     "topic", "key", "nodes"}};
  for (auto& y : all) {
    auto& x = row(y);
    auto& nodes = rows(x, "nodes");
    result.add({text(x, "namespace"), text(x, "name"), text(x, "members"),
                text(x, "members_lagging"), sum(nodes, "skipped_records"),
                text(x, "topic"), text(x, "key"), joined(nodes, "node")});
  }
  return result.text();
}

std::string room_places(const object& room) {
  text_table nodes{
    {"node", "members", "behind", "waiting joins", "skipped", "problem"}};
  text_table places{{"node", "partition", "next", "replays"}};
  text_table lagging{{"node", "socket", "user", "partition", "next", "lag"}};
  for (auto& y : rows(room, "nodes")) {
    auto& x = row(y);
    auto node = text(x, "node");
    nodes.add({node, text(x, "members"), text(x, "members_lagging"),
               text(x, "waiting_joins"), text(x, "skipped_records"),
               text(x, "problem")});
    for (auto& z : rows(x, "partitions"))
      places.add({node, text(row(z), "partition"), text(row(z), "next"),
                  text(row(z), "replays")});
    for (auto& z : rows(x, "lagging"))
      for (auto& p : rows(row(z), "positions"))
        lagging.add({node, text(row(z), "socket"), text(row(z), "user"),
                     text(row(p), "partition"), text(row(p), "next"),
                     text(row(p), "lag")});
  }
  return nodes.text() + '\n' + places.text() + '\n' + lagging.text();
}

// -- connections --------------------------------------------------------------

std::string state_of(const object& connection) {
  std::string result;
  for (auto* field : {"paused", "behind"})
    if (text(connection, field) == "yes")
      result += (result.empty() ? "" : ",") + std::string{field};
  return result.empty() ? "ok" : result;
}

std::string connections_table(const array& all) {
  text_table result{{"id", "node", "address", "transport", "age", "outbox",
                     "open", "state", "namespaces", "users"}};
  for (auto& y : all) {
    auto& x = row(y);
    auto& sockets = rows(x, "sockets");
    result.add({text(x, "id"), text(x, "node"), text(x, "address"),
                text(x, "transport"), duration(number(x, "connected_ms")),
                text(x, "outbox_bytes"), text(x, "open_requests"), state_of(x),
                joined(sockets, "namespace"), joined(sockets, "user")});
  }
  return result.text();
}

std::string memberships_table(const object& connection) {
  text_table result{
    {"socket", "namespace", "room", "partition", "next", "behind", "lag"}};
  for (auto& y : rows(connection, "sockets")) {
    auto& x = row(y);
    for (auto& z : rows(x, "rooms"))
      for (auto& p : rows(row(z), "positions"))
        result.add({text(x, "id"), text(x, "namespace"), text(row(z), "room"),
                    text(row(p), "partition"), text(row(p), "next"),
                    text(row(p), "behind"), text(row(p), "lag")});
  }
  return result.text();
}

template <class Below>
std::string below(const array& all, Below f) {
  std::string result;
  for (auto& x : all)
    result += '\n' + f(row(x));
  return result;
}

} // namespace

void text_table::add(std::vector<std::string> row) {
  for (auto& x : row)
    if (!is_plain(x)) {
      std::string quoted;
      append_quoted(quoted, x);
      x = std::move(quoted);
    }
  rows_.push_back(std::move(row));
}

std::string text_table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string result;
  for (auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

namespace {

std::string table_of(const object& answer, bool in_detail) {
  if (answer.contains("nodes"))
    return nodes_table(rows(answer, "nodes"));
  if (answer.contains("partitions"))
    return plain_table(rows(answer, "partitions"),
                       {"topic", "partition", "node", "position", "log_end",
                        "lag", "committed", "subscribers", "credit",
                        "cached_bytes", "cache_hits", "cache_misses"});
  if (answer.contains("actors"))
    return actors_table(answer);
  if (answer.contains("hot"))
    return hot_table(rows(answer, "hot"));
  auto& rooms = rows(answer, "rooms");
  auto& connections = rows(answer, "connections");
  auto is_of_rooms = answer.contains("rooms");
  auto result = is_of_rooms ? rooms_table(rooms)
                            : connections_table(connections);
  if (in_detail)
    result += is_of_rooms ? below(rooms, room_places)
                          : below(connections, memberships_table);
  return result;
}

} // namespace

std::string status_table(const object& answer, bool in_detail,
                         bool with_heading) {
  auto result = table_of(answer, in_detail);
  if (!with_heading)
    result.erase(0, result.find('\n') + 1);
  return result;
}

std::string readiness_lines(const object& readiness, bool is_ready) {
  auto result = std::string{"ready  "} + (is_ready ? "yes" : "no") + '\n';
  for (auto& why : rows(readiness, "reasons"))
    result += "  because " + boost::json::serialize(why) + '\n';
  return result;
}

std::string joined_names(const array& all) {
  std::string result;
  for (auto& x : all)
    if (auto* y = x.if_string())
      result += (result.empty() ? "" : ",") + std::string{y->data(), y->size()};
  return result.empty() ? "-" : result;
}

std::string lag_line(const object& partitions) {
  std::int64_t sum = 0, most = 0;
  std::string where;
  for (auto& y : rows(partitions, "partitions")) {
    auto& x = row(y);
    auto lag = number(x, "lag");
    sum += lag;
    if (lag > most) {
      most = lag;
      where = text(x, "topic") + '/' + text(x, "partition") + " on "
              + text(x, "node");
    }
  }
  auto result = std::to_string(sum) + " records in "
                + std::to_string(rows(partitions, "partitions").size())
                + " partitions";
  return where.empty()
           ? result
           : result + "; most, " + std::to_string(most) + ", in " + where;
}

} // namespace weir
