#pragma once

#include <cstdint>
#include <string>

namespace weir::engineio {

/// Whom an operator wants gone.
struct unwanted {
  enum class kind : std::uint8_t {
    id,     ///< the session, or something of its owner's on it, has this id
    user,   ///< the client has shown that it is this user
    denied, ///< likewise, or by a token with this id
  };

  kind what = kind::id;
  std::string name;
};

} // namespace weir::engineio
