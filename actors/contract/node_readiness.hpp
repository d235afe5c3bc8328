#pragma once

// Whether nodes are ready, as all of them are to know.

#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "schemas/readiness.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The service of a node that takes `node_readiness`.
inline constexpr std::string_view readiness_service = "readiness";

/// From ADMIN to CLUSTER, whenever it changes.
struct readiness_known {
  schemas::readiness now;
};

/// From CLUSTER to CLUSTER of another node that has `readiness_service`, once
/// over each link, as soon as it is known, and whenever it changes.
struct node_readiness {
  bool is_ready = false;
  std::vector<std::string> reasons; ///< why not, a sentence each
};

template <class Inspector>
bool inspect(Inspector& f, node_readiness& x) {
  return f.object(x).fields(f.field("is_ready", x.is_ready),
                            f.field("reasons", x.reasons));
}

} // namespace weir
