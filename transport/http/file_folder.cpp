#include "transport/http/file_folder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace weir::http {

namespace fs = std::filesystem;

namespace {

/// Changes whenever the file does.
std::string etag_of(const fs::path& file, std::size_t size) {
  std::error_code ignored;
  // not on a loop: the node starts
  auto time = fs::last_write_time(file, ignored).time_since_epoch().count();
  return '"' + std::to_string(size) + '-' + std::to_string(time) + '"';
}

std::string contents_of(const fs::path& file) {
  // not on a loop: the node starts
  std::ifstream in{file, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  if (!in.is_open() || in.bad())
    throw std::runtime_error("cannot read " + file.string()
                             + ", which is in a folder to be served");
  return bytes;
}

bool is_within(const fs::path& root, const fs::path& file) {
  auto [end, ignored] = std::mismatch(root.begin(), root.end(), file.begin(),
                                      file.end());
  return end == root.end();
}

} // namespace

file_folder::file_folder(const std::string& folder, std::size_t max_bytes) {
  if (folder.empty())
    return;
  // not on a loop: the node starts
  root_ = fs::canonical(folder);
  // not on a loop: likewise
  for (auto& x : fs::recursive_directory_iterator{root_})
    if (x.is_regular_file())
      load(x.path(), max_bytes);
}

void file_folder::load(const fs::path& name, std::size_t max_bytes) {
  // not on a loop: likewise; follows links
  auto target = fs::canonical(name);
  if (!is_within(root_, target))
    return;
  bytes_ += fs::file_size(target); // not on a loop: likewise
  if (bytes_ > max_bytes)
    throw std::runtime_error(
      root_.string() + " has more than " + std::to_string(max_bytes)
      + " bytes; serve a folder of less, or raise [server] max_file_bytes");
  auto bytes = contents_of(target);
  auto etag = etag_of(target, bytes.size());
  files_[name.lexically_relative(root_).generic_string()]
    = {content_type_of(target.native()), std::move(etag),
       std::make_shared<const std::string>(std::move(bytes))};
}

const served_file* file_folder::find(std::string_view path) const {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  auto name = fs::path{path}.lexically_normal().generic_string();
  auto found = files_.find(name == "." ? "" : name);
  if (found == files_.end())
    found = files_.find(
      (fs::path{name} / "index.html").lexically_normal().generic_string());
  return found == files_.end() ? nullptr : &found->second;
}

void file_folder::serve(http_session& to, std::string_view path) const {
  if (auto* found = find(path))
    http::serve(to, *found);
  else if (!refuses_method(to))
    to.respond({404, "text/plain", "not found\n"});
}

} // namespace weir::http
