#pragma once

#include <exception>
#include <string>

namespace weir {

/// What an exception says, for people: of Boost.System's not where in its
/// sources it was thrown, which `what()` has.
std::string reason_of(const std::exception& x);

} // namespace weir
