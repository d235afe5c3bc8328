#pragma once

// Who may do something: what `allow` of a mapping is made of.
//
//   anyone              whoever is in the namespace
//   authenticated       who has shown a token
//   /rooms = {id}       whose token has that value at that JSON pointer

#include "config/names.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// One rule.
struct permission_rule {
  enum class kind { anyone, authenticated, claim };

  kind who = kind::anyone;
  std::string pointer; ///< to a claim
  std::string value;   ///< with the room's captures

  bool operator==(const permission_rule&) const = default;
};

/// Nothing: it is no rule.
std::optional<permission_rule> parse_permission(std::string_view text);

/// In `join`: the claim that names the rooms; follows here.
inline constexpr std::string_view join_claim_prefix = "claim:";

} // namespace weir

namespace weir::config {

/// What is wrong with a rule.
complaint check_permission(std::string_view text);

} // namespace weir::config
