// Input: the messages of one connection, each text or (behind a 'b') binary,
// with 0x1e between them as in a polling payload.

#include "transport/socketio/decoder.hpp"

#include "config/base/utf8.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "transport/socketio/encoder.hpp"
#include "transport/socketio/json_slice.hpp"

using namespace weir;
using namespace weir::socketio;
using weir::fuzz::require;

namespace {

constexpr std::size_t depth = 16;
constexpr std::size_t max_bytes = 1024;

bool has_event_name(const packet& x) {
  return x.type == packet_type::event || x.type == packet_type::binary_event;
}

bool is_ack(const packet& x) {
  return x.type == packet_type::ack || x.type == packet_type::binary_ack;
}

/// What is sent on must decode to the same.
void check_round_trip(const packet& x) {
  auto n = x.attachments.size();
  auto text = has_event_name(x) ? encode_event(x.nsp, x.name, x.args, n)
                                : encode_ack(x.nsp, x.ack_id, x.args, n);
  require(text.find('\x1e') == text.npos, "no separator in a packet");
  decoder reader{depth, max_bytes};
  auto result = reader.text(text);
  for (auto attachment : x.attachments)
    result = reader.binary(attachment);
  require(result.value != nullptr, "an encoded packet can be decoded");
  auto& y = *result.value;
  require(y.type == x.type && y.nsp == x.nsp && y.name == x.name
            && y.args == x.args && y.attachments == x.attachments,
          "an encoded packet is the same when decoded");
}

void check(const packet& x) {
  require(x.nsp.starts_with('/') && is_utf8(x.nsp), "nsp");
  require(x.ack_id.find_first_not_of("0123456789") == x.ack_id.npos, "ack id");
  if (x.refusal != refusal::none) {
    require(is_ack(x) || has_event_name(x) || x.type == packet_type::connect,
            "only what can be answered is refused");
    require(x.attachments.empty(), "what is refused has no attachments");
    return;
  }
  require(!has_event_name(x) || x.ack_id.size() <= decoder::max_ack_digits,
          "ack id");
  require(x.attachments.size() <= max_attachments, "attachments");
  require(x.json.empty() || json::is_valid(x.json, depth), "valid JSON");
  require(!is_reserved_event(x.name), "no reserved name");
  if (has_event_name(x) || is_ack(x)) {
    require(x.json.empty() ? is_ack(x) : json::array_body(x.json).has_value(),
            "an array");
    check_round_trip(x);
  }
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  const std::string separator{'\x1e'};
  const std::string one = R"({"_placeholder":true,"num":0})";
  const std::string two = R"({"_placeholder":true,"num":1})";
  return {
    "0",
    R"(0/admin?token=a,{"auth":{"token":"abc"}})",
    "1/chat,",
    R"(2["hello",1,{"a":[true,null,-1.5e3,"\u00e9\ud83d\ude00"]}])",
    R"(2/chat,12["chat message",{"room":"chat:1","text":"hi"}])",
    R"(2 12 [ "a" , 1 ] )",
    R"(2[0,1])",
    R"(2["\ud83d"])",
    R"(3/chat,7[{"status":"ok","offset":42}])",
    R"(4/chat,{"message":"no"})",
    R"(50-["a",1])",
    "51-[\"b\"," + one + "]" + separator + "bytes",
    "52-/chat,3[\"b\"," + two + ",{\"a\":" + one + "}]" + separator + "b1"
      + separator + "b2" + separator + R"(2["next"])",
    "61-7[" + one + "]" + separator + "b",
    "52-8[\"twice\"," + one + "," + one + "]" + separator + "b" + separator
      + "b",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  decoder reader{depth, max_bytes};
  while (!rest.empty()) {
    // A copy, so that a view which outlives its message is found by ASan.
    const std::string message{rest.substr(0, rest.find('\x1e'))};
    rest.remove_prefix(std::min(rest.size(), message.size() + 1));
    auto result = message.starts_with('b')
                    ? reader.binary(std::string_view{message}.substr(1))
                    : reader.text(message);
    if (result.error != decode_errc::none) {
      require(result.value == nullptr, "no packet with an error");
      break;
    }
    if (result.value != nullptr)
      check(*result.value);
  }
  return 0;
}
