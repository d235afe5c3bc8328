#pragma once

#include "actors/client/loop_contexts.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/routes.hpp"
#include "actors/node/gateway.hpp"
#include "config/live_keys.hpp"
#include "config/options.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// Reads the configuration of a node that runs again. What can change without
/// a start then does, in one go; where anything else differs, or anything is
/// wrong, nothing does. In two steps, as topics that are new have to have
/// readers in between.
class config_reload {
public:
  /// `load` reads and checks all of it; empty: nobody can. The others outlive
  /// this.
  config_reload(load_options load, options now, node_ports& ports,
                std::shared_ptr<loop_contexts> contexts);

  /// What the configuration says now.
  struct candidate {
    options settings;
    routes_ptr rules;                  ///< the same where mappings are
    std::vector<std::string> changed;  ///< keys
    std::vector<std::string> problems; ///< why it is of no use
  };

  /// Nothing has changed then.
  candidate read() const;

  /// All of it is in use, if there are no problems.
  config_reloaded use(candidate x);

  /// It is of no use; that is logged.
  static config_reloaded refuse(std::vector<std::string> problems);

  /// What to say of a topic: where it is mapped, and what is wrong with it.
  static std::string problem_of(const options& x, const std::string& topic,
                                const std::string& why);

  /// As configured, now.
  const options& now() const { return now_; }

  /// By which events and rooms are mapped, now.
  const routes_ptr& rules() const { return rules_; }

private:
  std::vector<std::string> problems_with(const config::config_change& change,
                                         const options& to) const;
  /// What has them used, once nothing can fail any more. Throws
  /// std::runtime_error where files are of no use.
  std::vector<std::function<void()>> prepare(const options& to);
  void apply(const candidate& x);

  load_options load_;
  options now_;
  routes_ptr rules_;
  node_ports& ports_;
  std::shared_ptr<loop_contexts> contexts_;
};

} // namespace weir
