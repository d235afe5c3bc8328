#pragma once

// Who may ask the operator's endpoint for something.
//
// With a token: who knows it, whatever else the request says; the files of the
// page that asks people for it, anybody. Without one the endpoint listens on
// loopback only, where everybody on the machine may ask. Their browsers are on
// that machine, too, and send what any page wants: to another site (`Origin`
// tells), or to a name that has been made to lead here (DNS rebinding; `Host`
// tells). Neither is served.

#include <string>
#include <string_view>

namespace weir::http {

/// What a request says of where it comes from; empty: nothing.
struct admin_caller {
  std::string_view host;
  std::string_view origin;
  std::string_view authorization;
  bool encrypted = false;
  /// It wants a file of the page, which tells nothing and asks for the token.
  bool wants_page = false;
};

struct door_verdict {
  unsigned status = 0; ///< 0: it may come in; otherwise the answer's
  std::string why;     ///< for people: what was wrong and what to do
};

/// Requires: the endpoint listens on loopback, or there is a token.
door_verdict judge_caller(const admin_caller& x, std::string_view token);

} // namespace weir::http
