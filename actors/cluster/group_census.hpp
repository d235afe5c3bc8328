#pragma once

#include "transport/kafka/group_description.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// What CLUSTER knows of the nodes that its node has, or had, or wants links
/// to.
struct known_nodes {
  std::set<std::string> up;
  /// Not for long: Kafka may not have noticed yet.
  std::set<std::string> lost;
  /// Why there is no link to a node; by "" that of one which has refused this
  /// one without telling its name.
  std::map<std::string, std::string> refusals;
};

enum class member_kind {
  ours,        ///< this node, or one that it has a link to
  lost,        ///< a node that it had a link to
  stranger,    ///< a node that it has no link to
  application, ///< no node of Weir's
};

/// Who the members of the consumer group are, as seen from one node. Plain
/// logic.
class group_census {
public:
  struct whoami {
    std::string node;
    std::string client_id;
    /// Somebody else has this node's place in the group.
    bool is_fenced = false;
  };

  group_census() = default;
  group_census(const kafka::group_description& group, const whoami& me,
               const known_nodes& nodes);

  /// Names of nodes; this one's is among ours in any case.
  const std::set<std::string>& ours() const { return ours_; }
  const std::set<std::string>& strangers() const { return strangers_; }

  struct holder {
    member_kind kind = member_kind::ours;
    kafka::group_member member;
  };

  /// Who has a partition; null: nobody.
  const holder* holder_of(const kafka::topic_partition& x) const;

  const std::vector<kafka::group_member>& all(member_kind kind) const;

private:
  static member_kind kind_of(const kafka::group_member& x, const whoami& me,
                             const known_nodes& nodes);

  std::set<std::string> ours_;
  std::set<std::string> strangers_;
  std::map<kafka::topic_partition, holder> holders_;
  std::map<member_kind, std::vector<kafka::group_member>> members_;
};

} // namespace weir
