#pragma once

// A session's id: 15 bytes as 20 characters of base64url, a secret.
//
//   byte 0       index of the loop that the session lives on, so that any loop
//                finds it without a table shared between threads
//   bytes 1..14  from a secure source
//
// A node id will take bytes 1 and 2 when requests are passed on between nodes;
// what stays random then is still 96 bits.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::engineio {

constexpr std::size_t sid_size = 20;
constexpr std::size_t max_loops = 256;

/// A new id. Requires: `loop < max_loops`. Throws `std::runtime_error` when the
/// secure source fails.
std::string make_sid(std::size_t loop);

/// The loop that a session with this id would live on; nothing if no such id
/// was ever made.
std::optional<std::size_t> loop_of(std::string_view sid);

} // namespace weir::engineio
