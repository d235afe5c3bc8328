#pragma once

#include <functional>
#include <string>

namespace weir::http {

struct admin_request {
  std::string method;
  std::string path; ///< decoded, without query
  std::string query;
  std::string from;   ///< the caller's IP address
  std::string body{}; ///< as it came
};

struct admin_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow{}; ///< with 405: the methods that there are
};

/// Called once per request, from any thread.
using admin_respond = std::function<void(admin_response)>;

/// Asks for `/livez` or `/readyz`.
using ask_health = std::function<void(std::string path, admin_respond)>;

} // namespace weir::http
