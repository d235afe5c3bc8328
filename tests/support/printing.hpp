#pragma once

#include "actors/emit_error.hpp"

#include <ostream>

namespace weir {

inline std::ostream& operator<<(std::ostream& out, emit_errc x) {
  return out << to_string(x);
}

} // namespace weir
