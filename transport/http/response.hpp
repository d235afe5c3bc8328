#pragma once

#include <string>
#include <string_view>

namespace weir::http {

struct response {
  unsigned status = 200;
  std::string_view content_type = "text/plain";
  std::string body;
};

/// Status line and headers, with `fields` (whole lines) among them. `version`
/// is the request's: 10 or 11.
std::string head_of(const response& x, bool keep_alive, unsigned version,
                    std::string_view fields);

} // namespace weir::http
