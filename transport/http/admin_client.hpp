#pragma once

#include <chrono>
#include <string>

namespace weir::http {

/// Where an admin endpoint is, and what it wants to see.
struct admin_target {
  std::string url = "http://127.0.0.1:9300";
  std::string token; ///< empty: none
  /// A file with the authority that its certificate is signed by (PEM); empty:
  /// those that the system trusts.
  std::string ca;
  std::chrono::milliseconds timeout{10'000};
};

struct admin_answer {
  std::string problem; ///< why there is none, and what to do; empty: there is
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

/// Asks an admin endpoint and waits for the answer: for programs that do
/// nothing else meanwhile. `target` is a path with its query, `body` JSON or
/// empty. A certificate must be of the URL's host.
admin_answer ask_admin(const admin_target& where, const std::string& method,
                       const std::string& target, const std::string& body = {});

} // namespace weir::http
