#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// FNV-1a over fields, each behind its length, so that they cannot run into
/// each other. The same on every node, and in every version.
class field_hash {
public:
  void add(std::string_view x) {
    add(x.size());
    for (auto c : x)
      step(static_cast<unsigned char>(c));
  }

  void add(std::uint64_t x) {
    for (int i = 0; i < 8; ++i, x >>= 8)
      step(static_cast<unsigned char>(x));
  }

  void add(const std::vector<std::string>& xs) {
    add(xs.size());
    for (auto& x : xs)
      add(std::string_view{x});
  }

  /// Texts, lists of texts, and numbers of whatever kind.
  template <class... Ts>
  void add_all(const Ts&... xs) {
    (add_one(xs), ...);
  }

  std::uint64_t value() const { return value_; }

  std::string text() const {
    std::array<char, 17> result{};
    std::snprintf(result.data(), result.size(), "%016llx",
                  static_cast<unsigned long long>(value_));
    return result.data();
  }

private:
  template <class T>
  void add_one(const T& x) {
    if constexpr (requires { std::string_view{x}; })
      add(std::string_view{x});
    else if constexpr (requires { x.size(); })
      add(x);
    else
      add(static_cast<std::uint64_t>(x));
  }

  void step(unsigned char x) { value_ = (value_ ^ x) * 0x100000001b3U; }

  std::uint64_t value_ = 0xcbf29ce484222325U;
};

} // namespace weir
