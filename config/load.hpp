#pragma once

#include "config/options.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::config {

class report;

} // namespace weir::config

namespace weir {

/// One mistake in a configuration: where, what, and what to do.
struct config_error {
  /// File name, "--set" or "environment".
  std::string source;
  /// 1-based; 0 where there is none.
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  /// `unknown key "tpoic", did you mean "topic"?`
  std::string message;
};

/// `file:line:column: message`.
std::string to_string(const config_error& x);

/// Where settings come from; later ones win.
struct config_sources {
  /// A TOML file; empty: defaults only.
  std::string file;
  /// Variables such as {"WEIR_SERVER_LISTEN", "127.0.0.1:0"}; others than
  /// WEIR_* are ignored. Unknown ones of a section (WEIR_SERVER_LISEN) are
  /// errors.
  std::vector<std::pair<std::string, std::string>> environment;
  /// `server.listen=127.0.0.1:0`, as given to --set.
  std::vector<std::string> overrides;
};

/// Either valid options (no errors) or every mistake found, in file order.
struct loaded_config {
  options value;
  std::vector<config_error> errors;
  std::shared_ptr<config::report> log; ///< for `add_error`
};

/// Adds a mistake that is found later, at the place of a key or of the table
/// around it.
void add_error(loaded_config& config, const std::string& path,
               const std::string& problem);

/// Reads, merges and validates; never throws on bad input.
loaded_config load_config(const config_sources& sources);

} // namespace weir
