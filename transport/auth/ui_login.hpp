#pragma once

// Who may use the Admin UI: one user with a password, of which the bcrypt hash
// is known, and whoever has logged in with it not long ago. What a browser keeps
// of that is a session's id:
//
//   <when it ends, in seconds since 1970>.<base64url of a tag over that>
//
// The tag's key is derived from the cluster's secret, the user and the hash: an
// id holds on every node of the same configuration, nothing is stored, and
// another password ends all of them.

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::auth {

/// Plain logic. May be used by one thread at a time.
class ui_login {
public:
  /// An empty `hash`: nobody is asked. Without a secret, ids hold as long as
  /// this is there.
  ui_login(std::string user, std::string hash, std::string_view secret);

  bool asks() const { return !hash_.empty(); }

  /// Takes as long as the hash's rounds say, 50 ms with ten: not on a loop.
  bool matches(std::string_view user, const std::string& password) const;

  /// An id that holds for `lifetime` seconds.
  std::string make_session(std::int64_t now) const;

  bool holds(std::string_view session, std::int64_t now) const;

  static constexpr std::int64_t lifetime = 12 * 60 * 60;

private:
  std::string tag_of(std::string_view text) const;

  std::string user_;
  std::string hash_;
  std::string key_;
};

} // namespace weir::auth
