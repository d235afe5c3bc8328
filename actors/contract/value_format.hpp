#pragma once

#include "config/options/mapping.hpp"
#include "schemas/event_codec.hpp"

namespace weir {

/// `schemas` knows nothing of `config`: this is where the two meet.
constexpr schemas::format to_schema(value_format x) {
  switch (x) {
    case value_format::json:
      return schemas::format::json;
    case value_format::args:
      return schemas::format::args;
    case value_format::raw:
      return schemas::format::raw;
    case value_format::envelope:
      return schemas::format::envelope;
  }
  return schemas::format::json;
}

} // namespace weir
