#pragma once

// One value of one type: from what was written to what the program uses.

#include "config/names.hpp"
#include "config/node.hpp"
#include "config/report.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::config {

/// Reads the value that is set at `path`; reports what is wrong with it, and
/// returns nothing then.
template <class T>
using parser = std::function<std::optional<T>(
  const node& in, const std::string& path, report& log)>;

using check = complaint (*)(std::string_view);

parser<bool> flag();

parser<std::string> text(check acceptable = anything);

/// Likewise, of a text that no message may show.
parser<std::string> hidden_text(check acceptable);

/// A TOML list; in the environment and --set: `a,b,c`. No value twice.
parser<std::vector<std::string>> list(const parser<std::string>& element);

parser<std::uint32_t> number(std::uint32_t min, std::uint32_t max);

parser<std::chrono::milliseconds> duration(std::chrono::milliseconds min,
                                           std::chrono::milliseconds max);

/// In bytes.
parser<std::size_t> size(std::uint64_t min, std::uint64_t max);

/// Reports `key: expected something, got what is there`.
void report_type(const node& in, const std::string& path,
                 const std::string& expected, report& log);

/// Reports `key: problem` at the value.
void report_value(const node& in, const std::string& path,
                  const std::string& problem, report& log);

/// The index of `name` among `known`; reports what else it could have been.
std::optional<std::size_t> find_choice(const node& in, const std::string& path,
                                       const std::vector<std::string>& known,
                                       const std::vector<std::string>& planned,
                                       report& log);

/// One of some names. Those that begin with one of `planned` are designed, but
/// not built yet.
template <class E>
parser<E> choice(const std::vector<std::pair<std::string, E>>& values,
                 const std::vector<std::string>& planned = {}) {
  std::vector<std::string> known;
  known.reserve(values.size());
  for (auto& x : values)
    known.push_back(x.first);
  return [=](const node& in, const std::string& path,
             report& log) -> std::optional<E> {
    if (auto i = find_choice(in, path, known, planned, log))
      return values[*i].second;
    return std::nullopt;
  };
}

/// Likewise, as the name itself.
parser<std::string> name_of(const std::vector<std::string>& known);

} // namespace weir::config
