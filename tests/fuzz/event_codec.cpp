// Input: a byte that chooses the format and whether there is a value, a name,
// a zero byte, the record's value.

#include "schemas/event_codec.hpp"

#include "config/base/utf8.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "transport/socketio/json_slice.hpp"
#include "transport/socketio/placeholder.hpp"

using namespace weir;
using namespace weir::schemas;
using weir::fuzz::require;

namespace {

constexpr std::size_t depth = 16;

/// The arguments, where they may go to a client.
std::optional<std::string_view> arguments(const incoming_event& x) {
  if (!json::is_valid(x.json, depth))
    return std::nullopt;
  auto args = x.is_array ? json::array_body(x.json) : json::at(x.json, "");
  if (!args || !socketio::placeholders_match(*args, x.attachments.size()))
    return std::nullopt;
  return args;
}

/// What may go to a client can be written again and reads the same.
void check_round_trip(format f, const incoming_event& x,
                      std::string_view args) {
  outgoing_event event;
  event.name = x.name;
  event.args = args;
  event.attachments = x.attachments;
  auto record = encode_record(f, event);
  if (record.error != codec_errc::none)
    return;
  incoming_event y;
  decode_record(f, x.name, record.value(), true, {}, y);
  require(y.error == codec_errc::none, "an encoded record can be decoded");
  require(y.name == x.name && y.attachments == x.attachments,
          "an encoded record is the same when decoded");
  auto same = arguments(y);
  require(same && (*same == args || f == format::raw),
          "arguments stay as they were");
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  outgoing_event event;
  event.id = "1";
  event.name = "chat message";
  event.source = "/weir/demo/chat";
  event.room = "chat:1";
  event.socket_id = "abc";
  event.user = "ada";
  event.time_ms = 1'700'000'000'042;
  event.args = R"({"_placeholder":true,"num":0},[1,"two"])";
  event.attachments = {"bytes"};
  const std::string end_of_name{'\0'};
  const std::string envelope{encode_record(format::envelope, event).value()};
  return {
    "0name" + end_of_name + R"({"room":"chat:1","text":"hi"})",
    "1" + end_of_name + R"([1,"two",{"three":[null]}])",
    "2name" + end_of_name + "bytes",
    "3name" + end_of_name + envelope,
    "3" + end_of_name + envelope + envelope,
    "4name" + end_of_name,
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.empty())
    return 0;
  auto choice = static_cast<unsigned>(input.front()) % 8;
  auto f = static_cast<format>(choice % 4);
  input.remove_prefix(1);
  auto name = input.substr(0, input.find('\0'));
  input.remove_prefix(std::min(input.size(), name.size() + 1));
  thread_local incoming_event event; // reused, as in the server
  decode_record(f, "default", input, choice < 4, {{"ce_type", name}}, event);
  if (event.error != codec_errc::none)
    return 0;
  require(!event.name.empty(), "an event has a name");
  // The encoder's caller has the name from the decoder: valid UTF-8.
  if (auto args = arguments(event); args && is_utf8(event.name))
    check_round_trip(f, event, *args);
  return 0;
}
