#include "actors/cluster/disconnector.hpp"
#include "actors/node/admin_ui_state.hpp"
#include "actors/node/controller.hpp"
#include "config/log.hpp"
#include "transport/http/query.hpp"

#include <utility>

namespace weir {

namespace {

/// Bytes that the log has of a command's arguments.
constexpr std::size_t logged_arguments = 500;

/// Orders for single sockets that one command may come to.
constexpr std::size_t max_orders = 1000;

} // namespace

void admin_ui_state::on_command(const ui_command& x) {
  auto asked = parse_ui_request(x.name, x.args);
  log::info("operator's action",
            {{"from", x.from},
             {"what", "Admin UI " + x.name},
             {"arguments", x.args.substr(0, logged_arguments)},
             {"refused", why_not(asked)}});
  if (!why_not(asked).empty())
    return;
  using kind = ui_request::kind;
  if (asked->what != kind::disconnect)
    order(*asked);
  else if (lists)
    disconnect_clients_of(*asked);
  else
    disconnect_unlisted(*asked);
}

std::string_view
admin_ui_state::why_not(const std::optional<ui_request>& x) const {
  if (options.read_only)
    return "the Admin UI is read-only (admin.ui_read_only)";
  return x ? "" : "there is no such command, or not with these arguments";
}

void admin_ui_state::disconnect_clients_of(const ui_request& x) {
  auto targets = targets_of(x);
  if (!targets)
    return;
  if (targets->empty())
    note_nobody(x);
  for (auto& target : *targets) {
    auto* socket = sockets.find(x.nsp, target.id);
    disconnect({x.close && socket ? socket->client : target.id, {}, {}}, [] {});
  }
}

/// Of sockets that are not listed, whose ids somebody knows all the same; or
/// a room.
void admin_ui_state::disconnect_unlisted(const ui_request& x) {
  disconnect({x.filter, {}, {}}, [this, x] {
    disconnect({{}, x.nsp, x.filter}, [] {});
  });
}

template <class OnNobody>
void admin_ui_state::disconnect(disconnect_clients whom, OnNobody on_nobody) {
  self
    ->request(options.disconnector, 2 * disconnect_patience,
              disconnect_everywhere{std::move(whom), {}})
    .then(
      [this, on_nobody](const disconnected& y) {
        if (y.clients == 0)
          on_nobody();
        on_done({y.clients, {}, y.silent});
      },
      [this](const caf::error& e) { on_failed(e); });
}

/// Those that are meant: one socket, the members of a room, or all of the
/// namespace. A room that is to be left without a filter is left by all of its
/// members. Nothing: they are too many.
std::optional<std::vector<ui_sockets::target>>
admin_ui_state::targets_of(const ui_request& x) const {
  auto room = x.filter;
  if (x.what == ui_request::kind::leave && room.empty())
    room = x.room;
  auto result = sockets.members(x.nsp, room); // a socket is in its own room
  if (result.size() <= max_orders)
    return result;
  log::warning("an action of the Admin UI would concern too many sockets",
               {{"sockets", result.size()}, {"limit", max_orders}});
  return std::nullopt;
}

/// Whoever has left since the page was told, or was never there.
void admin_ui_state::note_nobody(const ui_request& x) const {
  log::warning("an action of the Admin UI finds nobody",
               {{"namespace", x.nsp},
                {"room", x.room},
                {"filter", x.filter},
                {"why", lists ? "no socket has this id or is in this room"
                              : "sockets are not listed: it must name one"}});
}

void admin_ui_state::order(const ui_request& x) {
  if (x.what == ui_request::kind::emit && !x.filter.empty()
      && sockets.find(x.nsp, x.filter) == nullptr)
    return act(action_of(x, "&room=" + http::form_encoded(x.filter)), {});
  auto targets = targets_of(x);
  if (!targets)
    return;
  if (!lists && !x.filter.empty())
    targets->push_back({x.filter, {}});
  if (targets->empty())
    note_nobody(x);
  for (auto& y : *targets)
    act(action_of(x, "&sid=" + http::form_encoded(y.id)),
        y.node.empty() ? std::nullopt : std::optional{y.node});
}

operator_action admin_ui_state::action_of(const ui_request& x,
                                          const std::string& whom) {
  using enum ui_request::kind;
  auto query = "namespace=" + http::form_encoded(x.nsp) + whom;
  if (x.what == emit)
    return {"/v1/emit", query + "&event=" + http::form_encoded(x.event),
            '[' + x.args + ']'};
  return {x.what == join ? "/v1/join" : "/v1/leave",
          query + "&room=" + http::form_encoded(x.room),
          {}};
}

void admin_ui_state::act(operator_action x, std::optional<std::string> node) {
  self
    ->request(options.controller, 2 * action_patience,
              act_on_nodes{std::move(x), std::move(node)})
    .then([this](const actions_answered& y) { on_done(y.sum); },
          [this](const caf::error& e) { on_failed(e); });
}

/// The page has no place for an error; what has changed it shows.
void admin_ui_state::on_done(const schemas::action_status& x) {
  if (x.done == 0 || !x.problems.empty() || !x.silent_nodes.empty())
    log::limited(log_level::warning,
                 "an action of the Admin UI was not done everywhere", "",
                 {{"done", x.done},
                  {"problem", x.problems.empty() ? "" : x.problems[0]},
                  {"silent_nodes", x.silent_nodes.size()}});
  if (has_pages())
    look();
}

void admin_ui_state::on_failed(const caf::error& e) const {
  log::limited(log_level::warning, "an action of the Admin UI gets no answer",
               "", {{"why", to_string(e)}});
}

} // namespace weir
