#include "transport/http/served_file.hpp"

#include <array>
#include <utility>

namespace weir::http {

namespace http = boost::beast::http;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> types{{
  {".html", "text/html; charset=utf-8"},
  {".js", "application/javascript; charset=utf-8"},
  {".mjs", "application/javascript; charset=utf-8"},
  {".map", "application/json; charset=utf-8"},
  {".json", "application/json; charset=utf-8"},
  {".css", "text/css; charset=utf-8"},
  {".svg", "image/svg+xml"},
  {".png", "image/png"},
  {".jpg", "image/jpeg"},
  {".ico", "image/x-icon"},
  {".woff2", "font/woff2"},
  {".txt", "text/plain; charset=utf-8"},
}};

} // namespace

std::string_view content_type_of(std::string_view name) {
  for (auto& [ending, type] : types)
    if (name.ends_with(ending))
      return type;
  return "application/octet-stream";
}

bool refuses_method(http_session& to) {
  auto method = to.message().method();
  if (method == http::verb::get || method == http::verb::head)
    return false;
  to.add_fields("Allow: GET, HEAD\r\n");
  to.respond({405, "text/plain", "only GET and HEAD\n"});
  return true;
}

void serve(http_session& to, const served_file& file, std::string_view fields) {
  if (refuses_method(to))
    return;
  to.add_fields("ETag: " + file.etag
                + "\r\nCache-Control: no-cache\r\n"
                  "X-Content-Type-Options: nosniff\r\n");
  to.add_fields(fields);
  if (to.message()[http::field::if_none_match] == file.etag)
    to.respond({304, {}, {}});
  else
    to.respond({200, file.type, {}, file.bytes});
}

} // namespace weir::http
