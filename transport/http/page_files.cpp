#include "transport/http/page_files.hpp"

namespace weir::http {

const std::string_view page_fields
  = "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

page_files::page_files(const std::vector<page_file>& files) {
  for (auto& x : files) {
    auto path = x.name == "index.html" ? "/" : '/' + std::string{x.name};
    // Of what is in it, so that all nodes of one version have the same.
    auto etag = '"' + std::to_string(x.bytes.size()) + '-'
                + std::to_string(std::hash<std::string_view>{}(x.bytes)) + '"';
    files_[std::move(path)] = {content_type_of(x.name), std::move(etag),
                               std::make_shared<const std::string>(x.bytes)};
  }
}

const served_file* page_files::find(std::string_view path) const {
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

} // namespace weir::http
