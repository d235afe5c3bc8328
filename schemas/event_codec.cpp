#include "schemas/event_codec.hpp"

#include "config/base/rfc3339.hpp"
#include "schemas/weir/v1/event.pb.h"

#include <google/protobuf/stubs/logging.h>

#include <limits>

namespace weir::schemas {

namespace {

constexpr std::string_view placeholder = R"({"_placeholder":true,"num":0})";

// -- event -> record ----------------------------------------------------------

/// Index behind the string literal that begins at `first`.
std::size_t skip_string(std::string_view text, std::size_t first) {
  for (auto i = text.find('"', first + 1); i != text.npos;
       i = text.find('"', i + 1)) {
    // A quote behind an odd number of backslashes is part of the text.
    auto plain = text.find_last_not_of('\\', i - 1);
    if ((i - plain) % 2 == 1)
      return i + 1;
  }
  return text.size();
}

/// Whether valid `args` is one value: it has no comma outside of brackets.
bool is_one_value(std::string_view args) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < args.size(); ++i) {
    switch (args[i]) {
      case '"':
        i = skip_string(args, i) - 1;
        break;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        --depth;
        break;
      case ',':
        if (depth == 0)
          return false;
        break;
      default:
        break;
    }
  }
  return !args.empty();
}

/// Whether the only argument is a placeholder. As the placeholder of the only
/// attachment is somewhere in it, that is when nothing is nested in it.
bool is_placeholder(std::string_view args) {
  return is_one_value(args) && args.starts_with('{')
         && args.find_first_of("{[", 1) == std::string_view::npos;
}

codec_errc check(format f, const outgoing_event& event) {
  const bool binary = !event.attachments.empty();
  switch (f) {
    case format::json:
      if (binary)
        return codec_errc::has_attachments;
      return is_one_value(event.args) ? codec_errc::none
                                      : codec_errc::not_one_argument;
    case format::args:
      return binary ? codec_errc::has_attachments : codec_errc::none;
    case format::raw:
      return event.attachments.size() == 1 && is_placeholder(event.args)
               ? codec_errc::none
               : codec_errc::not_one_attachment;
    case format::envelope:
      break;
  }
  return codec_errc::none;
}

std::string array_of(std::string_view args) {
  std::string result;
  result.reserve(args.size() + 2);
  result += '[';
  result += args;
  result += ']';
  return result;
}

std::string to_envelope(const outgoing_event& event) {
  v1::Event message;
  message.set_id(event.id.data(), event.id.size());
  message.set_name(event.name.data(), event.name.size());
  message.set_room(event.room.data(), event.room.size());
  message.set_source(event.source.data(), event.source.size());
  message.set_socket_id(event.socket_id.data(), event.socket_id.size());
  message.set_user(event.user.data(), event.user.size());
  auto millis = (event.time_ms % 1000 + 1000) % 1000;
  auto& time = *message.mutable_time();
  time.set_seconds((event.time_ms - millis) / 1000);
  time.set_nanos(static_cast<std::int32_t>(millis * 1'000'000));
  message.set_args_json(array_of(event.args));
  for (auto attachment : event.attachments)
    message.add_attachments(attachment.data(), attachment.size());
  message.set_wants_ack(event.wants_ack);
  return message.SerializeAsString();
}

void set_value(encoded_record& to, format f, const outgoing_event& event) {
  switch (f) {
    case format::json:
      return to.set_value(event.args);
    case format::args:
      return to.set_value(array_of(event.args));
    case format::raw:
      return to.set_value(event.attachments.front());
    case format::envelope:
      return to.set_value(to_envelope(event));
  }
}

std::string_view content_type(format f) {
  switch (f) {
    case format::raw:
      return "application/octet-stream";
    case format::envelope:
      return "application/protobuf";
    default:
      return "application/json";
  }
}

// -- record -> event ----------------------------------------------------------

void decode_headers(const std::vector<header>& headers,
                    incoming_event& result) {
  for (auto& [name, value] : headers) {
    if (name == "ce_type")
      result.name = value;
    else if (name == "ce_weirsid")
      result.socket_id = value;
  }
}

