#pragma once

#include "transport/http/http_session.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace weir::http {

/// Serves the files below one folder and nothing else, wherever a path or a
/// symbolic link points.
class file_folder {
public:
  /// "": serves nothing.
  explicit file_folder(const std::string& folder);

  /// Whether `path` (decoded, relative) names a file; "" and "a/" stand for
  /// the index.html there.
  bool contains(std::string_view path) const { return !find(path).empty(); }

  /// Answers a GET or HEAD with the file, its ETag, and 304 to who has it.
  void serve(http_session& to, std::string_view path) const;

private:
  /// Empty: there is none.
  std::filesystem::path find(std::string_view path) const;

  std::filesystem::path root_;
};

} // namespace weir::http
