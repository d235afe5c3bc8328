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

/// The keys in which two configurations differ, with their whole paths; a list
/// of tables of another length is one, such as `namespace[0].mapping`. What is
/// in a file that a key names counts where it has become a value.
std::vector<std::string> changed_keys(const options& a, const options& b);

/// Every key with its whole path, such as `engineio.ping_interval`.
std::vector<key_path> key_paths();

} // namespace weir::config
