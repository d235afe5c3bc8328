#include "actors/cluster/cluster_state.hpp"

namespace weir {

void cluster_state::on_topic_known(const topic_known& x) {
  standing.partitions().know(x.topic, x.partitions, now());
  standing.on_problem(x.topic, !x.problem.empty());
  interim.know(x.topic, x.partitions, x.problem.empty());
  tell(self, router, x);
  answer_await();
  update_interim();
}

group_order cluster_state::on_report(const group_report& x) {
  reader = x.reader;
  auto result = standing.on_report(x, nodes(), now());
  check_reach();
  update_interim();
  return result;
}

known_nodes cluster_state::nodes() const {
  known_nodes result{{}, {}, failures.refusals()};
  for (auto& [name, x] : members.members())
    if (x.is_there())
      result.up.insert(name);
    else if (x.lost && now() - *x.lost < options.handover)
      result.lost.insert(name);
  return result;
}

void cluster_state::check_reach() {
  auto was_excluded = is_excluded;
  is_excluded = !standing.excluded().empty();
  if (reach.update(standing.unreachable(), standing.excluded()))
    tell(self, router,
         partitions_unreachable{standing.unreachable(), standing.excluded()});
  if (is_excluded && !was_excluded && options.on_excluded)
    options.on_excluded();
}

} // namespace weir
