#include "transport/socketio/decoder.hpp"

#include "transport/socketio/json_slice.hpp"
#include "transport/socketio/utf8.hpp"

#include <algorithm>
#include <array>

namespace weir::socketio {

namespace {

std::string_view pop_digits(std::string_view& text) {
  const auto last = std::find_if(text.begin(), text.end(),
                                 [](char c) { return c < '0' || c > '9'; });
  const auto length = static_cast<std::size_t>(last - text.begin());
  const auto result = text.substr(0, length);
  text.remove_prefix(length);
  return result;
}

/// `<attachments>-`
bool pop_attachments(std::string_view& text, std::size_t& n) {
  const auto digits = pop_digits(text);
  const bool leading_zero = digits.size() > 1 && digits.front() == '0';
  if (digits.empty() || digits.size() > 2 || leading_zero
      || !text.starts_with('-'))
    return false;
  text.remove_prefix(1);
  n = 0;
  for (const auto digit : digits)
    n = n * 10 + static_cast<std::size_t>(digit - '0');
  return n <= max_attachments;
}

/// A control character could end the packet in which the name is sent back.
bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0 || (length == 1 && (text[0] < ' ' || text[0] == '\x7f')))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

/// `[<nsp>,]`; the comma may lack at the end.
bool pop_nsp(std::string_view& text, std::string_view& nsp) {
  nsp = "/";
  if (!text.starts_with('/'))
    return true;
  const auto all = text.substr(0, text.find(','));
  text.remove_prefix(std::min(text.size(), all.size() + 1));
  nsp = all.substr(0, all.find('?'));
  return nsp.size() <= decoder::max_nsp && is_printable(nsp);
}

bool is_event(packet_type x) {
  return x == packet_type::event || x == packet_type::binary_event;
}

bool is_ack(packet_type x) {
  return x == packet_type::ack || x == packet_type::binary_ack;
}

bool is_binary(packet_type x) {
  return x == packet_type::binary_event || x == packet_type::binary_ack;
}

bool ack_id_fits(packet_type type, std::string_view ack_id) {
  if (ack_id.empty())
    return !is_ack(type);
  return ack_id.size() <= decoder::max_ack_digits
         && (is_ack(type) || is_event(type));
}

packet_type without_attachments(packet_type x) {
  return is_ack(x) ? packet_type::ack : packet_type::event;
}

} // namespace

struct decoder::pending {
  std::string text;
  std::size_t missing = 0;
  std::size_t bytes = 0;
  std::vector<std::string> attachments;
};

decoder::decoder(std::size_t json_depth, std::size_t max_bytes)
  : json_depth_(json_depth), max_bytes_(max_bytes) {
  // nop
}

decoder::~decoder() = default;

decoder::result decoder::text(std::string_view text) {
  if (pending_ && pending_->missing > 0)
    return {decode_errc::unexpected_text};
  pending_.reset();
  std::size_t attachments = 0;
  if (const auto error = decode(text, attachments); error != decode_errc::none)
    return {error};
  if (attachments == 0)
    return {decode_errc::none, &packet_};
  // The attachments come with later calls, when `text` is gone.
  pending_ = std::make_unique<pending>();
  pending_->text = text;
  pending_->missing = attachments;
  decode(pending_->text, attachments);
  return {};
}

decoder::result decoder::binary(std::string_view bytes) {
  if (!pending_ || pending_->missing == 0)
    return {decode_errc::unexpected_binary};
  pending_->bytes += bytes.size();
  if (pending_->bytes > max_bytes_)
    return {decode_errc::bad_attachments};
  if (--pending_->missing > 0) {
    pending_->attachments.emplace_back(bytes);
    return {};
  }
  for (const auto& attachment : pending_->attachments)
    packet_.attachments.emplace_back(attachment);
  packet_.attachments.push_back(bytes);
  return {decode_errc::none, &packet_};
}

