#pragma once

#include "actors/contract/permissions.hpp"
#include "actors/runtime/emit_error.hpp"
#include "config/options/limits.hpp"
#include "config/options/mapping.hpp"
#include "config/options/namespace.hpp"
#include "config/room_pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir {

/// Index of a namespace in the configuration.
using nsp_index = std::uint16_t;

/// One mapping, ready to be applied.
struct mapping_route {
  mapping_route(nsp_index nsp, const mapping_options& settings);

  /// The key of a room's records; nothing when it is no room of this mapping.
  std::optional<std::string> key_of(std::string_view room) const;

  /// The room whose records have this key; nothing when none has.
  std::optional<std::string> room_of(std::string_view key) const;

  /// Whether a room of theirs is the same by both: it has the same records, and
  /// its members get the same events. Who may do what in it may differ.
  bool is_like(const mapping_route& x) const;

  /// What an offset says by which mapping it was written; 0: by the one with
  /// which the node has started.
  std::uint32_t mark() const { return has_changed ? digest : 0; }

  /// Whether an offset with this mark is of such rooms as this mapping's.
  bool has_written(std::uint32_t its_mark) const {
    return its_mark == 0 ? !has_changed : its_mark == digest;
  }

  nsp_index nsp;
  mapping_options settings;
  room_pattern pattern;
  std::string event; ///< name of the delivered event when a record has none
  std::string topic_json;    ///< the topic's name as a JSON string
  std::uint32_t digest;      ///< the same for mappings that are alike; 21 bits
  bool has_changed = false;  ///< since the node's start
  std::uint32_t version = 1; ///< of its table
};

/// Lets a map from strings be searched with a view.
struct string_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

template <class T>
using string_map
  = std::unordered_map<std::string, T, string_hash, std::equal_to<>>;

/// Where an emitted event goes.
struct destination {
  emit_errc error = emit_errc::none;
  std::string message; ///< what to do about the error
  const mapping_route* route = nullptr;
  std::string room;
  std::string key;
};

/// One namespace's rules. Immutable, shared by all loops.
class nsp_routes {
public:
  /// `former`: of the table before this one; null: there is none.
  nsp_routes(nsp_index index, const namespace_options& settings,
             std::size_t max_room = limits_options{}.room_name,
             const nsp_routes* former = nullptr);

  nsp_index index() const { return index_; }
  const namespace_options& settings() const { return settings_; }
  const std::vector<mapping_route>& mappings() const { return mappings_; }

  /// The rule of a local event; null: it is none.
  const local_options* local(std::string_view event) const;

  /// The mapping that has this room; null: none.
  const mapping_route* mapping_of(std::string_view room) const;

  /// Of one of these mappings.
  std::size_t index_of(const mapping_route& x) const {
    return static_cast<std::size_t>(&x - mappings_.data());
  }

  /// Who may do what, where clients show tokens.
  const permission_policy& permissions() const { return permissions_; }

  /// Whether some mapping takes events from members only.
  bool has_members_only() const { return has_members_only_; }

  /// Applies the mappings to an emitted event; a room's name has at most
  /// `limits.room_name` bytes. `args`: valid JSON values with commas between
  /// them; an attachment cannot name a room.
  destination resolve(std::string_view event, std::string_view args) const;

  /// The room that a local event is for; empty: it names none.
  std::string local_room(const local_options& rule,
                         std::string_view args) const;

private:
  void number_mappings(const nsp_routes* former);

  nsp_index index_;
  namespace_options settings_;
  std::uint32_t version_;
  std::vector<mapping_route> mappings_;
  permission_policy permissions_;
  std::size_t max_room_;
  bool has_members_only_ = false;
  string_map<std::vector<const mapping_route*>> events_;
  string_map<const local_options*> locals_;
};

/// The rules of every namespace. Immutable: where mappings change, another
/// table follows, with the same namespaces. It keeps those before it, as what
/// was resolved by one of them may still be on its way.
class routes {
public:
  explicit routes(const std::vector<namespace_options>& settings,
                  std::size_t max_room = limits_options{}.room_name,
                  std::shared_ptr<const routes> former = nullptr);

  /// 1 is that of the node's start.
  std::uint32_t version() const { return version_; }

  /// Null: there is no such namespace.
  const nsp_routes* find(std::string_view name) const;

  const nsp_routes& at(nsp_index i) const { return *nsps_[i]; }

  const std::vector<std::unique_ptr<const nsp_routes>>& all() const {
    return nsps_;
  }

  /// Every mapped topic, once.
  std::vector<std::string> topics() const;

  /// Those that clients emit into.
  std::set<std::string> written_topics() const;

private:
  std::shared_ptr<const routes> former_; ///< null: it is the first
  std::uint32_t version_;
  std::vector<std::unique_ptr<const nsp_routes>> nsps_;
};

using routes_ptr = std::shared_ptr<const routes>;

/// Versions of the table in one life of a node: so many are kept.
inline constexpr std::uint32_t most_routes = 64;

/// From GATEWAY: these are the mappings from now on. To CONNECTION CENSUS,
/// which answers when all CONNECTIONs of its loop have them; before that to
/// ROOM DIRECTORY; and to CONTROLLER and TOPIC TAIL.
struct use_routes {
  routes_ptr rules;
};

} // namespace weir
