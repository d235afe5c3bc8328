// The one after that, which does not.
#include "transport/cluster/hello.hpp"

namespace weir::cluster {

const std::uint32_t oldest_version = 2;
const std::uint32_t newest_version = 3;

} // namespace weir::cluster
