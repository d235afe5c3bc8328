#include "actors/node/status_request.hpp"

#include "actors/node/query_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weir {

namespace {

using schemas::listing;

/// From 1 to `most_rows`.
parameter_reader to_limit(std::size_t& x) {
  return {[&x](const std::string& value) {
            auto* end = value.data() + value.size();
            auto [stop, error] = std::from_chars(value.data(), end, x);
            return error == std::errc{} && stop == end && x >= 1
                   && x <= most_rows;
          },
          "is a number from 1 to 1000"};
}

parameter_reader to_transport(std::string& x) {
  return {[&x](std::string value) {
            x = std::move(value);
            return x == "polling" || x == "websocket";
          },
          "is polling or websocket"};
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
    result["namespace"] = to(x.rooms.nsp);
  if (x.what == listing::metrics)
    result["names"] = to(x.metrics);
  if (x.what == listing::actors)
    result["busiest"] = to(x.is_busiest);
  if (x.what == listing::servers)
    result["left"] = to(x.with_left);
  if (x.what == listing::hot)
    result["limit"] = to_limit(x.limit);
  if (x.what == listing::records) {
    result["topic"] = to(x.records.topic);
    result["from"] = to_positions(x.records.from);
    result["limit"] = to_limit(x.limit);
  }
  if (x.is_one || (x.what != listing::rooms && x.what != listing::connections))
    return result;
  result["limit"] = to_limit(x.limit);
  if (x.what == listing::rooms) {
    result["prefix"] = to(x.rooms.prefix);
    result["topic"] = to(x.rooms.topic);
    result["after"] = to(x.rooms.after);
    return result;
  }
  auto& filter = x.connections.filter;
  result["after"] = to(x.connections.after);
  result["detail"] = to(x.connections.in_detail);
  result["user"] = to(filter.user);
  result["namespace"] = to(filter.nsp);
  result["room"] = to(filter.room);
  result["transport"] = to_transport(filter.transport);
  result["address"] = to(filter.address);
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
    = request->limit;
  return {std::move(request), {}};
}

} // namespace weir
