// The sentences of decoder.hpp.

#include "transport/socketio/decoder.hpp"

namespace weir::socketio {

std::string_view to_string(decode_errc x) {
  switch (x) {
    case decode_errc::none:
      return "no error";
    case decode_errc::unknown_type:
      return "the packet begins with no known type";
    case decode_errc::bad_attachments:
      return "the packet's attachments are not counted or too many";
    case decode_errc::bad_nsp:
      return "the packet's namespace is not UTF-8";
    case decode_errc::bad_json:
      return "the packet's JSON is invalid";
    case decode_errc::bad_payload:
      return "the packet's payload does not fit its type";
    case decode_errc::reserved_event:
      return "the event's name is reserved for the protocol";
    case decode_errc::unexpected_text:
      return "a text packet came where an attachment had to follow";
    case decode_errc::unexpected_binary:
      return "an attachment came that no packet announced";
    case decode_errc::bad_placeholder:
      return "a placeholder names an attachment that is not there";
  }
  return "unknown error";
}

std::string_view to_string(refusal x) {
  switch (x) {
    case refusal::none:
      return "no error";
    case refusal::no_name:
      return "the event has no name";
    case refusal::bad_name:
      return "an event's name must be a string, without half a surrogate pair";
    case refusal::bad_ack_id:
      return "an ack id must be a number of up to 20 digits";
    case refusal::too_deep:
      return "the arguments are nested deeper than limits.json_depth";
    case refusal::too_large:
      return "the attachments are larger than engineio.max_payload in all";
    case refusal::bad_placeholder:
      return "there must be one placeholder for each attachment, with nothing "
             "but its number";
  }
  return "unknown error";
}

} // namespace weir::socketio
