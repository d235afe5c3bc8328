#include "actors/node/admin_answers.hpp"

#include "actors/node/action_request.hpp"
#include "schemas/listing_codec.hpp"
#include "schemas/status_codec.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr std::string_view there_are
  = "there are /livez, /readyz, /metrics, /v1/actors, /v1/nodes, "
    "/v1/partitions, /v1/rooms, /v1/rooms/{room}, /v1/servers, "
    "/v1/connections, /v1/connections/{sid}, /v1/hot, /v1/records and "
    "/v1/metrics";

/// What a path may be asked by.
std::string methods_of(std::string_view path) {
  if (is_action(path))
    return "POST";
  if (path.starts_with("/v1/users/"))
    return "DELETE";
  return path.starts_with("/v1/connections") ? "GET, HEAD, DELETE"
                                             : "GET, HEAD";
}

std::string joined(const std::vector<std::string>& names) {
  std::string result;
  for (auto& x : names)
    result += (result.empty() ? "" : ", ") + x;
  return result;
}

http::admin_response no_node(const std::string& name,
                             const std::vector<std::string>& known) {
  return text(404, "there is no node \"" + name
                     + "\"; those that this one knows are " + joined(known));
}

bool is_among(const std::vector<std::string>& names, const std::string& x) {
  return std::find(names.begin(), names.end(), x) != names.end();
}

http::admin_response node_is_down(const std::string& name) {
  return text(503, "node \"" + name
                     + "\" is down: there is no link to it, so it cannot be "
                       "asked. It comes back by itself once it can be reached. "
                       "Look at its process and its log, and at the network "
                       "between the nodes; if it runs, ask its own endpoint");
}

} // namespace

http::admin_response text(unsigned status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body) + "\n"};
}

http::admin_response json(std::string body, unsigned status) {
  return {status, "application/json", std::move(body) + "\n"};
}

http::admin_response no_path() {
  return text(404, std::string{there_are});
}

http::admin_response no_method(std::string_view path) {
  auto result = text(405, "only GET; DELETE for /v1/connections/{sid}, "
                          "/v1/connections?room={room}&namespace={namespace} "
                          "and /v1/users/{user}/connections; and POST for "
                            + std::string{actions});
  result.allow = methods_of(path);
  return result;
}

http::admin_response answer_of(const status_request& asked,
                               const nodes_answered& x) {
  if (!x.known.empty())
    return no_node(asked.node.value_or(""), x.known);
  if (asked.node && is_among(x.down, *asked.node))
    return node_is_down(*asked.node);
  auto sum = schemas::join_parts(asked.what, x.parts, x.silent, asked.limit);
  if (x.parts.empty())
    return json(std::move(sum.json), 503);
  auto may_be_empty = !asked.is_one && asked.what != schemas::listing::records;
  // Not found is no certainty while somebody has not answered.
  auto status = may_be_empty || sum.rows != 0 ? 200u
                : sum.partial                 ? 503u
                                              : 404u;
  return json(std::move(sum.json), status);
}

http::admin_response answer_of(const disconnected& x) {
  // Not found is no certainty while somebody has not answered.
  auto status = !x.silent.empty() ? 503u : x.clients == 0 ? 404u : 200u;
  return json(schemas::to_json(schemas::disconnect_status{x.clients, x.silent}),
              status);
}

http::admin_response answer_of(const event_published& x) {
  schemas::publish_status status{x.topic, x.partition, x.offset, {}, {}};
  if (x.error == emit_errc::none)
    return json(to_json(status));
  status.code = to_string(x.error);
  status.message = x.message;
  return json(to_json(status), x.error == emit_errc::unavailable    ? 503u
                               : x.error == emit_errc::timeout      ? 504u
                               : x.error == emit_errc::unknown_room ? 404u
                                                                    : 422u);
}

http::admin_response answer_of(const std::string& node,
                               const actions_answered& x) {
  if (!x.known.empty())
    return no_node(node, x.known);
  if (is_among(x.down, node))
    return node_is_down(node);
  auto& sum = x.sum;
  auto status = !sum.silent_nodes.empty() ? 503u
                : !sum.problems.empty()   ? 409u
                : sum.done == 0           ? 404u
                                          : 200u;
  return json(schemas::to_json(sum), status);
}

} // namespace weir
