#pragma once

// Who may do what with the rooms of a namespace's mappings (`allow`). The rules
// are read once; what they say of a socket is decided when its token is shown,
// but for those that depend on the room. Plain logic.

#include "config/options/mapping.hpp"
#include "config/options/namespace.hpp"
#include "config/room_pattern.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What `allow` of a mapping is about.
enum class right : std::uint8_t { join, emit, history };

inline constexpr std::size_t rights_count = 3;

/// What a claim holds, as texts: a string, an integer, a boolean, or a list of
/// these. Kept as small as it came.
class claim_values {
public:
  claim_values() = default;

  /// Of a JSON object; nothing where the pointer leads nowhere. Requires valid
  /// JSON.
  claim_values(std::string_view claims, std::string_view pointer);

  bool contains(std::string_view value) const;
  bool empty() const { return ends_.empty(); }
  std::size_t size() const { return ends_.size(); }

  /// In the order of their bytes.
  std::string_view operator[](std::size_t i) const;

private:
  std::string text_; ///< one behind the other, in order, none twice
  std::vector<std::uint32_t> ends_;
};

/// The rules of a namespace's mappings. Immutable, shared by all loops.
class permission_policy {
public:
  explicit permission_policy(const namespace_options& settings);

  struct claim_rule {
    std::size_t claim; ///< index of its pointer
    std::string value; ///< with captures, if it is one of `by_room`
  };

  /// Who may do one thing with one mapping's rooms.
  struct rules {
    bool anyone = false;
    bool authenticated = false;
    std::vector<claim_rule> fixed;
    std::vector<claim_rule> by_room;
  };

  struct mapping {
    room_pattern room;
    std::array<rules, rights_count> allow;
    /// Whether a claim says which rooms one is in, and the claim's index.
    bool is_joined_by_claim = false;
    std::size_t claim = 0;
  };

  const std::vector<mapping>& mappings() const { return mappings_; }

  /// The claims that rules are about.
  const std::vector<std::string>& pointers() const { return pointers_; }

  /// Whether a claim is needed after the token was looked at.
  bool is_kept(std::size_t claim) const { return is_kept_[claim]; }

private:
  std::size_t index_of(const std::string& pointer);
  void add(mapping& to, right x, const std::string& text);
  void add(rules& to, claim_rule x);
  void join_by_claim(mapping& to, const mapping_options& settings);

  std::vector<mapping> mappings_;
  std::vector<std::string> pointers_;
  std::vector<bool> is_kept_;
};

/// What one socket may do. Holds of its token only what rules need.
class socket_rights {
public:
  /// `policy` outlives this. `claims`: of its token, valid JSON; empty: it has
  /// shown none.
  socket_rights(const permission_policy& policy, std::string_view claims);

  /// Mappings are counted as in the configuration. Requires: it is the
  /// mapping's room. Not thread-safe.
  bool may(right x, std::size_t mapping, std::string_view room) const;

  /// The rooms of a mapping that a claim names.
  std::vector<std::string> claimed_rooms(std::size_t mapping) const;

private:
  enum class verdict : std::uint8_t { no, yes, by_room };

  /// A room of a mapping, into which the socket may emit.
  struct allowed_room {
    std::size_t mapping;
    std::string room;
  };

  static verdict decide(const permission_policy::rules& x,
                        std::string_view claims,
                        const std::vector<claim_values>& all);
  bool may_by_room(right x, std::size_t mapping, std::string_view room) const;

  const permission_policy* policy_;
  std::vector<std::array<verdict, rights_count>> verdicts_; ///< by mapping
  std::vector<claim_values> values_; ///< by claim, of those that are kept
  /// The one that was found out last, since most clients emit into one room
  /// again and again; null for those that never do. Who may is decided by
  /// what never changes while this lives.
  mutable std::unique_ptr<allowed_room> last_emit_;
};

/// Null: nobody is asked who he is, and everything is allowed.
using rights_ptr = std::unique_ptr<const socket_rights>;

} // namespace weir
