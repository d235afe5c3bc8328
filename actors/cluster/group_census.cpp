#include "actors/cluster/group_census.hpp"

namespace weir {

group_census::group_census(const kafka::group_description& group,
                           const whoami& me, const known_nodes& nodes)
  : ours_{me.node} {
  for (auto& x : group.members) {
    auto kind = kind_of(x, me, nodes);
    if (kind == member_kind::ours)
      ours_.insert(x.instance);
    else if (kind == member_kind::stranger)
      strangers_.insert(x.instance);
    members_[kind].push_back(x);
    for (auto& partition : x.assigned)
      holders_[partition] = {kind, x};
  }
}

// A node is a static member under its name, with a client id that tells it from
// applications that are static members too.
member_kind group_census::kind_of(const kafka::group_member& x,
                                  const whoami& me, const known_nodes& nodes) {
  using enum member_kind;
  if (x.instance.empty()
      || (x.client != "weir/" + x.instance && x.client != me.client_id))
    return application;
  if (x.instance == me.node)
    return me.is_fenced ? stranger : ours;
  return nodes.up.contains(x.instance)     ? ours
         : nodes.lost.contains(x.instance) ? lost
                                           : stranger;
}

const group_census::holder*
group_census::holder_of(const kafka::topic_partition& x) const {
  auto i = holders_.find(x);
  return i == holders_.end() ? nullptr : &i->second;
}

const std::vector<kafka::group_member>&
group_census::all(member_kind kind) const {
  static const std::vector<kafka::group_member> none;
  auto i = members_.find(kind);
  return i == members_.end() ? none : i->second;
}

} // namespace weir
