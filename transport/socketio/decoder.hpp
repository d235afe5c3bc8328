#pragma once

#include "transport/socketio/packet.hpp"
#include "transport/socketio/placeholder.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace weir::socketio {

/// What is wrong with a client's bytes; each closes the connection, as it does
/// for the reference. What closes the connection there never comes as a packet.
enum class decode_errc {
  none,
  unknown_type,      ///< the first character is no packet type
  bad_attachments,   ///< no number, or more than `max_attachments`
  bad_nsp,           ///< no UTF-8
  bad_json,          ///< not valid
  bad_payload,       ///< valid JSON that this packet type cannot carry
  reserved_event,    ///< an event name that belongs to the protocol
  unexpected_text,   ///< text where an attachment had to follow
  unexpected_binary, ///< an attachment that no packet announced
  bad_placeholder,   ///< one names an attachment that is not there
};

/// One sentence for the log.
std::string_view to_string(decode_errc x);

/// One sentence for who sent the packet.
std::string_view to_string(refusal x);

/// Turns the messages of one connection into packets. One per connection,
/// whatever the namespaces: attachments follow their packet directly.
///
/// A packet that the reference takes comes as a packet, with a `refusal` where
/// it cannot be carried. The README lists the exceptions.
class decoder {
public:
  static constexpr std::size_t max_attachments = socketio::max_attachments;
  static constexpr std::size_t max_ack_digits = 20;

  /// Attachments of one packet may have `max_bytes` in all.
  decoder(std::size_t json_depth, std::size_t max_bytes);
  ~decoder();

  struct result {
    decode_errc error = decode_errc::none;
    /// Null while attachments are missing, or with an error.
    const packet* value = nullptr;
  };

  /// A text message. The packet's views point into `text` or the decoder.
  result text(std::string_view text);

  /// A binary message: the next attachment. The packet's views point into
  /// `bytes` (the last attachment is not copied) or the decoder.
  result binary(std::string_view bytes);

  /// Frees what the last packet's views may point into. Worth a call when that
  /// packet had attachments: the connection may be idle for long.
  void release();

private:
  struct pending; // a packet that waits for attachments: rare, so on the heap

  /// Fills in `packet_` and how many attachments have to follow.
  decode_errc decode(std::string_view text, std::size_t& attachments);
  decode_errc decode_payload();
  decode_errc decode_name(std::string_view literal);
  void refuse(refusal why);

  std::size_t json_depth_;
  std::size_t max_bytes_;
  packet packet_;
  std::string name_; // an event's name that had escapes
  std::unique_ptr<pending> pending_;
};

/// Whether the name belongs to the protocol (connect, disconnect, ...).
bool is_reserved_event(std::string_view name);

} // namespace weir::socketio
