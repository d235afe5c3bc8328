#include "actors/contract/record_block.hpp"
#include "actors/kafka/outbound_router_state.hpp"
#include "config/base/wall_clock.hpp"
#include "config/log.hpp"

#include <utility>

namespace weir {

// -- the live flow ------------------------------------------------------------

void outbound_router_state::on_batch(record_batch x) {
  auto i = subscriptions.find(x.subscription);
  if (i == subscriptions.end())
    return; // of a subscription that we gave up; its successor covers it
  auto& y = i->second;
  if (!y.at.advance(x))
    return make_up_for(x.subscription, x.from);
  auto& topic = topics[y.partition.topic];
  x.log = y.at.of().log;
  x.leader_epoch = y.at.of().leader_epoch;
  x.epochs = topic.table.current().epochs_of(y.partition.partition);
  topic.table.note_end(y.partition.partition, x);
  if (y.replay)
    return on_replayed(i->first, y, std::move(x));
  topic.table.take_live(y.partition.partition, x);
  if (x.to < x.from)
    go_back(topic, y.partition.partition, x.to);
  else if (x.lost > x.from) // nobody knows whose records they were
    topic.table.note_lost(y.partition.partition, x.from, unix_seconds());
  auto partition = y.partition;
  if (!x.records.empty() || x.lost >= 0)
    distribute(partition, std::move(x));
  pass_on_early(partition);
}

void outbound_router_state::go_back(topic_state& topic, std::int32_t partition,
                                    std::int64_t to) {
  for (auto& [key, rooms] : topic.rooms)
    for (auto& room : rooms)
      room.go_back(partition, to);
}

void outbound_router_state::distribute(const kafka::topic_partition& from,
                                       record_batch x) {
  auto lease = lease_of(x);
  auto batch = std::make_shared<const record_batch>(std::move(x));
  auto& topic = topics[from.topic];
  auto& rooms = topic.rooms;
  if (batch->lost >= 0)
    for (auto& [key, all] : rooms)
      slices.add(all);
  std::string_view rest = batch->records;
  while (auto size = record_size(rest)) {
    auto found = rooms.find(record_key(rest));
    // Whose room is not here may come here.
    auto is_misplaced = note_misplaced(topic.table, from.partition, rest);
    if (found != rooms.end()) {
      slices.add(found->second,
                 static_cast<std::size_t>(rest.data() - batch->records.data()));
      if (is_misplaced)
        warn_of_misplaced(topic, from, found->first);
    }
    rest.remove_prefix(size);
  }
  slices.take_all([&](batch_slices::slice y) {
    tell(self, *y.room,
         room_records{batch, lease, from.partition, std::move(y.begins)});
  });
}

bool outbound_router_state::note_misplaced(topic_table& table,
                                           std::int32_t partition,
                                           std::string_view block) {
  auto key = record_key(block);
  if (!table.is_misplaced(partition, key))
    return false;
  table.note_misplaced(partition, key, record_offset(block), unix_seconds());
  return true;
}

void outbound_router_state::warn_of_misplaced(
  topic_state& topic, const kafka::topic_partition& from,
  const std::string& key) {
  misplaced->inc();
  if (std::exchange(topic.is_mixed, true))
    return;
  log::warning("a record's key is not in the partition where murmur2 puts it; "
               "order holds only within each: have all producers of the topic "
               "use partitioner=murmur2_random",
               {{"topic", from.topic},
                {"key", key},
                {"partition", from.partition},
                {"expected", topic.table.home_of(key)}});
}

// -- credit -------------------------------------------------------------------

std::shared_ptr<const credit_lease>
outbound_router_state::lease_of(const record_batch& x) {
  used->inc(static_cast<std::int64_t>(x.records.size()));
  return std::make_shared<const credit_lease>([me = outbound_router_actor{self},
                                               id = x.subscription,
                                               bytes = x.records.size()] {
    tell_anonymously(me, grant_credit{id, bytes});
  });
}

/// Grants in larger steps: a message per batch would cost more than it helps.
void outbound_router_state::on_credit(const grant_credit& x) {
  used->dec(static_cast<std::int64_t>(x.bytes));
  budget.give_back(x.subscription, x.bytes);
  auto i = subscriptions.find(x.subscription);
  if (i == subscriptions.end())
    return begin_turns(); // of a replay that is over, maybe
  auto& y = i->second;
  if (y.replay)
    return continue_replay(x.subscription, y);
  y.unreported += x.bytes;
  if (y.unreported >= credit / 4)
    grant(x.subscription, y, std::exchange(y.unreported, 0));
}

void outbound_router_state::grant(std::uint32_t id, const subscription_state& x,
                                  std::size_t bytes) {
  if (bytes == 0 || !x.consumer)
    return;
  note_granted(bytes);
  tell(self, x.consumer, grant_credit{id, bytes});
}

} // namespace weir
