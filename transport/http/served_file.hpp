#pragma once

#include "transport/http/http_session.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir::http {

/// A file in memory, as requests for it are answered.
struct served_file {
  std::string_view type;
  std::string etag;
  std::shared_ptr<const std::string> bytes;
};

/// By how its name ends.
std::string_view content_type_of(std::string_view name);

/// Answers what is neither a GET nor a HEAD; true: it was none.
bool refuses_method(http_session& to);

/// Answers a GET or HEAD with the file, its ETag, and 304 to who has it.
/// `fields`: further header lines.
void serve(http_session& to, const served_file& file,
           std::string_view fields = {});

} // namespace weir::http
