#pragma once

// Socket.IO v5:
//
//   <type>[<attachments>-][<nsp>,][<ack id>][<json>]

#include <string_view>
#include <vector>

namespace weir::socketio {

enum class packet_type : char {
  connect = '0',
  disconnect = '1',
  event = '2',
  ack = '3',
  connect_error = '4',
  binary_event = '5',
  binary_ack = '6',
};

/// Why a packet cannot be carried although the protocol allows it: its sender
/// is to get an error, and keeps its connection.
enum class refusal : char {
  none,
  no_name,         ///< an event without any arguments, and so without a name
  bad_name,        ///< a number, or with an unpaired surrogate: no UTF-8
  bad_ack_id,      ///< more than `max_ack_digits`, or white space among them
  too_deep,        ///< JSON nested deeper than is allowed
  too_large,       ///< more bytes of attachments than are allowed
  bad_placeholder, ///< see placeholder.hpp
};

/// A complete packet; the views live until the decoder's next call.
struct packet {
  packet_type type = packet_type::event;
  /// Other than none: only type, nsp and ack_id tell anything.
  socketio::refusal refusal = socketio::refusal::none;
  /// "/" unless the packet names another; without a query.
  std::string_view nsp = "/";
  /// The digits of the ack id as they came; empty: none.
  std::string_view ack_id;
  /// Valid JSON. event: an array whose first element is the name, ack: an
  /// array or empty, connect: an object or empty, disconnect: empty.
  /// Placeholders of attachments are left in it as they came.
  std::string_view json;
  /// event: its name, with escapes resolved, valid UTF-8.
  std::string_view name;
  /// event: what stands behind the name, ack: all of the array; JSON values
  /// with commas between them, without brackets. For the encoder, as it is.
  std::string_view args;
  std::vector<std::string_view> attachments;
};

} // namespace weir::socketio