/// Keeps the message's strings, without copying what may be large.
void decode_envelope(std::string_view value, incoming_event& result) {
  // Whoever reads the record reports it; Protobuf would also write to stderr.
  [[maybe_unused]] static const auto previous
    = google::protobuf::SetLogHandler(nullptr);
  constexpr auto max_size = std::numeric_limits<int>::max();
  v1::Event message;
  if (value.size() > max_size
      || !message.ParseFromArray(value.data(),
                                 static_cast<int>(value.size()))) {
    result.error = codec_errc::bad_envelope;
    return;
  }
  result.storage = std::move(*message.mutable_args_json());
  if (result.storage.empty())
    result.storage = "[]"; // a producer with nothing to say left it out
  auto args_size = result.storage.size();
  result.storage += message.name();
  result.storage += message.socket_id();
  const std::string_view all = result.storage;
  result.json = all.substr(0, args_size);
  result.is_array = true;
  if (result.name.empty())
    result.name = all.substr(args_size, message.name().size());
  if (result.socket_id.empty())
    result.socket_id = all.substr(args_size + message.name().size());
  for (auto& attachment : *message.mutable_attachments())
    result.attachment_storage.push_back(std::move(attachment));
  for (auto& attachment : result.attachment_storage)
    result.attachments.push_back(attachment);
}

void decode_value(format f, std::string_view value, incoming_event& result) {
  switch (f) {
    case format::json:
    case format::args:
      result.json = value;
      result.is_array = f == format::args;
      break;
    case format::raw:
      result.json = placeholder;
      result.attachments.push_back(value);
      break;
    case format::envelope:
      decode_envelope(value, result);
      break;
  }
}

} // namespace

std::string_view to_string(codec_errc x) {
  switch (x) {
    case codec_errc::none:
      return "no error";
    case codec_errc::not_one_argument:
      return "format \"json\" stores exactly one argument; emit one, or use "
             "\"args\"";
    case codec_errc::has_attachments:
      return "this format cannot store binary arguments; use \"raw\" for one, "
             "or \"envelope\"";
    case codec_errc::not_one_attachment:
      return "format \"raw\" stores exactly one binary argument; emit one, or "
             "use \"envelope\"";
    case codec_errc::bad_envelope:
      return "the record's value is no weir.v1.Event; write it as in "
             "event.proto, or use another format";
  }
  return "unknown error";
}

void encoded_record::set_value(std::string_view value) {
  constexpr std::size_t usual_headers = 256;
  bytes_.reserve(value.size() + usual_headers);
  bytes_ = value;
  value_size_ = value.size();
}

void encoded_record::add_header(std::string_view name, std::string_view value) {
  if (value.empty())
    return; // says nothing
  slots_[header_count_++] = {name, static_cast<std::uint32_t>(bytes_.size()),
                             static_cast<std::uint32_t>(value.size())};
  bytes_ += value;
}

encoded_record encode_record(format f, const outgoing_event& event) {
  encoded_record result;
  result.error = check(f, event);
  if (result.error != codec_errc::none)
    return result;
  set_value(result, f, event);
  result.add_header("ce_specversion", "1.0");
  result.add_header("ce_id", event.id);
  result.add_header("ce_type", event.name);
  result.add_header("ce_source", event.source);
  result.add_header("ce_subject", event.room);
  result.add_header("ce_time", to_rfc3339(event.time_ms));
  result.add_header("content-type", content_type(f));
  result.add_header("ce_weirsid", event.socket_id);
  result.add_header("ce_weiruser", event.user);
  result.add_header("ce_weirack", event.wants_ack ? "1" : "");
  result.add_header("traceparent", event.traceparent);
  result.add_header("tracestate", event.tracestate);
  return result;
}

void decode_record(format f, std::string_view default_name,
                   std::string_view value, bool has_value,
                   const std::vector<header>& headers, incoming_event& result) {
  result.error = codec_errc::none;
  result.name = {};
  result.json = "null";
  result.is_array = false;
  result.socket_id = {};
  result.attachments.clear();
  result.storage.clear();
  result.attachment_storage.clear();
  decode_headers(headers, result);
  if (has_value)
    decode_value(f, value, result);
  if (result.name.empty())
    result.name = default_name;
}

} // namespace weir::schemas
