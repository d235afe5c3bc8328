#pragma once

// A session's id: 15 bytes as 20 characters of base64url, a secret.
//
//   bytes 0..2   tag of the node that the session lives on (config/node_tag),
//                so that any node knows whom to ask; 4 characters
//   byte 3       index of the loop that it lives on there, so that any loop
//                finds it without a table shared between threads
//   bytes 4..14  from a secure source: 88 bits that nobody guesses

#include "config/node_tag.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::engineio {

constexpr std::size_t sid_size = 20;
constexpr std::size_t max_loops = 256;

/// A new id. Requires: `node` is a node's tag, `loop < max_loops`. Throws
/// `std::runtime_error` when the secure source fails.
std::string make_sid(std::string_view node, std::size_t loop);

/// The tag of the node that a session with this id would live on, and the loop;
/// nothing if no such id was ever made.
std::optional<std::string_view> node_of(std::string_view sid);
std::optional<std::size_t> loop_of(std::string_view sid);

} // namespace weir::engineio
