#pragma once

// Records of one partition, one after the other in one string: how they lie in
// the tail cache and travel between actors and nodes. Numbers are in the
// machine's order; all nodes of a cluster are little-endian.
//
//   u32 size | u32 key | i64 offset | i64 timestamp | u32 value | u32 headers
//   | key bytes | value bytes | headers x (u32 name | u32 value | bytes |
//   bytes)
//
// A length of 0xffffffff means "none". Of the headers only those that an event
// needs are kept, and the traceparent of what is recorded (`is_kept`).

#include "transport/kafka/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// Whether a header survives on the way to the clients.
bool is_kept(std::string_view header, std::string_view value);

/// Appends a record.
void append_record(std::string& block, const kafka::record_view& record);

/// Takes the first record off `rest`. False when `rest` is empty or does not
/// begin with a whole record; the views point into the block.
bool read_record(std::string_view& rest, kafka::record_view& record);

/// Bytes of the record that `rest` begins with, without reading it; 0: none.
std::size_t record_size(std::string_view rest);

/// Its offset, likewise. Requires: `record_size(rest) > 0`.
std::int64_t record_offset(std::string_view rest);

/// Its key, without reading the rest of it. Requires: `record_size(rest) > 0`.
std::string_view record_key(std::string_view rest);

} // namespace weir
