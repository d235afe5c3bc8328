#pragma once

#include "tools/admin_question.hpp"

#include <cstdint>

namespace weir {

/// Prints what is not as it should be in the cluster, a line each. Fails where
/// there is anything. Records that back ends should not have written like that
/// are only noted: they are over, and counted for as long as a node runs.
exit_code check_cluster(const question_settings& how, std::int64_t max_lag);

} // namespace weir
