#pragma once

// What is in a topic, for whatever room.

#include "actors/contract/participants.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "schemas/record_rows.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstddef>
#include <string>

namespace weir {

/// TOPIC TAIL: what is in a topic, as clients get it. One per node.
using topic_tail_actor = subscriber_actor::extend<
  // What comes next in the partitions that this node reads?
  caf::result<topic_tailed>(tail_topic),
  // There are other mappings.
  caf::result<void>(use_routes)>;

/// From INSPECTOR to TOPIC TAIL.
struct tail_topic {
  std::string topic;
  positions from; ///< in other partitions from now on
  std::size_t limit = 0;
};

/// The answer.
struct topic_tailed {
  schemas::record_page page;
};

} // namespace weir
