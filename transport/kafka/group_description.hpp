#pragma once

#include "transport/kafka/record.hpp"

#include <string>
#include <vector>

namespace weir::kafka {

/// A member of a consumer group, as Kafka knows it.
struct group_member {
  std::string id;       ///< that Kafka has given it
  std::string instance; ///< `group.instance.id`; empty: none
  std::string client;   ///< `client.id`
  std::string host;
  std::vector<topic_partition> assigned;
};

/// Who is in a consumer group at a time.
struct group_description {
  std::vector<group_member> members;
  /// Why that is not known; empty: it is.
  std::string error;
  /// Of an error: it may be known before long. Otherwise this Kafka does not
  /// tell.
  bool is_transient = false;
  /// Its partitions are being assigned: who has what is about to change.
  bool is_rebalancing = false;
};

} // namespace weir::kafka
