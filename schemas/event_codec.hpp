#pragma once

// Kafka record <-> Socket.IO event.
//
// Headers follow the CloudEvents Kafka binding, binary mode: ce_specversion,
// ce_id, ce_type (event name), ce_source (/weir/<cluster>/<namespace>),
// ce_subject (room), ce_time, content-type; extensions ce_weirsid (socket that
// emitted), ce_weiruser, ce_weirack ("1": an ack was asked for); and, without a
// prefix as the distributed tracing extension says, traceparent and tracestate.
// They are written in this order; those that would be empty are left out.
//
//   format    value                            content-type
//   json      the only argument                application/json
//   args      the JSON array of all arguments  application/json
//   raw       the only argument, binary        application/octet-stream
//   envelope  weir.v1.Event (event.proto)      application/protobuf

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::schemas {

/// Value formats of a mapping; config's `value_format` in this folder's terms.
enum class format { json, args, raw, envelope };

/// A header of a record; views live as long as the record.
using header = std::pair<std::string_view, std::string_view>;

/// An event on its way to Kafka; all views are the caller's. Text is valid
/// UTF-8, and `args` and `attachments` match, as the Socket.IO decoder sees to.
struct outgoing_event {
  std::string_view id;        ///< unique: ce_id
  std::string_view name;      ///< ce_type
  std::string_view source;    ///< ce_source
  std::string_view room;      ///< ce_subject
  std::string_view socket_id; ///< empty: no header
  std::string_view user;      ///< empty: no header
  std::int64_t time_ms = 0;   ///< since 1970, UTC
  bool wants_ack = false;
  std::string_view traceparent; ///< empty: no header
  std::string_view tracestate;  ///< empty: no header
  /// JSON values with commas between them: the arguments after the name.
  std::string_view args;
  std::vector<std::string_view> attachments;
};

/// Why an event does not fit a format, or a record is no event.
enum class codec_errc {
  none,
  not_one_argument,   ///< json: needs exactly one argument
  has_attachments,    ///< json, args: binary attachments need raw or envelope
  not_one_attachment, ///< raw: needs exactly one argument, which is binary
  bad_envelope,       ///< not this Protobuf message
};

/// One sentence that says what is wrong and what to do.
std::string_view to_string(codec_errc x);

/// A record's value and headers in one block of bytes: it is built for each
/// emit, and costs one allocation.
class encoded_record {
public:
  static constexpr std::size_t max_headers = 12;

  codec_errc error = codec_errc::none;

  std::string_view value() const { return bytes(0, value_size_); }

  /// Appends the headers in their order. The names are static, the values live
  /// as long as the record stays where it is.
  void append_headers(std::vector<header>& to) const {
    for (std::size_t i = 0; i < header_count_; ++i)
      to.emplace_back(slots_[i].name, bytes(slots_[i].begin, slots_[i].size));
  }

  // -- for encode_record ------------------------------------------------------

  void set_value(std::string_view value);
  void add_header(std::string_view name, std::string_view value);

private:
  struct header_slot {
    std::string_view name;
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  std::string_view bytes(std::size_t begin, std::size_t size) const {
    return std::string_view{bytes_}.substr(begin, size);
  }

  std::string bytes_;
  std::size_t value_size_ = 0;
  std::array<header_slot, max_headers> slots_;
  std::size_t header_count_ = 0;
};

/// Builds the record's value and headers.
encoded_record encode_record(format f, const outgoing_event& event);

/// An event as it came from Kafka; views into the record, or into `storage`.
/// What it holds is not yet validated: any producer can have written it. Before
/// it may reach a client, `json` must be valid (and an array with `is_array`),
/// its placeholders must match the attachments, and the name must not be
/// reserved. Not to be copied or moved while its views are in use.
struct incoming_event {
  codec_errc error = codec_errc::none;
  /// ce_type; without it what the envelope says, or `default_name`.
  std::string_view name;
  /// JSON text: the single argument, or with `is_array` all of them.
  std::string_view json;
  bool is_array = false;
  /// ce_weirsid; without it what the envelope says, or empty.
  std::string_view socket_id;
  std::vector<std::string_view> attachments;
  std::string storage;
  std::vector<std::string> attachment_storage;
};

/// Reads a record, whoever wrote it: headers may be missing, and of equal ones
/// the last counts, as in Kafka's own clients. A tombstone (null value) is an
/// event with the argument `null`. `result` is reused to save allocations; its
/// views live until the next call and the record's end.
void decode_record(format f, std::string_view default_name,
                   std::string_view value, bool has_value,
                   const std::vector<header>& headers, incoming_event& result);

} // namespace weir::schemas
