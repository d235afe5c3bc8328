#pragma once

// Where an attachment stood in an event's arguments, the JSON has
//
//   {"_placeholder":true,"num":<index of the attachment>}

#include <cstddef>
#include <string_view>

namespace weir::socketio {

/// More would make a client's parser close the connection (CVE-2026-33151).
inline constexpr std::size_t max_attachments = 10;

/// Whether the placeholders anywhere in `json` name each of 0 to
/// `attachments - 1` exactly once, and nothing else. An object whose member
/// `_placeholder` is `true` is one, as it is for the clients; it must then have
/// `num` and no other member. Without attachments there is nothing to match:
/// such objects are then ordinary data for the clients.
///
/// The reference takes more: a number twice would let a small packet grow into
/// a large event on the side that puts the attachments back, an attachment that
/// none names would carry bytes that nobody sees through Kafka, and what else
/// stands in a placeholder is lost.
///
/// Requires: `json` is valid, or several valid values with commas between.
bool placeholders_match(std::string_view json, std::size_t attachments);

/// Whether one of the placeholders names an attachment that is not there, as
/// the reference reads them: its parser then closes the connection. Slower.
/// Requires: likewise.
bool has_illegal_placeholder(std::string_view json, std::size_t attachments);

} // namespace weir::socketio
