#pragma once

#include "config/load.hpp"
#include "config/node.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir::config {

/// Collects mistakes, and remembers where each key was set so that checks
/// across keys can point at the right line. Paths look like
/// `namespace[0].mapping[2].room`.
class report {
public:
  /// `file` is what mistakes without a place are attributed to; the known
  /// paths are for suggestions.
  report(std::string file, std::vector<std::string> known_paths);

  void error(const position& at, std::string message);

  /// Reports `key: problem` at the place of `path`.
  void error_at(const std::string& path, const std::string& problem);

  /// The key at `path` is given; of several sources the last one counts.
  void given(const std::string& path, const position& at);

  bool is_given(const std::string& path) const;

  /// The key that is given has another value than its default, or has that
  /// after all.
  void changed(const std::string& path, bool is_changed);

  /// Whether any key at `path` or below has another value than its default.
  bool is_changed(const std::string& path) const;

  /// Where `path` was given, or else the nearest table around it.
  position place_of(std::string path) const;

  /// What is at `path` could not be read: a value, a table, or (then `path` is
  /// the table's) a key with an unknown name.
  void unreadable(const std::string& path);

  bool is_unreadable(const std::string& path) const;

  /// Whether `path`, or something below it, may have been meant to be given by
  /// what could not be read.
  bool may_be_given(const std::string& path) const;

  /// Whether to complain that `key` is missing in `table`, given or not. Not
  /// after an unknown name: that may just be the key, misspelled.
  bool lacks(const std::string& table, const std::string& key) const;

  /// Where else a key of this name exists (`brokers` is `kafka.brokers`), or
  /// an empty string.
  std::string elsewhere(const std::string& name) const;

  bool empty() const { return errors_.empty(); }

  /// All mistakes: those of the file by line, then environment, then --set.
  std::vector<config_error> in_order() const;

private:
  std::string file_;
  std::vector<std::string> known_paths_;
  std::vector<config_error> errors_;
  std::map<std::string, position> places_;
  std::set<std::string> changed_;
  std::set<std::string> unreadable_;
};

/// How messages name a key: by itself in a file, where a line leads to it,
/// otherwise by its whole path.
std::string display_name(const std::string& path, const position& at);

} // namespace weir::config
