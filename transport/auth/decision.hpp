#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::auth {

/// What a webhook is asked.
struct decision_question {
  enum class kind { connect, join };

  kind what = kind::connect;
  std::string nsp;
  std::string user;    ///< of the client's token; empty: nobody
  std::string room;    ///< of a join
  std::string address; ///< the client's
  std::string claims;  ///< of its token, JSON; empty: none
  /// Of a connect without a token: what the client has connected with, JSON
  /// (`shown_by`); empty: nothing.
  std::string auth{};

  /// What an answer may be kept for: all that it may depend on.
  std::string key() const;
};

/// What it has answered.
struct decision {
  bool allow = false;
  /// A connect's: the rooms that the socket joins by itself.
  std::vector<std::string> rooms{};
  /// A connect's: who the client is; nothing: as before.
  std::optional<std::string> user{};
  /// Seconds since 1970; nothing: the answer holds for this question only.
  std::optional<std::int64_t> expires{};

  bool operator==(const decision&) const = default;
};

/// Bounds of what a webhook may answer.
inline constexpr std::size_t max_decision = 64 * 1024;
inline constexpr std::size_t max_decision_rooms = 256;

/// Of the payload of a CONNECT packet, JSON: without what a client that comes
/// back adds (`pid`, `offset`), which is not its own word and never the same.
std::string shown_by(std::string_view payload);

/// Nothing: it is no answer, whatever is wrong with it. Keys that are not
/// known are left out.
std::optional<decision> read_decision(std::string_view json,
                                      std::size_t max_room);

/// The question as a CloudEvent 1.0 (structured mode, JSON), `weir.connect` or
/// `weir.join`. `now`: seconds since 1970.
std::string to_cloud_event(const decision_question& x, std::string_view id,
                           std::string_view source, std::int64_t now);

} // namespace weir::auth
