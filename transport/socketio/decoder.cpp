#include "transport/socketio/decoder.hpp"

#include "config/base/utf8.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <array>

namespace weir::socketio {

namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The part of JavaScript's white space that is ASCII.
constexpr bool is_white_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

template <class Predicate>
std::string_view pop_while(std::string_view& text, Predicate is_part) {
  auto last = std::find_if_not(text.begin(), text.end(), is_part);
  auto length = static_cast<std::size_t>(last - text.begin());
  auto result = text.substr(0, length);
  text.remove_prefix(length);
  return result;
}

/// `<attachments>-`
bool pop_attachments(std::string_view& text, std::size_t& n) {
  auto digits = pop_while(text, is_digit);
  if (digits.empty() || !text.starts_with('-'))
    return false;
  text.remove_prefix(1);
  n = 0;
  for (auto digit : digits)
    n = std::min(n * 10 + static_cast<std::size_t>(digit - '0'),
                 max_attachments + 1);
  return n <= max_attachments;
}

/// `[<nsp>,]`; the comma may lack at the end. Whatever it holds, it may be sent
/// back on the way that it came: no polling payload lets a separator in it in.
bool pop_nsp(std::string_view& text, std::string_view& nsp) {
  nsp = "/";
  if (!text.starts_with('/'))
    return true;
  auto all = text.substr(0, text.find(','));
  text.remove_prefix(std::min(text.size(), all.size() + 1));
  nsp = all.substr(0, all.find('?'));
  return is_utf8(nsp);
}

/// The reference reads white space as digits, too: ` 12 ["a"]` has the ack id
/// 12, and ` ["a"]` has 0.
std::string_view pop_ack_id(std::string_view& text) {
  auto id = pop_while(text, is_digit);
  if (text.empty() || !is_white_space(text.front()))
    return id;
  auto rest
    = pop_while(text, [](char c) { return is_digit(c) || is_white_space(c); });
  id = {id.data(), id.size() + rest.size()};
  while (!id.empty() && is_white_space(id.front()))
    id.remove_prefix(1);
  while (!id.empty() && is_white_space(id.back()))
    id.remove_suffix(1);
  return id.empty() ? "0" : id;
}

bool is_digits(std::string_view id) {
  return std::all_of(id.begin(), id.end(), is_digit);
}

bool is_ack_id(std::string_view id) {
  return id.size() <= decoder::max_ack_digits && is_digits(id);
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
  if (auto error = decode(text, attachments); error != decode_errc::none)
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
    refuse(refusal::too_large);
  auto is_kept = packet_.refusal == refusal::none;
  if (!is_kept)
    pending_->attachments = {};
  if (--pending_->missing > 0) {
    if (is_kept)
      pending_->attachments.emplace_back(bytes);
    return {};
  }
  if (is_kept) {
    for (auto& attachment : pending_->attachments)
      packet_.attachments.emplace_back(attachment);
    packet_.attachments.push_back(bytes);
  }
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
  packet_.refusal = refusal::none;
  packet_.attachments.clear();
  text.remove_prefix(1);
  if (is_binary(packet_.type) && !pop_attachments(text, attachments))
    return decode_errc::bad_attachments;
  // Some clients send `50-`; what follows is complete.
  if (is_binary(packet_.type) && attachments == 0)
    packet_.type = without_attachments(packet_.type);
  if (!pop_nsp(text, packet_.nsp))
    return decode_errc::bad_nsp;
  packet_.ack_id = pop_ack_id(text);
  if (is_event(packet_.type) && !is_ack_id(packet_.ack_id))
    refuse(refusal::bad_ack_id);
  if (!is_digits(packet_.ack_id))
    packet_.ack_id = {}; // nothing that an ack could carry
  packet_.json = json::trimmed(text);
  if (auto error = decode_payload(); error != decode_errc::none)
    return error;
  if (placeholders_match(packet_.args, attachments))
    return decode_errc::none;
  if (has_illegal_placeholder(packet_.args, attachments))
    return decode_errc::bad_placeholder;
  refuse(refusal::bad_placeholder);
  return decode_errc::none;
}

/// The first reason counts.
void decoder::refuse(refusal why) {
  if (packet_.refusal == refusal::none)
    packet_.refusal = why;
}

decode_errc decoder::decode_payload() {
  auto type = packet_.type;
  packet_.name = {};
  packet_.args = {};
  if (type == packet_type::connect_error) // only servers send it
    return decode_errc::bad_payload;
  if (packet_.json.empty()) {
    if (is_event(type))
      refuse(refusal::no_name);
    return decode_errc::none;
  }
  if (type == packet_type::disconnect)
    return decode_errc::bad_payload;
  auto validity = json::validate(packet_.json, json_depth_);
  if (validity == json::validity::invalid)
    return decode_errc::bad_json;
  if (packet_.json.front() != (type == packet_type::connect ? '{' : '['))
    return decode_errc::bad_payload;
  if (validity == json::validity::too_deep)
    refuse(refusal::too_deep);
  else if (type != packet_type::connect)
    packet_.args = *json::array_body(packet_.json);
  return is_event(type) && validity == json::validity::valid
           ? decode_name(json::pop_front(packet_.args))
           : decode_errc::none;
}

decode_errc decoder::decode_name(std::string_view literal) {
  if (literal.starts_with('-') || (!literal.empty() && is_digit(literal[0]))) {
    refuse(refusal::bad_name);
    return decode_errc::none;
  }
  if (!literal.starts_with('"'))
    return decode_errc::bad_payload;
  if (literal.find('\\') == std::string_view::npos) {
    packet_.name = literal.substr(1, literal.size() - 2);
  } else if (auto name = json::string_value(literal)) {
    name_ = std::move(*name);
    packet_.name = name_;
  } else {
    refuse(refusal::bad_name);
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

} // namespace weir::socketio