void decoder::release() {
  if (pending_ && pending_->missing == 0)
    pending_.reset();
  packet_.attachments.clear();
}

decode_errc decoder::decode(std::string_view text, std::size_t& attachments) {
  if (text.empty() || text.front() < '0' || text.front() > '6')
    return decode_errc::unknown_type;
  packet_.type = static_cast<packet_type>(text.front());
  packet_.attachments.clear();
  text.remove_prefix(1);
  if (is_binary(packet_.type) && !pop_attachments(text, attachments))
    return decode_errc::bad_attachments;
  // Some clients send `50-`; what follows is complete.
  if (is_binary(packet_.type) && attachments == 0)
    packet_.type = without_attachments(packet_.type);
  if (!pop_nsp(text, packet_.nsp))
    return decode_errc::bad_nsp;
  packet_.ack_id = pop_digits(text);
  if (!ack_id_fits(packet_.type, packet_.ack_id))
    return decode_errc::bad_ack_id;
  packet_.json = text;
  if (!text.empty() && !json::is_valid(text, json_depth_))
    return decode_errc::bad_json;
  if (const auto error = decode_payload(); error != decode_errc::none)
    return error;
  return placeholders_match(packet_.args, attachments)
           ? decode_errc::none
           : decode_errc::bad_placeholder;
}

decode_errc decoder::decode_payload() {
  const auto json = packet_.json;
  packet_.name = {};
  packet_.args = {};
  const auto between = [json](char open, char close) {
    return json.starts_with(open) && json.ends_with(close);
  };
  const auto require = [](bool fits) {
    return fits ? decode_errc::none : decode_errc::bad_payload;
  };
  switch (packet_.type) {
    case packet_type::connect:
      return require(json.empty() || between('{', '}'));
    case packet_type::disconnect:
      return require(json.empty());
    case packet_type::connect_error:
      return decode_errc::bad_payload; // only servers send it
    default:
      if (!between('[', ']'))
        return decode_errc::bad_payload;
  }
  packet_.args = *json::array_body(json);
  return is_event(packet_.type) ? decode_event() : decode_errc::none;
}

decode_errc decoder::decode_event() {
  const auto literal = json::pop_front(packet_.args);
  if (!literal.starts_with('"'))
    return decode_errc::bad_payload;
  if (literal.find('\\') == std::string_view::npos) {
    packet_.name = literal.substr(1, literal.size() - 2);
  } else {
    auto name = json::string_value(literal);
    if (!name)
      return decode_errc::bad_payload;
    name_ = std::move(*name);
    packet_.name = name_;
  }
  return is_reserved_event(packet_.name) ? decode_errc::reserved_event
                                         : decode_errc::none;
}

bool is_reserved_event(std::string_view name) {
  constexpr std::array<std::string_view, 6> reserved{
    "connect",       "connect_error", "disconnect",
    "disconnecting", "newListener",   "removeListener"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

std::string_view to_string(decode_errc x) {
  switch (x) {
    case decode_errc::none:
      return "no error";
    case decode_errc::unknown_type:
      return "the packet begins with no known type";
    case decode_errc::bad_attachments:
      return "the packet's attachments are not counted, too many or too large";
    case decode_errc::bad_nsp:
      return "the packet's namespace is too long or not printable";
    case decode_errc::bad_ack_id:
      return "the packet's ack id is too long, missing or out of place";
    case decode_errc::bad_json:
      return "the packet's JSON is invalid or nested too deep";
    case decode_errc::bad_payload:
      return "the packet's payload does not fit its type";
    case decode_errc::reserved_event:
      return "the event's name is reserved for the protocol";
    case decode_errc::unexpected_text:
      return "a text packet came where an attachment had to follow";
    case decode_errc::unexpected_binary:
      return "an attachment came that no packet announced";
    case decode_errc::bad_placeholder:
      return "the packet's placeholders do not match its attachments";
  }
  return "unknown error";
}

} // namespace weir::socketio
