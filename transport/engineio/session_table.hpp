#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace weir::engineio {

class session_io;

/// The sessions of one loop by their ids. Used on that loop only, but for
/// `size`.
class session_table {
public:
  using session_ptr = std::shared_ptr<session_io>;

  void insert(session_ptr x);
  void erase(std::string_view sid);

  /// Null: there is none.
  session_ptr find(std::string_view sid) const;

  /// A copy of the list, for whoever changes the table meanwhile.
  std::vector<session_ptr> all() const {
    return {sessions_.begin(), sessions_.end()};
  }

  /// Takes all of them out.
  std::vector<session_ptr> release();

  /// Thread-safe.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

private:
  struct by_sid {
    using is_transparent = void;
    static std::string_view sid(const session_ptr& x);
    static std::string_view sid(std::string_view x) { return x; }

    template <class T>
    std::size_t operator()(const T& x) const {
      return std::hash<std::string_view>{}(sid(x));
    }

    template <class T, class U>
    bool operator()(const T& x, const U& y) const {
      return sid(x) == sid(y);
    }
  };

  std::unordered_set<session_ptr, by_sid, by_sid> sessions_;
  std::atomic<std::size_t> size_{0};
};

} // namespace weir::engineio
