#pragma once

#include "schemas/listing_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A socket as the Admin UI shows it.
struct ui_socket {
  std::string node;
  std::string client; ///< the connection's id
  std::string transport;
  std::set<std::string> rooms; ///< its own id among them
  std::string rest; ///< JSON of what does not change: members, with a comma
};

/// An event for the pages.
struct ui_event {
  std::string name;
  std::string args; ///< JSON values with commas between them
};

/// The sockets of the cluster, and what has become of them since it was last
/// looked. Plain logic.
class ui_sockets {
public:
  struct key {
    std::string nsp;
    std::string id;

    auto operator<=>(const key&) const = default;
  };

  using listing = std::map<key, ui_socket>;

  /// Why sockets have gone, as far as that is known.
  using reasons = std::map<key, std::string>;

  /// Adds what a node says of a connection. Returns the bytes that it takes.
  static std::size_t add(listing& to, const std::string& node,
                         const schemas::connection_status& x);

  /// What is there now, except on the nodes that have not answered: there it is
  /// as it was. Returns what has changed, in an order that pages understand.
  std::vector<ui_event> update(listing now, const std::set<std::string>& silent,
                               const reasons& why, std::int64_t time_ms);

  void clear() { all_.clear(); }

  /// As the one argument of `all_sockets`.
  std::string json() const;

  /// Null: there is none.
  const ui_socket* find(const std::string& nsp, const std::string& id) const;

  struct target {
    std::string id;
    std::string node;
  };

  /// Of a room or (an empty one) of the whole namespace.
  std::vector<target> members(const std::string& nsp,
                              const std::string& room) const;

private:
  listing all_;
};

} // namespace weir
