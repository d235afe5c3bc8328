#include "transport/cluster/hello.hpp"

namespace weir::cluster {

// 1: the first one.
const std::uint32_t oldest_version = 1;
const std::uint32_t newest_version = 1;

} // namespace weir::cluster
