#pragma once

// A table's keys, each declared once: name, member, and how it is read. Lists
// of these read the file, find the names that --set and the environment mean,
// and tell what a misspelled key was meant to be.

#include "config/key.hpp"
#include "config/parser.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::config {

using properties = std::map<std::string, std::string>;

/// Merges a table into `out`, `session.timeout.ms` quoted or not.
void read_properties(const node& in, const std::string& path, properties& out,
                     report& log);

void report_unknown(const entry& x, const std::string& path,
                    const std::vector<std::string>& known, report& log);

/// Reports that a table, or a list of tables, was expected at `path`.
void report_no_table(const node& in, const std::string& path, report& log);
void report_no_tables(const node& in, const std::string& path, report& log);

/// Puts `name` before the paths of a table's keys.
template <class T>
std::vector<key_path>
paths_below(const std::string& name, const keys<T>& inner) {
  std::vector<key_path> result;
  for (auto& key : inner)
    for (auto& x : key.paths)
      result.push_back({name + "." + x.path, x.kind});
  return result;
}

template <class T>
void read_entry(const entry& x, const std::string& table, const keys<T>& known,
                T& out, report& log) {
  auto path = table.empty() ? x.key : table + "." + x.key;
  for (auto& key : known) {
    if (key.name == x.key) {
      log.given(path, x.value.at);
      return key.read(out, x.value, path, log);
    }
  }
  std::vector<std::string> names;
  for (auto& key : known)
    if (key.paths.empty() || key.paths[0].kind != key_kind::planned)
      names.push_back(key.name);
  report_unknown(x, path, names, log);
  log.unreadable(table);
}

/// Reads the keys of a table into `out`, leaving what is not given.
template <class T>
void read_table(const node& in, const std::string& path, const keys<T>& known,
                T& out, report& log) {
  auto table = std::get_if<node::table>(&in.value);
  if (!table)
    return report_no_table(in, path, log);
  for (auto& x : *table)
    read_entry(x, path, known, out, log);
}

/// `name = value`.
template <class T, class V>
key<T> value(std::string name, V T::*member, parser<V> parse) {
  auto read = [=](T& out, const node& in, const std::string& path,
                  report& log) {
    auto x = parse(in, path, log);
    if (!x)
      return log.unreadable(path);
    log.changed(path, *x != T{}.*member);
    out.*member = std::move(*x);
  };
  return {name, read, {{name}}, compare_values(member)};
}

/// `[name]`.
template <class T, class V>
key<T> table(std::string name, V T::*member, const keys<V>& inner) {
  auto read = [member, inner](T& out, const node& in, const std::string& path,
                              report& log) {
    read_table(in, path, inner, out.*member, log);
  };
  auto compare = [member, inner](const T& a, const T& b,
                                 const std::string& path,
                                 std::vector<std::string>& out) {
    compare_tables(a.*member, b.*member, path, inner, out);
  };
  return {name, read, paths_below(name, inner), compare};
}

/// `name = { ... }`, which may be missing.
template <class T, class V>
key<T> optional_table(std::string name, std::optional<V> T::*member,
                      const keys<V>& inner) {
  auto read = [member, inner](T& out, const node& in, const std::string& path,
                              report& log) {
    read_table(in, path, inner, (out.*member).emplace(), log);
  };
  return {name, read, paths_below(name, inner), compare_values(member)};
}

/// `[[name]]`.
template <class T, class V>
key<T>
tables(std::string name, std::vector<V> T::*member, const keys<V>& inner) {
  auto read = [member, inner](T& out, const node& in, const std::string& path,
                              report& log) {
    auto array = std::get_if<node::array>(&in.value);
    if (!array)
      return report_no_tables(in, path, log);
    for (auto& x : *array) {
      auto index = std::to_string((out.*member).size());
      auto element = path;
      element += "[" + index + "]";
      log.given(element, x.at);
      auto& added = (out.*member).emplace_back();
      added.line = x.at.line;
      read_table(x, element, inner, added, log);
    }
  };
  auto paths = paths_below(name, inner);
  for (auto& x : paths)
    if (x.kind == key_kind::value)
      x.kind = key_kind::file_only;
  auto compare = [member, inner](const T& a, const T& b,
                                 const std::string& path,
                                 std::vector<std::string>& out) {
    auto &x = a.*member, &y = b.*member;
    if (x.size() != y.size())
      return out.push_back(path);
    for (std::size_t i = 0; i < x.size(); ++i)
      compare_tables(x[i], y[i], path + "[" + std::to_string(i) + "]", inner,
                     out);
  };
  return {name, read, std::move(paths), compare};
}

/// `[name]` with keys that are not ours.
template <class T>
key<T> free_table(std::string name, properties T::*member) {
  auto read = [member](T& out, const node& in, const std::string& path,
                       report& log) {
    read_properties(in, path, out.*member, log);
  };
  return {name, read, {{name, key_kind::properties}}, compare_values(member)};
}

/// A key or table that is designed, but not built yet.
template <class T>
key<T> planned(std::string name) {
  auto read = [](T&, const node& in, const std::string& path, report& log) {
    log.error(in.at, in_quotes(display_name(path, in.at))
                       + " is not available in this version; leave it out");
  };
  return {name, read, {{name, key_kind::planned}}};
}

} // namespace weir::config
