#pragma once

#include "actors/runtime/emit_error.hpp"

#include <ostream>

namespace weir {

inline std::ostream& operator<<(std::ostream& out, emit_errc x) {
  return out << to_string(x);
}

} // namespace weir
