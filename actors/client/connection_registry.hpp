#pragma once

#include "actors/client/departures.hpp"
#include "actors/client/event_sample.hpp"
#include "actors/contract/connection_filter.hpp"
#include "actors/contract/control.hpp"
#include "actors/contract/inspection.hpp"
#include "schemas/listing_codec.hpp"

#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace weir {

/// A CONNECTION, as an operator sees and commands it.
class listed_connection {
public:
  /// Of its session; constant.
  virtual std::string_view session_id() const = 0;

  virtual bool matches(const connection_filter& x) const = 0;

  /// `in_detail`: with its rooms, and the request that it began with.
  virtual schemas::connection_status describe(bool in_detail) const = 0;

  /// Adds itself and its sockets.
  virtual void add_to(connection_counts& x) const = 0;

  /// Those of its sockets that are meant get or do it. Called between two
  /// messages of the CONNECTION, on its loop.
  virtual order_done follow(const socket_order& x) = 0;

  /// Its sockets have these mappings from now on. Called likewise; `x` lives as
  /// long as the node.
  virtual void use(const routes& x) = 0;

protected:
  ~listed_connection() = default;
};

/// The connections of a loop, by their sessions' ids. It is used on that loop
/// alone. Plain logic.
class connection_registry {
public:
  /// Requires: `remove` is called before it is gone.
  void add(listed_connection& x) { all_.emplace(x.session_id(), &x); }

  void remove(listed_connection& x) { all_.erase({x.session_id(), &x}); }

  /// Their sockets that are gone.
  departures left;

  /// Some of their events. Whoever only reads the rest may watch, too.
  std::shared_ptr<event_sample> events = std::make_shared<event_sample>();

  using entries = std::set<std::pair<std::string_view, listed_connection*>>;

  /// From the first whose id is not before `id`.
  entries::const_iterator from(std::string_view id) const {
    return all_.lower_bound({id, nullptr});
  }

  entries::const_iterator end() const { return all_.end(); }

private:
  entries all_;
};

} // namespace weir
