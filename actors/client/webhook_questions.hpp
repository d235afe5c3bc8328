#pragma once

#include "actors/client/answers.hpp"
#include "actors/client/entrant.hpp"
#include "actors/contract/participants.hpp"
#include "transport/auth/webhook.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a connection asks the endpoint of [auth.webhook], and who waits for its
// answers.

namespace weir {

/// Whether it decides about that: "connect" or "join".
inline bool asks(const nsp_routes& rules, std::string_view what) {
  auto& all = rules.settings().webhook;
  return std::find(all.begin(), all.end(), what) != all.end();
}

/// What the webhook answers; nothing: it does not, and nothing is allowed. To
/// be read when the question's request is over.
using webhook_answer = std::shared_ptr<std::optional<auth::decision>>;

/// What it says, as the code of an answer.
inline emit_errc error_of(const webhook_answer& x) {
  if (!*x)
    return emit_errc::unavailable;
  return (*x)->allow ? emit_errc::none : emit_errc::not_allowed;
}

/// The sentence to such a code.
inline std::string_view webhook_reason(emit_errc x) {
  return x == emit_errc::unavailable
           ? "who may do this cannot be found out at present (auth.webhook)"
           : "auth.webhook does not allow it";
}

/// A CONNECT packet that waits for the webhook.
struct connect_question {
  const nsp_routes* rules;
  std::string payload;
  token_ptr token;
  webhook_answer answer;
};

/// A join that waits for the webhook.
struct pending_join {
  enum class kind : std::uint8_t { client, automatic, resumes };

  kind what = kind::client;
  std::string ack_id{}; ///< until it is a request
  std::size_t cost = 0;
  room_offset since{};
  std::uint64_t request = 0;
  request_lease lease{}; ///< null: the webhook has it
};

/// A room that a socket is to be in.
using socket_room = std::pair<socket_ptr, std::string>;

/// All joins that wait for the webhook's answer about one of those.
struct room_question {
  std::uint64_t request = 0; ///< when this is over, it is answered
  webhook_answer answer;
  std::vector<pending_join> joins;
};

} // namespace weir
