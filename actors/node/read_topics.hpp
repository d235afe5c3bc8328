#pragma once

#include "actors/contract/cluster.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/rooms.hpp"
#include "actors/contract/routes.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace weir {

/// How long a reload waits for Kafka to say what there is of topics that are
/// new, and then for their partitions to have readers, which is a rebalance.
inline constexpr auto check_patience = std::chrono::seconds{5};
inline constexpr auto readers_patience = std::chrono::seconds{12};

/// Which topics this node reads, where mappings change: a topic that is new has
/// to have readers before any mapping has it, and one that no mapping has any
/// more is read until the last of its rooms has gone. Part of GATEWAY.
class read_topics {
public:
  /// Those who have a part in it.
  struct actors {
    consumer_group_actor group;
    cluster_actor cluster;
    room_directory_actor directory;
    producer_actor producer; ///< the one that leads
  };

  /// `rules`: of the node's start.
  read_topics(gateway_actor::pointer self, const routes& rules);

  /// Before anything else.
  void open(actors x) { actors_ = std::move(x); }

  /// The topics of a table that this node does not read.
  std::set<std::string> missing(const routes& rules) const;

  using problems = std::map<std::string, std::string>; ///< by topic

  /// Has topics of this table read, too. `done` is called once they are, or
  /// with problems: then none is. Requires: `!is_adding()`.
  void add(const routes& rules, std::function<void(const problems&)> done);

  /// Whether `add` is under way.
  bool is_adding() const { return done_ != nullptr; }

  /// Mappings are these from now on, or still. After ROOM DIRECTORY has been
  /// told.
  void keep(const routes& rules);

private:
  void on_checked(const problems& x);
  void finish(const problems& x);
  void fail(const char* why);
  void tell_group();
  void release_rest();
  void on_released(const std::string& topic);

  gateway_actor::pointer self_;
  actors actors_;
  std::set<std::string> topics_; ///< that are read
  std::set<std::string> mapped_; ///< those of them that mappings have
  std::set<std::string> written_;
  std::uint32_t version_; ///< of the mappings
  // While topics are added:
  std::set<std::string> added_;
  std::set<std::string> wanted_; ///< all of the mappings that are to come
  std::function<void(const problems&)> done_;
};

} // namespace weir
