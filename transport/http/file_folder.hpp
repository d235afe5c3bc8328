#pragma once

#include "transport/http/served_file.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace weir::http {

/// Serves the files below one folder and nothing else, wherever a path or a
/// symbolic link points. They are read once, when the node starts: a loop that
/// waits for a disk has all of its clients wait.
class file_folder {
public:
  /// "": serves nothing. Throws `std::runtime_error` where a file cannot be
  /// read, or all together have more than `max_bytes`.
  file_folder(const std::string& folder, std::size_t max_bytes);

  /// Whether `path` (decoded, relative) names a file; "" and "a/" stand for
  /// the index.html there.
  bool contains(std::string_view path) const { return find(path) != nullptr; }

  /// Answers a GET or HEAD with the file, its ETag, and 304 to who has it.
  void serve(http_session& to, std::string_view path) const;

private:
  void load(const std::filesystem::path& name, std::size_t max_bytes);

  /// Null: there is none.
  const served_file* find(std::string_view path) const;

  std::filesystem::path root_;
  std::map<std::string, served_file, std::less<>> files_;
  std::size_t bytes_ = 0;
};

} // namespace weir::http
