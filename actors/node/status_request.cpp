#include "actors/node/status_request.hpp"

#include "actors/node/query_reader.hpp"
#include "config/names.hpp"
#include "config/network.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir {

namespace {

using schemas::listing;

parameter_reader to_limit(std::size_t& x, std::size_t most = most_rows) {
  return {[&x, most](const std::string& value) {
            auto* end = value.data() + value.size();
            auto [stop, error] = std::from_chars(value.data(), end, x);
            return error == std::errc{} && stop == end && x >= 1 && x <= most;
          },
          "is a number from 1 to " + std::to_string(most)};
}

parameter_reader to_topic(std::string& x) {
  return to_text(
    x, [](std::string_view value) { return !config::check_topic(value); },
    "is a topic's name");
}

/// One of a link's own network has the link's name behind it.
bool is_address(std::string_view text) {
  text = text.substr(0, text.find('%'));
  return text.find('/') == std::string_view::npos && parse_network(text);
}

bool is_metric(std::string_view name) {
  constexpr std::string_view digits_and_others
    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:";
  auto others = digits_and_others.substr(10);
  return !name.empty() && others.find(name.front()) != std::string_view::npos
         && name.find_first_not_of(digits_and_others) == std::string_view::npos;
}

bool are_metrics(std::string_view names) {
  for (;;) {
    auto one = names.substr(0, names.find(','));
    if (!is_metric(one))
      return false;
    if (one.size() == names.size())
      return true;
    names.remove_prefix(one.size() + 1);
  }
}

/// As `room_cursor` makes them.
bool is_room_cursor(std::string_view text) {
  return text.starts_with('/') && text.find(',') != std::string_view::npos;
}

/// The beginning of a session's id.
bool is_connection_cursor(std::string_view text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-_")
         == std::string_view::npos;
}

constexpr auto what_next_says = "is what `next` of another answer says";

parameter_reader to_transport(std::string& x) {
  return {[&x](std::string value) {
            x = std::move(value);
            return x == "polling" || x == "websocket";
          },
          "is polling or websocket"};
}

parameter_reader to_detail(event_detail& x) {
  return {[&x](const std::string& value) {
            x = value == "args" ? event_detail::args : event_detail::names;
            return value == "args" || value == "names";
          },
          "is names or args"};
}

parameter_reader to_partition_cursor(partition_choice& x) {
  return {[&x](const std::string& value) {
            x.after = schemas::partition_place_of(value);
            return value.empty() || x.after;
          },
          what_next_says};
}

/// Digits, and no more than the number has; nothing: it is something else.
template <class Number>
std::optional<Number> number_in(std::string_view text, std::size_t most) {
  Number result = 0;
  auto* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, result);
  if (text.empty() || text.size() > most || text.front() == '-'
      || error != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

/// "0:12,1:40"
bool read_positions(std::string_view text, positions& x) {
  constexpr std::size_t most_partition = 9; // digits
  constexpr std::size_t most_offset = 18;
  for (;;) {
    auto one = text.substr(0, text.find(','));
    auto colon = std::min(one.find(':'), one.size());
    auto partition = number_in<std::int32_t>(one.substr(0, colon),
                                             most_partition);
    auto offset = number_in<std::int64_t>(
      one.substr(std::min(colon + 1, one.size())), most_offset);
    if (!partition || !offset)
      return false;
    x[*partition] = *offset;
    if (one.size() == text.size())
      return true;
    text.remove_prefix(one.size() + 1);
  }
}

parameter_reader to_positions(positions& x) {
  return {[&x](const std::string& value) { return read_positions(value, x); },
          "is partitions and offsets, such as 0:12,1:40"};
}

// -- what each path takes -----------------------------------------------------

parameter_readers parameters_of(status_request& x) {
  parameter_readers result{{"node", to(x.node)}};
  if (x.what == listing::rooms)
    result["namespace"] = to_namespace(x.rooms.nsp);
  if (x.what == listing::metrics)
    result["names"] = to_text(x.metrics, are_metrics,
                              "is names of metrics, with commas between them");
  if (x.what == listing::actors) {
    result["busiest"] = to(x.is_busiest);
    result["type"] = to(x.actor_type);
  }
  if (x.what == listing::partitions) {
    result["topic"] = to_topic(x.partitions.topic);
    result["limit"] = to_limit(x.limit);
    result["after"] = to_partition_cursor(x.partitions);
  }
  if (x.what == listing::servers) {
    result["left"] = to(x.with_left);
    result["events"] = to_detail(x.events);
  }
  if (x.what == listing::hot)
    result["limit"] = to_limit(x.limit, most_hot_rows);
  if (x.what == listing::records) {
    result["topic"] = to_topic(x.records.topic);
    result["from"] = to_positions(x.records.from);
    result["limit"] = to_limit(x.limit);
  }
  if (x.is_one || (x.what != listing::rooms && x.what != listing::connections))
    return result;
  result["limit"] = to_limit(x.limit);
  if (x.what == listing::rooms) {
    result["prefix"] = to(x.rooms.prefix);
    result["topic"] = to_topic(x.rooms.topic);
    result["after"] = to_text(x.rooms.after, is_room_cursor, what_next_says);
    return result;
  }
  auto& filter = x.connections.filter;
  result["after"] = to_text(x.connections.after, is_connection_cursor,
                            what_next_says);
  result["detail"] = to(x.connections.in_detail);
  result["user"] = to(filter.user);
  result["namespace"] = to_namespace(filter.nsp);
  result["room"] = to(filter.room);
  result["transport"] = to_transport(filter.transport);
  result["address"] = to_text(filter.address, is_address, "is an IP address");
  result["behind"] = to(filter.behind);
  result["paused"] = to(filter.paused);
  return result;
}

// -- paths --------------------------------------------------------------------

struct place {
  std::string_view path;
  listing what;
};

constexpr place places[]{{"/v1/actors", listing::actors},
                         {"/v1/partitions", listing::partitions},
                         {"/v1/nodes", listing::nodes},
                         {"/v1/rooms", listing::rooms},
                         {"/v1/connections", listing::connections},
                         {"/v1/metrics", listing::metrics},
                         {"/v1/hot", listing::hot},
                         {"/v1/servers", listing::servers},
                         {"/v1/records", listing::records}};

/// Nothing: there is no such path.
std::optional<status_request> request_for(std::string_view path) {
  status_request result;
  for (auto& x : places) {
    result.what = x.what;
    if (path == x.path) {
      if (x.what == listing::hot)
        result.limit = usual_hot_rows;
      if (x.what == listing::partitions)
        result.limit = all_rows;
      return result;
    }
    auto rest = path.substr(std::min(path.size(), x.path.size() + 1));
    if (rest.empty() || !path.starts_with(x.path) || path[x.path.size()] != '/')
      continue;
    result.is_one = true;
    if (x.what == listing::rooms)
      result.rooms.name = rest;
    else if (x.what == listing::connections)
      result.connections.filter.id = rest;
    else
      return std::nullopt;
    return result;
  }
  return std::nullopt;
}

} // namespace

status_request_result parse_status_request(std::string_view path,
                                           std::string_view query) {
  auto request = request_for(path);
  if (!request)
    return {};
  if (request->is_one)
    request->rooms.nsp = "/";
  auto problem = read_query(query, parameters_of(*request));
  if (!problem.empty())
    return {std::nullopt, std::move(problem)};
  if (request->what == listing::records && request->records.topic.empty())
    return {std::nullopt, "which topic is missing: /v1/records?topic=..."};
  // The view of all nodes would be that of each, many times.
  if (request->what == listing::nodes && !request->node)
    request->node.emplace();
  request->rooms.limit = request->connections.limit = request->records.limit
    = request->partitions.limit = request->limit;
  return {std::move(request), {}};
}

} // namespace weir
