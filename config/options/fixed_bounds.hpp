#pragma once

// Bounds that no setting moves.

#include "config/options/units.hpp"

#include <cstddef>

namespace weir {

/// Bytes of an event's name, whoever emits it: a client, a mapping, a record.
inline constexpr std::size_t max_event_name = 255;
/// Bytes of an id that an emitted event carries (`id_from`).
inline constexpr std::size_t max_emit_id = 128;
/// Bytes of a socket's public id, at most.
inline constexpr std::size_t max_socket_id = 64;
/// Bytes of a user's name, from a token or a certificate, in a record's
/// `ce_weiruser`.
inline constexpr std::size_t max_user = 255;
/// Keys that tokens may be signed with, of all sources together; and how many
/// of them one token is tried with that does not name its key.
inline constexpr std::size_t max_token_keys = 64;
inline constexpr std::size_t max_key_tries = 8;
/// Bytes of a key set (JWKS), of a PEM file, and of a secret's file.
inline constexpr std::size_t max_key_file = 256 * kib;
/// Bytes of what the Admin UI is shown of all sockets together; beyond, it gets
/// counts alone.
inline constexpr std::size_t max_ui_listing = 16 * mib;
/// Bytes of the offset that a client hands back when it joins (`since`).
inline constexpr std::size_t max_since = 64 * kib;

} // namespace weir
