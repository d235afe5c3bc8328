#pragma once

#include "actors/contract/control.hpp"
#include "actors/contract/disconnect.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/node/status_request.hpp"
#include "transport/http/admin_request.hpp"

#include <string>
#include <string_view>

namespace weir {

// What the admin endpoint answers, and with which status.

http::admin_response text(unsigned status, std::string body);

http::admin_response json(std::string body, unsigned status = 200);

/// There is nothing of that name.
http::admin_response no_path();

/// The path takes other methods.
http::admin_response no_method(std::string_view path);

http::admin_response answer_of(const status_request& asked,
                               const nodes_answered& x);

http::admin_response answer_of(const disconnected& x);

http::admin_response answer_of(const event_published& x);

/// `node`: that was to do it, where it is one.
http::admin_response answer_of(const std::string& node,
                               const actions_answered& x);

} // namespace weir
