#pragma once

#include "actors/contract/type_ids_local.hpp"
#include "transport/kafka/group_description.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <optional>

namespace weir {

/// Whoever reads what the group has given to others, who are gone.
using interim_reader_actor = caf::typed_actor<
  // The partitions to read for the time being, all of them.
  caf::result<void>(read_interim)>;

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
  /// Itself.
  interim_reader_actor reader{};
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
