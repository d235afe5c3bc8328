#pragma once

#include "config/options.hpp"

#include <string>

namespace weir {

/// 16 hexadecimal digits that stand for what all nodes of a cluster must agree
/// on: the namespaces with their mappings, the consumer group, and whether
/// offsets are signed. Not secret, and no protection against who wants two
/// configurations to look alike.
std::string config_fingerprint(const options& x);

} // namespace weir
