#pragma once

#include "config/options.hpp"

#include <cstddef>

namespace weir::http {

/// How many descriptors this process may have.
std::size_t descriptor_limit();

/// Raises it as far as the system allows, and says how far that was.
std::size_t raise_descriptor_limit();

/// Of so many descriptors, those that clients' sockets may take: what is left
/// by the loops, Kafka, other nodes and the operator's port.
std::size_t client_descriptors(const options& settings, std::size_t limit);

} // namespace weir::http
