#pragma once

#include "actors/node/admin_ui.hpp"
#include "actors/node/ui_events_seen.hpp"
#include "actors/node/ui_request.hpp"
#include "actors/node/ui_servers.hpp"
#include "actors/node/ui_sockets.hpp"

#include <caf/actor_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The ADMIN UI: who is there and what pages are told (admin_ui.cpp), what
/// there is to see (admin_ui_look.cpp), and what they want done
/// (admin_ui_actions.cpp).
struct admin_ui_state {
  static inline const char* name = "weir.admin-ui";

  admin_ui_state(admin_ui_actor::pointer self, actor_executor executor,
                 admin_ui_options given);

  admin_ui_actor::behavior_type make_behavior();

  // -- who is there -----------------------------------------------------------

  void on_entry(const ui_entry& x);
  void note_refusal(const ui_entry& x, const ui_credentials& shown) const;
  void on_down(const caf::down_msg& x);
  std::int64_t seconds() const { return options.now() / 1000; }

  // -- looking ----------------------------------------------------------------

  /// What is found goes to all pages; newcomers get all that there is.
  struct sight {
    ui_sockets::listing found{};
    std::set<std::string> silent{};
    ui_sockets::reasons reasons{};   ///< of those that are gone
    std::deque<std::string> nodes{}; ///< to be asked, the first one now
    std::size_t bytes = 0;
    bool is_cut = false; ///< the rest was too much
  };
  using sight_ptr = std::shared_ptr<sight>;
  void look();
  void on_stuck(const caf::error& e);
  void rest();
  bool has_pages() const { return !pages.empty() || !newcomers.empty(); }
  std::set<std::string> silent_of(const nodes_answered& x);
  void on_servers(const nodes_answered& x);
  void decide_lists();
  void set_lists(bool wanted);
  void look_at_events();
  void on_events(const nodes_answered& x);
  void list_next(const sight_ptr& x, const std::string& after = {});
  void on_listed(const sight_ptr& x, const nodes_answered& y);
  std::string take(sight& x, const std::string& node,
                   const schemas::connection_list& part) const;
  void show(sight& x);
  ui_event all_sockets() const { return {"all_sockets", sockets.json()}; }
  void welcome();

  // -- telling ----------------------------------------------------------------

  std::string config() const;
  static std::string quoted(std::string_view text);
  static void append(std::string& frames, const ui_event& x);
  void send(const ui_session_actor& to, std::string_view event,
            std::string args);
  void tell_all(const std::set<ui_session_actor>& to,
                const std::vector<ui_event>& events);

  // -- doing ------------------------------------------------------------------

  void on_command(const ui_command& x);
  std::string_view why_not(const std::optional<ui_request>& x) const;
  void disconnect_clients_of(const ui_request& x);
  void disconnect_unlisted(const ui_request& x);
  template <class OnNobody>
  void disconnect(disconnect_clients whom, OnNobody on_nobody);
  std::optional<std::vector<ui_sockets::target>>
  targets_of(const ui_request& x) const;
  void note_nobody(const ui_request& x) const;
  void order(const ui_request& x);
  static operator_action action_of(const ui_request& x,
                                   const std::string& whom);
  void act(operator_action x, std::optional<std::string> node);
  void on_done(const schemas::action_status& x);
  void on_failed(const caf::error& e) const;

  admin_ui_actor::pointer self;
  actor_executor executor;
  admin_ui_options options;
  ui_sockets sockets;
  ui_servers servers;
  ui_events_seen events;
  /// Nodes that there is no link to.
  std::map<std::string, caf::actor_clock::time_point> down_since;
  std::set<ui_session_actor> pages;     ///< they know what `sockets` has
  std::set<ui_session_actor> newcomers; ///< they know nothing yet
  loop_timer timer;                     ///< until the next look
  bool lists = false;                   ///< sockets; otherwise only counts
  std::uint64_t total = 0;              ///< sockets of the cluster
  std::uint64_t most_again = 0; ///< of them, before they are listed again
  bool looking = false;
  bool awaits_events = false;
  bool looks_again = false; ///< something has been done meanwhile
};

} // namespace weir
