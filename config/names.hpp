#pragma once

// What the names in a configuration may look like. The checks return what is
// wrong with a text, or nothing.

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Whether Socket.IO keeps the event's name for itself; a packet with such a
/// name closes the connection, whichever side sends it.
bool is_reserved_event(std::string_view name);

/// Whether Weir emits events of such names itself, such as `weir:gap`.
bool is_weir_event(std::string_view name);

} // namespace weir

namespace weir::config {

using complaint = std::optional<std::string>;

/// A check for `text` that takes everything.
complaint anything(std::string_view text);

/// An event's name.
complaint check_event(std::string_view text);

/// An event's name, or empty for a default.
complaint check_optional_event(std::string_view text);

/// A namespace's name.
complaint check_nsp(std::string_view text);

/// A JSON pointer into an array (`/0/room`), or empty.
complaint check_pointer(std::string_view text);

/// A Kafka topic's name.
complaint check_topic(std::string_view text);

/// Likewise, or empty for none.
complaint check_optional_topic(std::string_view text);

/// A name of a cluster or node, fit for Kafka and URIs.
complaint check_identifier(std::string_view text);

/// Likewise, or empty for a default.
complaint check_optional_identifier(std::string_view text);

/// A path that begins and ends with a slash.
complaint check_path(std::string_view text);

/// Likewise, or empty for none.
complaint check_optional_path(std::string_view text);

/// A browser's origin, `https://app.example.org`, or `*`.
complaint check_origin(std::string_view text);

/// Likewise, but not `*`.
complaint check_exact_origin(std::string_view text);

/// A host's name, of which the first label may be `*`.
complaint check_host_pattern(std::string_view text);

/// A secret that keys are derived from, or empty. The complaint does not hold
/// it.
complaint check_secret(std::string_view text);

/// Whether it names a resource elsewhere (`https://...`) and not a file.
bool is_url(std::string_view text);

/// A JSON pointer to a claim of a token (`/sub`).
complaint check_claim(std::string_view text);

/// Where a client may have a token: `auth:/token`, `header`, `cookie:name`,
/// `query:name`.
complaint check_token_place(std::string_view text);

/// What an `Authorization` header can hold, or empty.
complaint check_token(std::string_view text);

/// The hash of a password as bcrypt writes it (`$2b$10$...`), or empty. The
/// complaint does not hold it.
complaint check_bcrypt(std::string_view text);

/// The name that people log in with.
complaint check_ui_user(std::string_view text);

} // namespace weir::config
