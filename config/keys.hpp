#pragma once

#include "config/key_table.hpp"
#include "config/options.hpp"

#include <string>
#include <vector>

namespace weir::config {

/// Every key there is; new ones go here and into `options/`.
const keys<options>& option_keys();

/// The part of it below [[namespace]].
const keys<namespace_options>& namespace_keys();

/// Of [limits].
keys<limits_options> limits_keys();

/// Of [auth.jwt].
keys<jwt_options> jwt_keys();

/// Of [auth.webhook].
keys<webhook_options> webhook_keys();

/// Every key with its whole path, such as `engineio.ping_interval`.
std::vector<key_path> key_paths();

} // namespace weir::config
