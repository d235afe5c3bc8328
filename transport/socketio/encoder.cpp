#include "transport/socketio/encoder.hpp"

#include "transport/socketio/json_slice.hpp"
#include "transport/socketio/packet.hpp"

namespace weir::socketio {

namespace {

/// Type digits, commas, quotes and brackets around the parts.
constexpr std::size_t punctuation = 16;

void append_type(std::string& out, packet_type type) {
  out += static_cast<char>(type);
}

/// `<attachments>-`, never with a zero: clients wait for what does not come.
void append_type(std::string& out, packet_type text, packet_type binary,
                 std::size_t attachments) {
  if (attachments == 0) {
    append_type(out, text);
    return;
  }
  append_type(out, binary);
  out += std::to_string(attachments);
  out += '-';
}

/// `[<nsp>,]`
void append_nsp(std::string& out, std::string_view nsp) {
  if (nsp == "/")
    return;
  out += nsp;
  out += ',';
}

} // namespace

std::string encode_connect(std::string_view nsp, std::string_view socket_id,
                           std::string_view pid) {
  std::string out;
  append_type(out, packet_type::connect);
  append_nsp(out, nsp);
  out += R"({"sid":)";
  json::append_string(out, socket_id);
  if (!pid.empty()) {
    out += R"(,"pid":)";
    json::append_string(out, pid);
  }
  out += '}';
  return out;
}

std::string encode_connect_error(std::string_view nsp, std::string_view message,
                                 std::string_view data) {
  std::string out;
  append_type(out, packet_type::connect_error);
  append_nsp(out, nsp);
  out += R"({"message":)";
  json::append_string(out, message);
  if (!data.empty()) {
    out += R"(,"data":)";
    out += data;
  }
  out += '}';
  return out;
}

std::string encode_disconnect(std::string_view nsp) {
  std::string out;
  append_type(out, packet_type::disconnect);
  append_nsp(out, nsp);
  return out;
}

std::string encode_event(std::string_view nsp, std::string_view name,
                         std::string_view args, std::size_t attachments) {
  std::string out;
  out.reserve(nsp.size() + name.size() + args.size() + punctuation);
  append_type(out, packet_type::event, packet_type::binary_event, attachments);
  append_nsp(out, nsp);
  out += '[';
  json::append_string(out, name);
  if (!args.empty()) {
    out += ',';
    out += args;
  }
  out += ']';
  return out;
}

std::string encode_ack(std::string_view nsp, std::string_view ack_id,
                       std::string_view args, std::size_t attachments) {
  std::string out;
  out.reserve(nsp.size() + ack_id.size() + args.size() + punctuation);
  append_type(out, packet_type::ack, packet_type::binary_ack, attachments);
  append_nsp(out, nsp);
  out += ack_id;
  out += '[';
  out += args;
  out += ']';
  return out;
}

} // namespace weir::socketio
