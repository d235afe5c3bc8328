#pragma once

#include "transport/engineio/admission.hpp"
#include "transport/engineio/stream_socket.hpp"

#include <string>

namespace weir::engineio {

/// A client's connection on its way from one part to another.
struct client_stream {
  stream_socket socket;
  admission_slot slot;
  std::string early; ///< bytes that have been read, but not understood yet
};

} // namespace weir::engineio
