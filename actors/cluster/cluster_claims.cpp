#include "actors/cluster/cluster_state.hpp"

#include <algorithm>
#include <utility>

namespace weir {

// -- ownership ----------------------------------------------------------------

void cluster_state::on_assigned(const partition_assigned& x) {
  take(options.self.node, x, false);
  note_added(x);
}

void cluster_state::on_revoked(const partition_revoked& x) {
  give(options.self.node, x, false);
  note_removed(x);
}

/// A rebalance may bring thousands, a message each: peers hear of them in
/// one, and nobody is looked for in between.
void cluster_state::note_added(const partition_assigned& x) {
  changes.add(x);
  after_changes.call(self, [this] { on_changes(); });
}

void cluster_state::note_removed(const partition_revoked& x) {
  changes.remove(x);
  after_changes.call(self, [this] { on_changes(); });
}

void cluster_state::on_changes() {
  tell_changes();
  update_interim();
}

void cluster_state::tell_changes() {
  if (changes.empty())
    return;
  tell_interim_state();
  tell_peers(changes.take());
}

void cluster_state::on_claims(const claims_changed& x,
                              const caf::actor_addr& from) {
  auto i = peers.find(from);
  if (i == peers.end() || !i->second.has_greeted)
    return;
  auto& peer = i->second;
  for (auto& y : x.removed)
    give(peer.node, y, peer.knows_interim && !peer.is_available);
  for (auto& y : x.added)
    take(peer.node, y, peer.interim.contains({y.topic, y.partition}));
  update_interim();
}

void cluster_state::take(const std::string& node, const partition_assigned& x,
                         bool is_interim) {
  if (auto y
      = ownership.claim(node, {{x.topic, x.partition}, x.consumer, is_interim}))
    change(*y);
  note_readers({x.topic, x.partition});
}

/// `is_gone`: the node will read nothing any more.
void cluster_state::give(const std::string& node, const partition_revoked& x,
                         bool is_gone) {
  kafka::topic_partition key{x.topic, x.partition};
  interim.vacate(key, {node, is_gone, now()});
  drop_claim(node, key);
}

void cluster_state::drop_claim(const std::string& node,
                               const kafka::topic_partition& x) {
  if (auto y = ownership.drop(node, x))
    change(*y);
  note_readers(x);
}

void cluster_state::vacate_all(const std::string& node) {
  for (auto& x : ownership.claims_of(node))
    give(node, {x.partition.topic, x.partition.partition}, true);
}

void cluster_state::change(const ownership_table::change& x) {
  auto& [topic, partition] = x.partition;
  if (x.consumer)
    tell(self, router, partition_assigned{topic, partition, x.consumer});
  else
    tell(self, router, partition_revoked{topic, partition});
}

void cluster_state::note_readers(const kafka::topic_partition& x) {
  if (ownership.is_assigned(x))
    standing.partitions().read(x);
  else
    standing.partitions().unread(x, now());
  standing.on_interim(x, !ownership.interim_readers_of(x).empty(), now());
  answer_await();
}

partition_assigned
cluster_state::to_message(const ownership_table::claimed& x) {
  return {x.partition.topic, x.partition.partition, x.consumer};
}

// -- topics that are new ------------------------------------------------------

caf::result<void> cluster_state::on_await_readers(await_readers x) {
  awaited = std::move(x.topics);
  when_read = self->make_response_promise<void>();
  answer_await();
  return when_read;
}

void cluster_state::answer_await() {
  if (when_read.pending()
      && std::all_of(awaited.begin(), awaited.end(), [this](auto& topic) {
           return standing.partitions().reads_all(topic);
         }))
    when_read.deliver();
}

} // namespace weir
