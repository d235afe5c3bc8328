#pragma once

#include "tools/admin_question.hpp"

#include <cstdint>

namespace weir {

/// Prints what is not as it should be in the cluster, a line each. Fails where
/// there is anything.
exit_code check_cluster(const question_settings& how, std::int64_t max_lag);

} // namespace weir
