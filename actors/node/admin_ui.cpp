#include "actors/node/admin_ui.hpp"

#include "actors/cluster/disconnector.hpp"
#include "actors/node/controller.hpp"
#include "actors/node/inspector.hpp"
#include "actors/node/ui_request.hpp"
#include "actors/node/ui_servers.hpp"
#include "actors/node/ui_sockets.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/http/query.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

constexpr std::string_view nsp = "/admin";

/// Connections of a node that are asked for at a time.
constexpr std::size_t page_rows = 1000;

/// Of what has changed since the last look; where it is more, pages get all that
/// there is instead.
constexpr std::size_t max_events = 1000;

/// Lists that were too long come back when there are so many parts of eight.
constexpr std::uint64_t parts_that_fit = 7;

/// Bytes that the log has of a command's arguments, and of a user's name that
/// anybody may send.
constexpr std::size_t logged_arguments = 500;
constexpr std::size_t logged_user = 64;

/// Orders for single sockets that one command may come to.
constexpr std::size_t max_orders = 1000;

struct admin_ui_state {
  static inline const char* name = "weir.admin-ui";

  admin_ui_state(admin_ui_actor::pointer self, actor_executor executor,
                 admin_ui_options given)
    : self(self),
      executor(executor),
      options(std::move(given)),
      lists(options.max_sockets > 0) {}

  admin_ui_actor::behavior_type make_behavior() {
    self->set_down_handler([this](const caf::down_msg& x) { on_down(x); });
    return {
      [this](const ui_entry& x) { on_entry(x); },
      [this](const ui_command& x) { on_command(x); },
    };
  }

  // -- who is there -----------------------------------------------------------

  void on_entry(const ui_entry& x) {
    auto shown = read_ui_credentials(x.credentials);
    auto has_session = options.login.holds(shown.session, seconds());
    auto is_admitted = has_session || !options.login.asks()
                       || options.login.matches(shown.user, shown.password);
    tell(self, x.session, ui_verdict{is_admitted});
    if (!is_admitted)
      return note_refusal(x, shown);
    log::info("a page of the Admin UI is let in",
              {{"from", x.from}, {"user", shown.user}});
    self->monitor(x.session);
    if (options.login.asks() && !has_session)
      send(x.session, "session", quoted(options.login.make_session(seconds())));
    send(x.session, "config", config());
    newcomers.insert(x.session);
    look();
  }

  void note_refusal(const ui_entry& x, const ui_credentials& shown) const {
    count(self->system(), metrics::operators_refused)->inc();
    log::limited(log_level::warning, "a login to the Admin UI is refused",
                 x.from,
                 {{"from", x.from},
                  {"user", shown.user.substr(0, logged_user)},
                  {"why", shown.session.empty() ? "wrong user or password"
                                                : "its session is over"}});
  }

  void on_down(const caf::down_msg& x) {
    auto is_it = [&](auto& y) { return y.address() == x.source; };
    std::erase_if(pages, is_it);
    std::erase_if(newcomers, is_it);
    if (!pages.empty() || !newcomers.empty())
      return;
    timer.cancel();
    sockets.clear();
    servers.clear();
  }

  std::int64_t seconds() const { return options.now() / 1000; }

  // -- looking ----------------------------------------------------------------

  /// What is found goes to all pages; newcomers get all that there is.
  struct sight {
    ui_sockets::listing found{};
    std::set<std::string> silent{};
    std::deque<std::string> nodes{}; ///< to be asked, the first one now
    std::size_t bytes = 0;
    bool is_cut = false; ///< the rest was too much
  };

  using sight_ptr = std::shared_ptr<sight>;

  /// As long as somebody is there; one look at a time.
  void look() {
    if (std::exchange(looking, true)) {
      looks_again = true;
      return;
    }
    timer.start(self, executor, ui_interval, [this] { look(); });
    self
      ->request(options.inspector, 2 * inspection_patience,
                ask_nodes{{"/v1/servers", ""}, std::nullopt})
      .then([this](const nodes_answered& x) { on_servers(x); },
            [this](const caf::error& e) { on_stuck(e); });
  }

  void on_stuck(const caf::error& e) {
    log::limited(log_level::warning, "the Admin UI gets no answer", "inspector",
                 {{"why", to_string(e)}});
    rest();
  }

  void rest() {
    looking = false;
    if (std::exchange(looks_again, false) && has_pages())
      look();
  }

  bool has_pages() const { return !pages.empty() || !newcomers.empty(); }

