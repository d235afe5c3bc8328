#pragma once

#include "config/load.hpp"
#include "config/report.hpp"

#include <string>
#include <utility>

namespace weir::config {

/// Sets `server.listen=127.0.0.1:0`, as given to --set.
void apply_override(const std::string& text, options& out, report& log);

/// Sets what a variable such as WEIR_SERVER_LISTEN stands for. Below
/// [kafka.properties] and its like "_" stands for ".":
/// WEIR_KAFKA_PROPERTIES_SASL_PASSWORD. A mistake is what begins like a section
/// or looks like a key; other WEIR_* are other programs'.
void apply_variable(const std::pair<std::string, std::string>& variable,
                    options& out, report& log);

} // namespace weir::config
