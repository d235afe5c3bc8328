#include "config/key_table.hpp"

#include "config/suggestion.hpp"

#include <algorithm>

namespace weir::config {

namespace {

bool is_table(const node& x) {
  if (auto array = std::get_if<node::array>(&x.value))
    return !array->empty()
           && std::all_of(array->begin(), array->end(), is_table);
  return std::holds_alternative<node::table>(x.value);
}

/// `namespace[0].mapping` -> `namespace.mapping`, as headers are written.
std::string without_indexes(const std::string& path) {
  std::string result;
  auto within = false;
  for (auto c : path) {
    within = within || c == '[';
    if (!within)
      result += c;
    within = within && c != ']';
  }
  return result;
}

void add_property(const node& in, const std::string& path,
                  const std::string& name, properties& out, report& log) {
  if (auto table = std::get_if<node::table>(&in.value)) {
    for (auto& x : *table)
      add_property(x.value, path, name + "." + x.key, out, log);
    return;
  }
  if (std::holds_alternative<node::array>(in.value)) {
    report_type(in, path + ".\"" + name + "\"",
                "a string, a number, true or false", log);
    return;
  }
  log.given(path + "." + name, in.at);
  out[name] = to_property(in);
}

/// What --set needs before a key's name; a file has its table above it.
std::string table_prefix(const std::string& path, const position& at) {
  auto dot = path.rfind('.');
  return at.line != 0 || dot == std::string::npos ? std::string{}
                                                  : path.substr(0, dot + 1);
}

} // namespace

void read_properties(const node& in, const std::string& path, properties& out,
                     report& log) {
  auto table = std::get_if<node::table>(&in.value);
  if (!table)
    return report_no_table(in, path, log);
  for (auto& x : *table)
    add_property(x.value, path, x.key, out, log);
}

void report_unknown(const entry& x, const std::string& path,
                    const std::vector<std::string>& known, report& log) {
  auto prefix = table_prefix(path, x.at);
  auto message = (is_table(x.value) ? "unknown section " : "unknown key ")
                 + in_quotes(prefix + x.key);
  if (auto best = nearest(x.key, known); !best.empty())
    message += did_you_mean(prefix + best);
  else if (auto place = log.elsewhere(x.key); !place.empty())
    message += did_you_mean(place);
  else
    message += suggestion(x.key, known);
  log.error(x.at, message);
}

void report_no_table(const node& in, const std::string& path, report& log) {
  log.unreadable(path);
  report_type(in, path, "a table, written [" + without_indexes(path) + "]",
              log);
}

void report_no_tables(const node& in, const std::string& path, report& log) {
  auto header = without_indexes(path);
  log.unreadable(path);
  if (in.at.line == 0)
    log.error(in.at, header + ": can be set in a file only");
  else
    report_type(in, path, "a list of tables, each written [[" + header + "]]",
                log);
}

} // namespace weir::config
