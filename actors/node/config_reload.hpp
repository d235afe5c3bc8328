#pragma once

#include "actors/client/loop_contexts.hpp"
#include "actors/contract/operation.hpp"
#include "actors/node/gateway.hpp"
#include "config/options.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// Reads the configuration of a node that runs again. What can change without
/// a start then does, in one go; where anything else differs, or anything is
/// wrong, nothing does.
class config_reload {
public:
  /// `load` reads and checks all of it; empty: nobody can. The others outlive
  /// this.
  config_reload(load_options load, options now, node_ports& ports,
                std::shared_ptr<loop_contexts> contexts);

  config_reloaded run();

  /// As configured, now.
  const options& now() const { return now_; }

private:
  /// What has them used, once nothing can fail any more. Throws
  /// std::runtime_error where files are of no use.
  std::vector<std::function<void()>> prepare(const options& to);
  void apply(const options& to);

  load_options load_;
  options now_;
  node_ports& ports_;
  std::shared_ptr<loop_contexts> contexts_;
};

} // namespace weir
