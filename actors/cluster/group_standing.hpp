#pragma once

#include "actors/cluster/assignment_gaps.hpp"
#include "actors/cluster/group_census.hpp"
#include "actors/cluster/unread_partitions.hpp"
#include "actors/contract/group_report.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace weir {

struct group_standing_options {
  std::string node;
  std::string group;
  /// This node's `client.id` for Kafka.
  std::string client_id;
  /// `cluster.timeout`.
  std::chrono::milliseconds timeout{};
  /// How long Kafka may take to give a lost node's partitions to others.
  std::chrono::milliseconds handover{};
  /// False: this node cannot have links.
  bool has_links = false;
};

/// Compares the two memberships of a node, in the consumer group and among the
/// nodes that it has links to: what a member of the group reads to which there
/// is no link, no client of this node gets. Decides whether the node may be in
/// the group, and which partitions nobody reads that it can reach. Plain logic;
/// time is handed in.
///
/// - A node joins a group of which all nodes are linked to it. Beside
/// strangers,
///   nodes without a link, it joins only if it and those that it has links to
///   are more: so it takes nothing away from a cluster that refuses it.
/// - Members that find strangers where partitions lack a reader compare
///   likewise, and the fewer leave; of as many those without the first name.
///   Those with the last names begin, a report apart, so that of nodes that are
///   all strangers to each other one remains.
/// - A member that finds partitions which the group has given to nobody has it
/// assign all of them again (`assignment_gaps`).
/// - A node that has been lost is no stranger for as long as Kafka takes to
///   notice: it may be dead.
class group_standing {
public:
  using instant = unread_partitions::instant;

  explicit group_standing(group_standing_options options)
    : options_(std::move(options)) {}

  /// Which partitions have a reader by the group, as far as this node can
  /// reach.
  unread_partitions& partitions() { return unread_; }

  /// A node that can be reached reads the partition for the time being, or does
  /// no more: it is not unreachable, while the group is still judged without.
  void on_interim(const kafka::topic_partition& x, bool is_read, instant now);

  /// A topic that cannot be read just now has partitions that nobody gets.
  void on_problem(const std::string& topic, bool has_one);

  /// Whether it was seen since then that the group has given the partition to
  /// an application: operators are to be told of that, and no node reads it in
  /// place of another one.
  bool is_taken(const kafka::topic_partition& x, instant since) const;

  group_order on_report(const group_report& x, const known_nodes& nodes,
                        instant now);

  /// Nodes have come or gone, or time has passed.
  void update(const known_nodes& nodes, instant now);

  /// Why this node is not in the group, and its clients are to go elsewhere;
  /// empty: it is, or this is not certain yet.
  const std::string& excluded() const { return excluded_; }

  /// The partitions that cannot be reached, and why.
  const std::map<kafka::topic_partition, std::string>& unreachable() const {
    return unreachable_;
  }

  /// Sentences for `/readyz`; none: nothing is wrong.
  std::vector<std::string> reasons() const;

private:
  group_order judge_outside(const group_report& x, std::size_t ours,
                            instant now);
  group_order judge_inside(const group_report& x, instant now);
  bool is_unassigned(const kafka::topic_partition& x) const;
  bool wants_rebalance(const kafka::group_description& x, instant now);
  bool is_outnumbered(instant now) const;
  bool is_same_group();
  std::size_t rank() const;
  void count_members(const known_nodes& nodes);
  std::string exclusion() const;
  std::string refusal_of(const kafka::group_member& x) const;
  bool is_read_meanwhile(const kafka::topic_partition& x, instant now) const;
  std::string why_unreachable(const unread_partitions::unread_partition& x,
                              instant now) const;

  group_standing_options options_;
  unread_partitions unread_;
  /// Those that are read for the time being; or were, until then.
  std::map<kafka::topic_partition, std::optional<instant>> interim_;
  group_report last_;
  std::optional<kafka::group_description> group_; ///< the last one known
  instant described_;
  group_census census_;
  std::map<std::string, std::string> refusals_;
  std::optional<instant> refused_; ///< stays out since
  bool leaving_ = false;           ///< was ordered to
  std::size_t votes_ = 0;          ///< for leaving, in a row
  std::set<std::string> members_;  ///< of the group, when it voted last
  assignment_gaps gaps_;
  std::set<std::string> troubled_; ///< topics
  std::string excluded_;
  std::map<kafka::topic_partition, std::string> unreachable_;
};

} // namespace weir
