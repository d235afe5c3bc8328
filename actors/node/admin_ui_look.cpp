#include "actors/node/admin_ui_state.hpp"
#include "actors/node/inspector.hpp"
#include "config/log.hpp"
#include "config/options/fixed_bounds.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

/// Connections of a node that are asked for at a time.
constexpr std::size_t page_rows = 1000;

/// Of what has changed since the last look; where it is more, pages get all that
/// there is instead.
constexpr std::size_t max_events = 1000;

/// Lists that were too long come back when there are so many parts of eight.
constexpr std::uint64_t parts_that_fit = 7;

/// A node that there is no link to may be cut off for a moment, with all of its
/// clients. So long the page itself takes a server that is silent for healthy.
constexpr std::chrono::seconds down_patience{10};

} // namespace

/// As long as somebody is there; one look at a time.
void admin_ui_state::look() {
  if (std::exchange(looking, true)) {
    looks_again = true;
    return;
  }
  timer.start(self, executor, ui_interval, [this] { look(); });
  self
    ->request(options.inspector, 2 * inspection_patience,
              ask_nodes{{"/v1/servers", "left=true"}, std::nullopt})
    .then([this](const nodes_answered& x) { on_servers(x); },
          [this](const caf::error& e) { on_stuck(e); });
  if (lists)
    look_at_events();
}

/// By themselves: a node of an earlier version has none, and the rest does not
/// wait for them. Who is new may not know the sockets yet. Not what they hold,
/// which is for whoever has the token.
void admin_ui_state::look_at_events() {
  if (std::exchange(awaits_events, true))
    return;
  self
    ->request(options.inspector, 2 * inspection_patience,
              ask_nodes{{"/v1/servers", "events=names"}, std::nullopt})
    .then([this](const nodes_answered& x) { on_events(x); },
          [this](const caf::error&) { awaits_events = false; });
}

void admin_ui_state::on_events(const nodes_answered& x) {
  awaits_events = false;
  for (auto& part : x.parts)
    if (auto server = schemas::server_in(part.bytes))
      events.add(part.node, *server);
  auto found = events.take();
  if (found.left_out > 0)
    log::limited(log_level::info,
                 "the Admin UI is shown a part of the events: there are too "
                 "many",
                 "", {{"more", found.left_out}});
  if (lists)
    tell_all(pages, found.events);
}

void admin_ui_state::on_stuck(const caf::error& e) {
  log::limited(log_level::warning, "the Admin UI gets no answer", "inspector",
               {{"why", to_string(e)}});
  rest();
}

void admin_ui_state::rest() {
  looking = false;
  if (std::exchange(looks_again, false) && has_pages())
    look();
}

/// Those whose sockets stay as they were. They are gone from one that has been
/// down for a while: its clients are elsewhere.
std::set<std::string> admin_ui_state::silent_of(const nodes_answered& x) {
  std::set<std::string> result{x.silent.begin(), x.silent.end()};
  std::map<std::string, caf::actor_clock::time_point> down;
  auto now = self->clock().now();
  for (auto& node : x.down) {
    auto before = down_since.find(node);
    auto since = before == down_since.end() ? now : before->second;
    down.emplace(node, since);
    if (now - since >= down_patience)
      result.erase(node);
  }
  down_since = std::move(down);
  return result;
}

void admin_ui_state::on_servers(const nodes_answered& x) {
  auto now = std::make_shared<sight>();
  now->silent = silent_of(x);
  total = 0;
  std::vector<ui_event> reports;
  for (auto& part : x.parts) {
    auto server = schemas::server_in(part.bytes);
    if (!server)
      continue;
    total += sockets_of(*server);
    now->nodes.push_back(part.node);
    for (auto& y : server->left)
      now->reasons[{y.nsp, y.id}] = y.reason;
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
void admin_ui_state::decide_lists() {
  auto most = std::uint64_t{options.max_sockets};
  set_lists(most > 0 && total <= (lists ? most : most_again));
}

void admin_ui_state::set_lists(bool wanted) {
  if (wanted == lists)
    return;
  lists = wanted;
  most_again = std::min<std::uint64_t>(total, options.max_sockets)
               * parts_that_fit / 8;
  log::warning(wanted ? "the Admin UI lists sockets again"
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

void admin_ui_state::list_next(const sight_ptr& x, const std::string& after) {
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

void admin_ui_state::on_listed(const sight_ptr& x, const nodes_answered& y) {
  auto node = x->nodes.front();
  auto part = y.parts.empty() ? std::nullopt
                              : schemas::connections_in(y.parts[0].bytes);
  std::string after;
  if (!part)
    x->silent.insert(y.silent.begin(), y.silent.end());
  else
    after = take(*x, node, *part);
  if (after.empty())
    x->nodes.pop_front();
  list_next(x, after);
}

/// Where to go on; empty: that was all.
std::string admin_ui_state::take(sight& x, const std::string& node,
                                 const schemas::connection_list& part) const {
  for (auto& y : part.connections)
    x.bytes += ui_sockets::add(x.found, node, y);
  x.is_cut = x.bytes > max_ui_listing || x.found.size() > options.max_sockets;
  return part.more && !part.connections.empty() ? part.connections.back().id
                                                : std::string{};
}

void admin_ui_state::show(sight& x) {
  if (x.is_cut) {
    set_lists(false);
    return welcome();
  }
  auto events = sockets.update(std::move(x.found), x.silent, x.reasons,
                               options.now());
  if (events.size() > max_events)
    events.assign(1, all_sockets());
  tell_all(pages, events);
  if (!newcomers.empty())
    tell_all(newcomers, std::vector{all_sockets()});
  welcome();
}

void admin_ui_state::welcome() {
  pages.merge(newcomers);
  newcomers.clear();
  rest();
}

} // namespace weir
