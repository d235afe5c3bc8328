#pragma once

#include "transport/http/served_file.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

/// A file that is part of the program.
struct page_file {
  std::string_view name; ///< such as "style.css"
  std::string_view bytes;
};

/// The files of a page of the program's own, at `/` and `/<name>`. It may run
/// and load nothing but these, and ask nobody but this port.
class page_files {
public:
  page_files() = default;
  explicit page_files(const std::vector<page_file>& files);

  /// The file at this path (decoded), which is taken as it is: what leads to
  /// one in a roundabout way may be something else to who else reads it. Null:
  /// there is none.
  const served_file* find(std::string_view path) const;

private:
  std::map<std::string, served_file, std::less<>> files_; ///< by path
};

/// Header lines of each of them.
extern const std::string_view page_fields;

} // namespace weir::http
