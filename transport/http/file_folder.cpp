#include "transport/http/file_folder.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

namespace weir::http {

namespace fs = std::filesystem;
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

std::string_view type_of(const fs::path& file) {
  auto extension = file.extension().string();
  for (auto& [known, type] : types)
    if (extension == known)
      return type;
  return "application/octet-stream";
}

/// Changes whenever the file does.
std::string etag_of(const fs::path& file, std::size_t size) {
  std::error_code ignored;
  auto time = fs::last_write_time(file, ignored).time_since_epoch().count();
  return '"' + std::to_string(size) + '-' + std::to_string(time) + '"';
}

} // namespace

file_folder::file_folder(const std::string& folder) {
  std::error_code e;
  if (!folder.empty())
    root_ = fs::canonical(folder, e);
}

fs::path file_folder::find(std::string_view path) const {
  if (root_.empty() || path.find('\0') != std::string_view::npos)
    return {};
  while (path.starts_with('/'))
    path.remove_prefix(1);
  std::error_code e;
  auto file = root_ / fs::path{path};
  if (fs::is_directory(file, e))
    file /= "index.html";
  file = fs::canonical(file, e); // follows links and ".."
  if (e || !fs::is_regular_file(file, e))
    return {};
  auto [end, ignored] = std::mismatch(root_.begin(), root_.end(), file.begin(),
                                      file.end());
  return end == root_.end() ? file : fs::path{};
}

void file_folder::serve(http_session& to, std::string_view path) const {
  auto& asked = to.message();
  if (asked.method() != http::verb::get && asked.method() != http::verb::head) {
    to.add_fields("Allow: GET, HEAD\r\n");
    to.respond({405, "text/plain", "only GET and HEAD\n"});
    return;
  }
  auto file = find(path);
  std::ifstream in{file, std::ios::binary};
  if (file.empty() || !in) {
    to.respond({404, "text/plain", "not found\n"});
    return;
  }
  std::string body{std::istreambuf_iterator<char>{in}, {}};
  auto etag = etag_of(file, body.size());
  to.add_fields("ETag: " + etag
                + "\r\nCache-Control: no-cache\r\n"
                  "X-Content-Type-Options: nosniff\r\n");
  if (asked[http::field::if_none_match] == etag)
    to.respond({304, {}, {}});
  else
    to.respond({200, type_of(file), std::move(body)});
}

} // namespace weir::http
