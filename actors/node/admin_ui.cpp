#include "actors/node/admin_ui.hpp"

#include "actors/node/admin_ui_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "actors/runtime/metrics/ports.hpp"
#include "config/log.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

#include <utility>

namespace weir {

namespace {

constexpr std::string_view nsp = "/admin";

/// Bytes that the log has of a user's name, which anybody may send.
constexpr std::size_t logged_user = 64;

} // namespace

admin_ui_state::admin_ui_state(admin_ui_actor::pointer self,
                               actor_executor executor, admin_ui_options given)
  : self(self),
    executor(executor),
    options(std::move(given)),
    lists(options.max_sockets > 0) {
}

admin_ui_actor::behavior_type admin_ui_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg& x) { on_down(x); });
  return {
    [this](const ui_entry& x) { on_entry(x); },
    [this](const ui_command& x) { on_command(x); },
  };
}

// -- who is there -------------------------------------------------------------

void admin_ui_state::on_entry(const ui_entry& x) {
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

void admin_ui_state::note_refusal(const ui_entry& x,
                                  const ui_credentials& shown) const {
  count(self->system(), metrics::operators_refused)->inc();
  log::limited(log_level::warning, "a login to the Admin UI is refused", x.from,
               {{"from", x.from},
                {"user", shown.user.substr(0, logged_user)},
                {"why", shown.session.empty() ? "wrong user or password"
                                              : "its session is over"}});
}

void admin_ui_state::on_down(const caf::down_msg& x) {
  auto is_it = [&](auto& y) { return y.address() == x.source; };
  std::erase_if(pages, is_it);
  std::erase_if(newcomers, is_it);
  if (!pages.empty() || !newcomers.empty())
    return;
  timer.cancel();
  sockets.clear();
  servers.clear();
  events.clear();
  down_since.clear();
}

// -- telling ------------------------------------------------------------------

std::string admin_ui_state::config() const {
  std::string features = R"("AGGREGATED_EVENTS")";
  if (lists)
    features += R"(,"ALL_EVENTS")";
  if (!options.read_only)
    features += R"(,"EMIT","JOIN","LEAVE","DISCONNECT","MJOIN","MLEAVE",)"
                R"("MDISCONNECT")";
  return R"({"supportedFeatures":[)" + features + "]}";
}

std::string admin_ui_state::quoted(std::string_view text) {
  std::string result;
  json::append_string(result, text);
  return result;
}

void admin_ui_state::append(std::string& frames, const ui_event& x) {
  engineio::append_text_message(frames,
                                socketio::encode_event(nsp, x.name, x.args));
}

void admin_ui_state::send(const ui_session_actor& to, std::string_view event,
                          std::string args) {
  auto frames = std::make_shared<std::string>();
  append(*frames, {std::string{event}, std::move(args)});
  tell(self, to, ui_events{std::move(frames)});
}

void admin_ui_state::tell_all(const std::set<ui_session_actor>& to,
                              const std::vector<ui_event>& events) {
  if (to.empty() || events.empty())
    return;
  auto frames = std::make_shared<std::string>();
  for (auto& x : events)
    append(*frames, x);
  for (auto& page : to)
    tell(self, page, ui_events{frames});
}

admin_ui_actor spawn_admin_ui(actor_executor executor, admin_ui_options x) {
  return executor.spawn<admin_ui_actor, admin_ui_state>(executor, std::move(x));
}

} // namespace weir
