#pragma once

#include <string>
#include <vector>

namespace weir::schemas {

/// Whether clients should be sent to a node, and if not, why: what its /readyz
/// answers.
struct readiness {
  bool ready = false;
  std::vector<std::string> reasons;

  bool operator==(const readiness&) const = default;
};

} // namespace weir::schemas
