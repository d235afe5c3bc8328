#pragma once

// What a key of a table is: how it is read, and how two tables differ in it.

#include "config/parser.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::config {

enum class key_kind {
  value,
  properties, ///< a table of free keys
  file_only,  ///< below [[...]]; has no single place
  planned,    ///< designed, but not built yet
};

/// A key below the table that it is listed for, such as `cors.origins`.
struct key_path {
  std::string path;
  key_kind kind = key_kind::value;
};

template <class T>
struct key {
  std::string name;
  std::function<void(T& out, const node& in, const std::string& path,
                     report& log)>
    read;
  /// Itself, or for a table the keys in it.
  std::vector<key_path> paths;
  /// Appends the keys in which two differ; `path` is its own.
  std::function<void(const T& a, const T& b, const std::string& path,
                     std::vector<std::string>& out)>
    compare{};
};

template <class T>
using keys = std::vector<key<T>>;

/// Appends the keys in which two tables differ.
template <class T>
void compare_tables(const T& a, const T& b, const std::string& path,
                    const keys<T>& known, std::vector<std::string>& out) {
  for (auto& key : known)
    if (key.compare)
      key.compare(a, b, path.empty() ? key.name : path + "." + key.name, out);
}

/// `key::compare` of one that is a value.
template <class T, class V>
auto compare_values(V T::*member) {
  return [member](const T& a, const T& b, const std::string& path,
                  std::vector<std::string>& out) {
    if (a.*member != b.*member)
      out.push_back(path);
  };
}

} // namespace weir::config