  void on_servers(const nodes_answered& x) {
    auto now = std::make_shared<sight>();
    now->silent = {x.silent.begin(), x.silent.end()};
    total = 0;
    std::vector<ui_event> reports;
    for (auto& part : x.parts) {
      auto server = schemas::server_in(part.bytes);
      if (!server)
        continue;
      total += sockets_of(*server);
      now->nodes.push_back(part.node);
      reports.push_back(
        {"server_stats", servers.report(part.node, *server, options.now())});
    }
    decide_lists();
    tell_all(newcomers, reports);
    tell_all(pages, reports);
    if (lists)
      list_next(now);
    else
      welcome();
  }

  /// The page freezes where there are too many. They are listed again only when
  /// there are clearly fewer.
  void decide_lists() {
    auto most = std::uint64_t{options.max_sockets};
    set_lists(most > 0 && total <= (lists ? most : most_again));
  }

  void set_lists(bool wanted) {
    if (wanted == lists)
      return;
    lists = wanted;
    most_again = std::min<std::uint64_t>(total, options.max_sockets)
                 * parts_that_fit / 8;
    log::warning(wanted
                   ? "the Admin UI lists sockets again"
                   : "there are too many sockets for the Admin UI: it gets "
                     "counts alone",
                 {{"sockets", total},
                  {"limit", options.max_sockets},
                  {"key", "admin.ui_sockets"}});
    sockets.clear();
    auto event = std::vector<ui_event>{{"config", config()}};
    tell_all(newcomers, event);
    tell_all(pages, event);
    // They know nothing of what there is.
    if (wanted)
      newcomers.merge(pages);
  }

  void list_next(const sight_ptr& x, const std::string& after = {}) {
    if (x->nodes.empty() || x->is_cut)
      return show(*x);
    auto query = "detail=true&limit=" + std::to_string(page_rows)
                 + (after.empty() ? "" : "&after=" + after);
    self
      ->request(options.inspector, 2 * inspection_patience,
                ask_nodes{{"/v1/connections", query}, x->nodes.front()})
      .then([this, x](const nodes_answered& y) { on_listed(x, y); },
            [this](const caf::error& e) { on_stuck(e); });
  }

  void on_listed(const sight_ptr& x, const nodes_answered& y) {
    auto node = x->nodes.front();
    auto part = y.parts.empty() ? std::nullopt
                                : schemas::connections_in(y.parts[0].bytes);
    std::string after;
    if (!part) // a node that is gone is not known any more
      x->silent.insert(y.silent.begin(), y.silent.end());
    else
      after = take(*x, node, *part);
    if (after.empty())
      x->nodes.pop_front();
    list_next(x, after);
  }

  /// Where to go on; empty: that was all.
  std::string take(sight& x, const std::string& node,
                   const schemas::connection_list& part) const {
    for (auto& y : part.connections)
      x.bytes += ui_sockets::add(x.found, node, y);
    x.is_cut = x.bytes > max_ui_listing || x.found.size() > options.max_sockets;
    return part.more && !part.connections.empty() ? part.connections.back().id
                                                  : std::string{};
  }

  void show(sight& x) {
    if (x.is_cut) {
      set_lists(false);
      return welcome();
    }
    auto events = sockets.update(std::move(x.found), x.silent, options.now());
    if (events.size() > max_events)
      events.assign(1, all_sockets());
    tell_all(pages, events);
    if (!newcomers.empty())
      tell_all(newcomers, std::vector{all_sockets()});
    welcome();
  }

  ui_event all_sockets() const { return {"all_sockets", sockets.json()}; }

  void welcome() {
    pages.merge(newcomers);
    newcomers.clear();
    rest();
  }

  // -- telling ----------------------------------------------------------------

  std::string config() const {
    std::string features = R"("AGGREGATED_EVENTS")";
    if (lists)
      features += R"(,"ALL_EVENTS")";
    if (!options.read_only)
      features += R"(,"EMIT","JOIN","LEAVE","DISCONNECT","MJOIN","MLEAVE",)"
                  R"("MDISCONNECT")";
    return R"({"supportedFeatures":[)" + features + "]}";
  }

  static std::string quoted(std::string_view text) {
    std::string result;
    json::append_string(result, text);
    return result;
  }

  static void append(std::string& frames, const ui_event& x) {
    engineio::append_text_message(frames,
                                  socketio::encode_event(nsp, x.name, x.args));
  }

