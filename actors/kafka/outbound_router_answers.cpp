#include "actors/contract/cursor.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/kafka/outbound_router_state.hpp"

#include <utility>

namespace weir {

// -- what readers say ---------------------------------------------------------

void outbound_router_state::on_keys_added(keys_added x) {
  auto i = subscriptions.find(x.subscription);
  if (i == subscriptions.end())
    return;
  auto& y = i->second;
  auto& topic = topics[y.partition.topic];
  auto partition = y.partition.partition;
  if (auto why = take_problem(x.keys))
    return on_partition_problem(y.partition, std::move(*why));
  topic.table.note_bounds(partition, x.log_start, x.log_end);
  auto is_later = std::exchange(y.answered, true);
  auto is_found = !is_later && y.at.next() == cursor::unknown;
  auto noted = take_misplaced(x.keys);
  auto epochs = take_epochs(x.keys);
  if (is_found) { // later ones come by themselves
    y.at.begin(x.offset);
    topic.table.begin_at(partition, x.offset, noted);
  }
  if (auto named = take_log(x.keys);
      named.log != 0 && take_name(y, topic, named, x.offset, is_found, epochs))
    begin_log(y, topic, x.log_end);
  // A room from further on would not learn of it if the log were cut between.
  if (is_later && !x.keys.empty() && x.offset != y.at.next())
    return make_up_for(x.subscription, x.offset);
  for (auto& key : x.keys) {
    auto answer = y.questions.take_answer(key);
    auto rooms = topic.rooms.find(key);
    if (rooms != topic.rooms.end() && topic.table.home_of(key) == partition)
      for (auto& room : rooms->second)
        if (room.asked <= answer)
          note_answer(topic, key, room, x);
  }
  if (is_found)
    tell_problems(topic);
  // Others may have waited for that alone.
  if (is_found && topic.table.knows_all())
    for (auto& [key, rooms] : topic.rooms)
      for (auto& room : rooms)
        tell_if_complete(topic, key, room);
}

/// The reader has named its log, and of which leader `offset` is. Rooms learn
/// where epochs begin with the next batch; at once, if somebody may have been
/// beyond where a later leader has begun. True: it is another log, at whose
/// start we are.
bool outbound_router_state::take_name(subscription_state& x, topic_state& topic,
                                      const named_log& named,
                                      std::int64_t offset, bool is_found,
                                      std::string_view epochs) {
  auto partition = x.partition.partition;
  if (!x.replay && x.at.is_of_another_log(named.log))
    topic.table.forget_epochs(partition);
  x.at.name(named, offset);
  auto is_first = topic.table.current().any_log() == 0;
  auto before = topic.table.current().log_of(partition);
  auto is_other = !is_found && !x.replay && x.at.next() == 0 && before != 0
                  && before != x.at.of().log;
  if (is_found || is_other || !topic.table.current().log.knows(partition)) {
    topic.table.set_log(partition, x.at.of().log);
    if (!x.replay)
      topic.table.set_leader_epoch(partition, x.at.of().leader_epoch);
  }
  if (topic.table.merge_epochs(partition, epochs) || is_first)
    tell_position(topic); // joins wait for the first one
  return is_other;
}

/// As we were at the start of the former one, no batch goes back, and there may
/// be none for long: rooms would take it for the former, and who comes back from
/// further on in that would wait until we are there.
void outbound_router_state::begin_log(const subscription_state& x,
                                      topic_state& topic, std::int64_t end) {
  auto partition = x.partition.partition;
  auto at = x.at.next();
  topic.table.begin_log(partition, end);
  go_back(topic, partition, at);
  record_batch begin{0, at, at, {}, at};
  begin.log = x.at.of().log;
  begin.leader_epoch = x.at.of().leader_epoch;
  begin.epochs = topic.table.current().epochs_of(partition);
  distribute(x.partition, std::move(begin));
}

void outbound_router_state::note_answer(topic_state& topic,
                                        std::string_view key,
                                        room_subscription& x,
                                        const keys_added& answer) {
  if (x.complete || std::exchange(x.answered, true))
    return;
  auto home = subscriptions.at(answer.subscription).partition.partition;
  x.answer.home_partition = home;
  x.answer.from = {{home, answer.offset}};
  auto& source = subscriptions.at(answer.subscription);
  if (source.at.next() == answer.offset)
    x.answer.log = source.at.of();
  if (answer.log_start >= 0)
    x.answer.log_start = {{home, answer.log_start}};
  if (auto end = topic.table.current().log_end.at(home); end >= 0)
    x.answer.log_end = {{home, end}};
  if (!answer.history.empty())
    x.answer.history[home] = answer.history;
  tell_if_complete(topic, key, x);
}

/// What the room gets of other partitions it gets since it is here: any
/// positions that were taken later will do.
void outbound_router_state::tell_if_complete(topic_state& topic,
                                             std::string_view key,
                                             room_subscription& x) {
  if (x.complete || !x.answered || !topic.table.knows_all())
    return;
  x.complete = true;
  x.answer.others = topic.table.share_since(x.number);
  x.answer.misplaced = topic.table.beside(key);
  tell(self, x.room, std::exchange(x.answer, {}));
}

// -- what cannot be read ------------------------------------------------------

void outbound_router_state::on_partition_problem(
  const kafka::topic_partition& x, std::string why) {
  auto& topic = topics[x.topic];
  topic.table.set_problem(x.partition, std::move(why));
  tell_problems(topic);
}

void outbound_router_state::tell_problems(topic_state& topic) {
  for (auto& [key, rooms] : topic.rooms)
    for (auto& room : rooms)
      tell_problem(topic, key, room);
}

void outbound_router_state::tell_problem(const topic_state& topic,
                                         std::string_view key,
                                         room_subscription& room) {
  auto why = topic.table.why_unreadable(key, room.complete);
  if (std::exchange(room.problem, why) != why)
    tell(self, room.room, room_problem{std::move(why)});
}

void outbound_router_state::on_unreachable(partitions_unreachable x) {
  unreachable = std::move(x);
  for (auto& [name, topic] : topics)
    tell_reach(name, topic);
}

void outbound_router_state::tell_reach(const std::string& name,
                                       topic_state& topic) {
  for (auto& [key, rooms] : topic.rooms)
    for (auto& room : rooms)
      tell_reach(name, topic, key, room);
}

void outbound_router_state::tell_reach(const std::string& name,
                                       const topic_state& topic,
                                       std::string_view key,
                                       room_subscription& room) {
  auto why = unreachable.everywhere;
  if (why.empty() && topic.table.count() > 0)
    if (auto i = unreachable.why.find({name, topic.table.home_of(key)});
        i != unreachable.why.end())
      why = i->second;
  if (room.unreachable == why)
    return;
  room.unreachable = why;
  tell(self, room.room, room_unreachable{std::move(why)});
}

} // namespace weir
