#pragma once

#include "transport/kafka/group_description.hpp"

#include <optional>

namespace weir {

/// From CONSUMER GROUP to CLUSTER, from time to time: where this node stands in
/// its consumer group. Answered by `group_order`.
struct group_report {
  /// It has joined, or wants to; or has not given back all that it had.
  bool is_member = false;
  /// It has been assigned partitions since it has joined, be it none.
  bool is_assigned = false;
  /// Another node of its name has taken its place.
  bool is_fenced = false;
  /// Who is in the group, if that was asked for.
  std::optional<kafka::group_description> group;
};

/// The answer of CLUSTER.
struct group_order {
  enum class action {
    none,
    join,  ///< of a node that is no member
    leave, ///< of one that is
    /// Of a member: the group has given partitions to nobody, and is to assign
    /// all of them again.
    rebalance,
  };
  action what = action::none;
  /// The next report is to say who is in the group.
  bool describe = false;
};

} // namespace weir
