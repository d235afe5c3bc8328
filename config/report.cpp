#include "config/report.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace weir::config {

namespace {

/// `namespace[0].mapping[2].room` -> `namespace[0].mapping[2]` ->
/// `namespace[0].mapping` -> ... -> nothing.
bool to_parent(std::string& path) {
  auto end = path.find_last_of(".[");
  path.resize(end == std::string::npos ? 0 : end);
  return end != std::string::npos;
}

std::string joined(const std::string& table, const std::string& key) {
  return table.empty() ? key : table + "." + key;
}

int rank(const config_error& x) {
  return x.source == "environment" ? 1 : x.source == "--set" ? 2 : 0;
}

/// The part of `path` that ends with the component `name`, if it has one.
std::string up_to_component(const std::string& path, const std::string& name) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    auto end = std::min(path.find('.', begin), path.size());
    if (path.compare(begin, end - begin, name) == 0)
      return path.substr(0, end);
    begin = end + 1;
  }
  return {};
}

/// Whether any of the paths is `path`, or below it.
bool has_any_at(const std::set<std::string>& paths, const std::string& path) {
  auto is_there = [&](const std::string& x) {
    return x.starts_with(path)
           && (x.size() == path.size() || x[path.size()] == '.'
               || x[path.size()] == '[');
  };
  return std::any_of(paths.lower_bound(path), paths.end(), is_there);
}

} // namespace

report::report(std::string file, std::vector<std::string> known_paths)
  : file_(std::move(file)), known_paths_(std::move(known_paths)) {
}

void report::error(const position& at, std::string message) {
  errors_.push_back({at.source, at.line, at.column, std::move(message)});
}

void report::error_at(const std::string& path, const std::string& problem) {
  auto at = place_of(path);
  error(at, display_name(path, at) + ": " + problem);
}

void report::given(const std::string& path, const position& at) {
  places_[path] = at;
}

bool report::is_given(const std::string& path) const {
  return places_.contains(path);
}

void report::changed(const std::string& path, bool is_changed) {
  if (is_changed)
    changed_.insert(path);
  else
    changed_.erase(path);
}

bool report::is_changed(const std::string& path) const {
  return has_any_at(changed_, path);
}

position report::place_of(std::string path) const {
  do {
    if (auto i = places_.find(path); i != places_.end())
      return i->second;
  } while (to_parent(path));
  return {file_, 0, 0};
}

void report::unreadable(const std::string& path) {
  unreadable_.insert(path);
}

bool report::is_unreadable(const std::string& path) const {
  return unreadable_.contains(path);
}

bool report::may_be_given(const std::string& path) const {
  auto table = path;
  to_parent(table);
  return is_unreadable(table) || has_any_at(unreadable_, path);
}

bool report::lacks(const std::string& table, const std::string& key) const {
  if (is_given(joined(table, key)))
    return false;
  if (table.empty() || is_given(table))
    return !is_unreadable(table);
  auto dot = table.rfind('.');
  return dot == std::string::npos
           ? lacks({}, table)
           : lacks(table.substr(0, dot), table.substr(dot + 1));
}

std::string report::elsewhere(const std::string& name) const {
  for (auto& path : known_paths_)
    if (auto found = up_to_component(path, name); !found.empty())
      return found;
  return {};
}

std::vector<config_error> report::in_order() const {
  auto result = errors_;
  auto key = [](const config_error& x) {
    return std::tuple{rank(x), x.line, x.column};
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](auto& a, auto& b) { return key(a) < key(b); });
  return result;
}

std::string display_name(const std::string& path, const position& at) {
  if (at.line == 0)
    return path;
  auto dot = path.rfind('.');
  auto name = dot == std::string::npos ? path : path.substr(dot + 1);
  return name.substr(0, name.find('['));
}

} // namespace weir::config