  void send(const ui_session_actor& to, std::string_view event,
            std::string args) {
    auto frames = std::make_shared<std::string>();
    append(*frames, {std::string{event}, std::move(args)});
    tell(self, to, ui_events{std::move(frames)});
  }

  void tell_all(const std::set<ui_session_actor>& to,
                const std::vector<ui_event>& events) {
    if (to.empty() || events.empty())
      return;
    auto frames = std::make_shared<std::string>();
    for (auto& x : events)
      append(*frames, x);
    for (auto& page : to)
      tell(self, page, ui_events{frames});
  }

  // -- doing ------------------------------------------------------------------

  void on_command(const ui_command& x) {
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

  std::string_view why_not(const std::optional<ui_request>& x) const {
    if (options.read_only)
      return "the Admin UI is read-only (admin.ui_read_only)";
    return x ? "" : "there is no such command, or not with these arguments";
  }

  void disconnect_clients_of(const ui_request& x) {
    for (auto& target : targets_of(x)) {
      auto* socket = sockets.find(x.nsp, target.id);
      disconnect({x.close && socket ? socket->client : target.id, {}, {}},
                 [] {});
    }
  }

  /// Of sockets that are not listed, whose ids somebody knows all the same; or
  /// a room.
  void disconnect_unlisted(const ui_request& x) {
    disconnect({x.filter, {}, {}}, [this, x] {
      disconnect({{}, x.nsp, x.filter}, [] {});
    });
  }

  template <class OnNobody>
  void disconnect(disconnect_clients whom, OnNobody on_nobody) {
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
  /// members.
  std::vector<ui_sockets::target> targets_of(const ui_request& x) const {
    auto room = x.filter;
    if (x.what == ui_request::kind::leave && room.empty())
      room = x.room;
    auto result = sockets.members(x.nsp, room); // a socket is in its own room
    if (result.size() <= max_orders)
      return result;
    log::warning("an action of the Admin UI would concern too many sockets",
                 {{"sockets", result.size()}, {"limit", max_orders}});
    return {};
  }

  void order(const ui_request& x) {
    if (x.what == ui_request::kind::emit && !x.filter.empty()
        && sockets.find(x.nsp, x.filter) == nullptr)
      return act(action_of(x, "&room=" + http::form_encoded(x.filter)), {});
    auto targets = targets_of(x);
    if (!lists && !x.filter.empty())
      targets.push_back({x.filter, {}});
    for (auto& y : targets)
      act(action_of(x, "&sid=" + http::form_encoded(y.id)),
          y.node.empty() ? std::nullopt : std::optional{y.node});
  }

  static operator_action action_of(const ui_request& x,
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

  void act(operator_action x, std::optional<std::string> node) {
    self
      ->request(options.controller, 2 * action_patience,
                act_on_nodes{std::move(x), std::move(node)})
      .then([this](const actions_answered& y) { on_done(y.sum); },
            [this](const caf::error& e) { on_failed(e); });
  }

  /// The page has no place for an error; what has changed it shows.
  void on_done(const schemas::action_status& x) {
    if (x.done == 0 || !x.problems.empty() || !x.silent_nodes.empty())
      log::limited(log_level::warning,
                   "an action of the Admin UI was not done everywhere", "",
                   {{"done", x.done},
                    {"problem", x.problems.empty() ? "" : x.problems[0]},
                    {"silent_nodes", x.silent_nodes.size()}});
    if (has_pages())
      look();
  }

  void on_failed(const caf::error& e) const {
    log::limited(log_level::warning, "an action of the Admin UI gets no answer",
                 "", {{"why", to_string(e)}});
  }

  admin_ui_actor::pointer self;
  actor_executor executor;
  admin_ui_options options;
  ui_sockets sockets;
  ui_servers servers;
  std::set<ui_session_actor> pages;     ///< they know what `sockets` has
  std::set<ui_session_actor> newcomers; ///< they know nothing yet
  loop_timer timer;                     ///< until the next look
  bool lists = false;                   ///< sockets; otherwise only counts
  std::uint64_t total = 0;              ///< sockets of the cluster
  std::uint64_t most_again = 0; ///< of them, before they are listed again
  bool looking = false;
  bool looks_again = false; ///< something has been done meanwhile
};

} // namespace

admin_ui_actor spawn_admin_ui(actor_executor executor, admin_ui_options x) {
  return executor.spawn<admin_ui_actor, admin_ui_state>(executor, std::move(x));
}

} // namespace weir
