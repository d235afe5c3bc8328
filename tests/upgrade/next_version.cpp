// The version after this one, which still knows it.
#include "transport/cluster/hello.hpp"

namespace weir::cluster {

const std::uint32_t oldest_version = 1;
const std::uint32_t newest_version = 2;

} // namespace weir::cluster
