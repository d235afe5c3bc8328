#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace weir::http {

struct response {
  unsigned status = 200;
  std::string_view content_type = "text/plain";
  std::string body;
  /// Instead of `body`, where many answers have the same.
  std::shared_ptr<const std::string> shared_body = {};

  std::string_view content() const { return shared_body ? *shared_body : body; }
};

/// Status line and headers, with `fields` (whole lines) among them. `version`
/// is the request's: 10 or 11.
std::string head_of(const response& x, bool keep_alive, unsigned version,
                    std::string_view fields);

} // namespace weir::http
