#include "actors/node/disconnect_request.hpp"

#include "actors/node/query_reader.hpp"

#include <utility>

namespace weir {

namespace {

constexpr std::string_view all = "/v1/connections", one = "/v1/connections/";

/// The user of `/v1/users/{user}/connections`; empty: it is another path.
std::string_view user_of(std::string_view path) {
  constexpr std::string_view begin = "/v1/users/", end = "/connections";
  if (path.size() <= begin.size() + end.size() || !path.starts_with(begin)
      || !path.ends_with(end))
    return {};
  path.remove_prefix(begin.size());
  path.remove_suffix(end.size());
  return path;
}

} // namespace

disconnect_request_result parse_disconnect_request(std::string_view path,
                                                   std::string_view query) {
  disconnect_everywhere result;
  auto& whom = result.whom;
  parameter_readers parameters;
  result.user = user_of(path);
  if (path.starts_with(one))
    whom.id = path.substr(one.size());
  if (path == all) {
    whom.nsp = "/";
    parameters = {{"room", to(whom.room)},
                  {"namespace", to_namespace(whom.nsp)}};
  } else if (whom.id.empty() && result.user.empty()) {
    return {};
  }
  if (auto problem = read_query(query, parameters); !problem.empty())
    return {std::nullopt, std::move(problem)};
  if (path == all && whom.room.empty())
    return {std::nullopt, "room is missing: /v1/connections?room={room} sends "
                          "its members away, and "
                          "/v1/connections/{sid} one client"};
  return {std::move(result), {}};
}

} // namespace weir
