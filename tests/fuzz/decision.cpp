// Input: what a webhook answers; or after a "!" what a client connects with,
// which it is asked about.

#include "transport/auth/decision.hpp"

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"

#include <boost/json.hpp>

#include <algorithm>

using namespace weir;
using namespace weir::auth;
using weir::fuzz::require;

namespace {

constexpr std::size_t max_room = 32;

bool is_name(std::string_view x, std::size_t max) {
  return !x.empty() && x.size() <= max
         && std::none_of(x.begin(), x.end(),
                         [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

void check_answer(std::string_view text) {
  auto found = read_decision(text, max_room);
  if (!found)
    return;
  boost::system::error_code e;
  auto value = boost::json::parse({text.data(), text.size()}, e);
  require(!e && value.is_object() && value.as_object().at("allow").is_bool(),
          "only a whole answer counts");
  require(found->allow == value.as_object().at("allow").get_bool(),
          "it is as the endpoint says");
  require(found->rooms.size() <= max_decision_rooms
            && std::all_of(found->rooms.begin(), found->rooms.end(),
                           [](auto& x) { return is_name(x, max_room); }),
          "rooms have names");
  require(!found->user || is_name(*found->user, 255), "a user has a name");
  require(found->expires.value_or(0) >= 0, "an answer ends after 1970");
}

void check_question(std::string_view payload) {
  decision_question x{decision_question::kind::connect, "/"};
  x.auth = shown_by(payload);
  boost::system::error_code e;
  auto event = boost::json::parse(to_cloud_event(x, "1", "/weir/a", 0), e);
  require(!e, "a question is JSON");
  auto& auth = event.as_object().at("data").as_object().at("auth");
  require(x.auth.empty() == auth.is_null(), "it says what the client shows");
  require(auth.is_null()
            || !(auth.as_object().contains("pid")
                 || auth.as_object().contains("offset")),
          "and not what every client adds");
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  return {
    R"({"allow":true,"rooms":["a","chat:1"],"user":"ada","expires_at":1})",
    R"({"allow":false})",
    R"({"allow":true,"rooms":null,"user":null})",
    R"({"allow":1,"allow":true,"x":[{}]})",
    R"(!{"pid":"a","offset":"b","key":{"a":[1,"x"]}})",
    "![]",
    "!"};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.starts_with('!'))
    check_question(input.substr(1));
  else
    check_answer(input);
  return 0;
}
