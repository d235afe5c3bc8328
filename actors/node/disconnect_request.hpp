#pragma once

#include "actors/contract/disconnect.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// What is to be deleted, or why that cannot be told.
struct disconnect_request_result {
  std::optional<disconnect_everywhere> request;
  std::string problem; ///< for people; empty: there is no such path
};

/// `/v1/connections/{sid}`, `/v1/connections?room=a&namespace=/b`, or
/// `/v1/users/{user}/connections`.
disconnect_request_result parse_disconnect_request(std::string_view path,
                                                   std::string_view query);

} // namespace weir
