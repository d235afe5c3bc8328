#pragma once

// Which partitions this node reads, and how far.

#include "actors/contract/group_report.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/type_ids_local.hpp"
#include "actors/contract/type_ids_wire.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/record.hpp"

#include <caf/result.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Whoever needs to know where the partitions are.
using ownership_actor = caf::typed_actor<
  // A partition is read by this consumer from now on.
  caf::result<void>(partition_assigned),
  // It is no longer.
  caf::result<void>(partition_revoked),
  // How many partitions a topic has, and whether it can be read.
  caf::result<void>(topic_known)>;

/// Whoever subscribes to partitions.
using partition_router_actor = ownership_actor::extend<
  // Nobody whom this node can reach reads these.
  caf::result<void>(partitions_unreachable)>;

/// Whoever decides whether this node may be in the consumer group.
using group_keeper_actor = ownership_actor::extend<
  // Where the node stands; answered by what it is to do.
  caf::result<group_order>(group_report),
  // A partition is read for the time being, as CLUSTER has asked for.
  caf::result<void>(interim_assigned),
  // It is no longer.
  caf::result<void>(interim_revoked),
  // It gives back all that it has, and takes nothing more.
  caf::result<void>(group_leaving)>;

/// CONSUMER GROUP: this node's membership in the Kafka consumer group.
using consumer_group_actor = interim_reader_actor::extend<
  // librdkafka has something to serve.
  caf::result<void>(group_event),
  // How far a partition has been read.
  caf::result<void>(commit_position),
  // Who owns what, how far, and are brokers there?
  caf::result<group_status>(query_status),
  // May these topics be read, and written?
  caf::result<topics_checked>(check_topics),
  // Other topics are to be read.
  caf::result<void>(use_topics),
  // Answers once positions are committed and the group is left.
  caf::result<void>(drain)>;

/// From GATEWAY to CONSUMER GROUP: topics that it may have to read. They are
/// only looked at, until `use_topics` ends that.
struct check_topics {
  std::set<std::string> topics;
  std::set<std::string> written; ///< those of them that clients emit into
};

/// The answer, once it is known of all.
struct topics_checked {
  std::map<std::string, std::string> problems; ///< by topic
};

/// From GATEWAY to CONSUMER GROUP, where mappings change: all that it is to
/// read. What is not among them it reads no more.
struct use_topics {
  std::set<std::string> topics;
  std::set<std::string> written; ///< those of them that clients emit into
};

/// From CONSUMER GROUP to CLUSTER, and on to OUTBOUND ROUTER.
struct partition_assigned {
  std::string topic;
  std::int32_t partition = 0;
  partition_consumer_actor consumer;
};

/// From CONSUMER GROUP to CLUSTER, and on to OUTBOUND ROUTER.
struct partition_revoked {
  std::string topic;
  std::int32_t partition = 0;
};

/// From CONSUMER GROUP to CLUSTER.
struct interim_assigned {
  partition_assigned claim;
};

/// From CONSUMER GROUP to CLUSTER. One that the group assigns to this node
/// becomes `partition_assigned` instead.
struct interim_revoked {
  partition_revoked claim;
};

/// From CONSUMER GROUP to CLUSTER, before the partitions are revoked.
struct group_leaving {};

/// From CLUSTER to CONSUMER GROUP, whenever it changes: the partitions to read
/// for the time being, which nobody reads that this node can reach.
struct read_interim {
  std::set<kafka::topic_partition> partitions;
};

/// From CONSUMER GROUP to CLUSTER, and on to OUTBOUND ROUTER: how many
/// partitions the topic has, and whether it can be read; again when that
/// changes.
struct topic_known {
  std::string topic;
  std::int32_t partitions = 0; ///< 0: not known yet, or not read any more
  std::string problem;         ///< why it cannot be read; empty: it can
};

/// From CLUSTER to OUTBOUND ROUTER, whenever it changes: nobody whom this node
/// can reach reads these partitions, and why.
struct partitions_unreachable {
  std::map<kafka::topic_partition, std::string> why;
  /// Why none of any topic is read; empty: some are.
  std::string everywhere;
};

/// From PARTITION CONSUMER to CONSUMER GROUP, from time to time and at the end.
struct commit_position {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t next = -1; ///< what to commit
  std::int64_t log_end = -1;
  std::uint64_t cached_bytes = 0;
  std::uint64_t cache_hits = 0;   ///< who wanted what was there, by whether the
  std::uint64_t cache_misses = 0; ///< tail cache had it
  std::uint64_t subscribers = 0;
  std::int64_t credit = 0;        ///< bytes, of all subscribers
  kafka::log_id log = 0;          ///< of `next`
  std::int32_t leader_epoch = -1; ///< as kafka::log_position
  std::string note;               ///< to be committed with it
  std::string epochs;             ///< likewise
  /// What keeps the partition from being read, and how often librdkafka has
  /// told of an error.
  kafka::kafka_error problem;
  std::uint64_t errors = 0;
};

/// From CONSUMER GROUP to PARTITION CONSUMER.
struct revoke_partition {};

/// From librdkafka's threads to CONSUMER GROUP.
struct group_event {};

/// What CONSUMER GROUP answers to `query_status`; in brief, without what comes
/// behind the reasons.
struct group_status {
  kafka::broker_state brokers;
  bool assigned_once = false;
  std::vector<std::string> reasons; ///< why the node is not ready
  std::vector<commit_position> partitions;
  std::set<kafka::topic_partition> interim; ///< those in place of a lost node
  /// Who reads them, those in place of a lost node among them.
  std::map<kafka::topic_partition, partition_consumer_actor> readers;
  std::map<std::string, std::int64_t> committed; ///< "topic/partition"
};

template <class Inspector>
bool inspect(Inspector& f, partition_assigned& x) {
  return f.object(x).fields(f.field("topic", x.topic),
                            f.field("partition", x.partition),
                            f.field("consumer", x.consumer));
}

template <class Inspector>
bool inspect(Inspector& f, partition_revoked& x) {
  return f.object(x).fields(f.field("topic", x.topic),
                            f.field("partition", x.partition));
}

} // namespace weir
