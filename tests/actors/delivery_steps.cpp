// What happens to the logs, and when, in the properties' world.

#include "tests/actors/delivery_world.hpp"

#include <algorithm>
#include <utility>

namespace weir::delivery {

using namespace std::chrono_literals;

void world::forget() {
  auto& log = logs[choice().below(count)];
  auto left = static_cast<std::uint32_t>(log.end() - log.begin());
  log.delete_before(log.begin() + choice().below(left + 1));
}

void world::move_partition(std::size_t i) {
  if (consumers[i])
    self->send(*consumers[i], revoke_partition{});
  auto partition = static_cast<std::int32_t>(i);
  consumers[i]
    = keep(spawn_partition_consumer(executor, {{"topic", partition}, 1'000'000},
                                    logs[i].log_at(committed(i)), group));
  for (auto& router : routers) {
    if (choice().once_in(2))
      self->send(router, partition_revoked{"topic", partition});
    assign(i, router);
  }
}

void world::create_again() {
  ++last_log;
  for (std::size_t i = 0; i < most_partitions; ++i) {
    logs[i].create_again();
    logs[i].set_log(last_log);
    stored[i].clear();
  }
  if (changes_count)
    change_count(1 + choice().below(most_partitions));
  for (auto n = choice().below(30); n > 0; --n)
    append();
}

void world::change_count(std::size_t n) {
  auto before = std::exchange(count, static_cast<std::uint32_t>(n));
  if (choice().once_in(2))
    tell_count();
  for (auto i = n; i < before; ++i)
    end_partition(i);
  for (auto i = before; i < n; ++i)
    move_partition(i);
  waits_for_count = 1 + static_cast<int>(choice().below(10));
}

void world::tell_count() {
  for (auto& x : routers)
    self->send(x, topic_known{"topic", static_cast<std::int32_t>(count)});
}

void world::end_partition(std::size_t i) {
  self->send(*std::exchange(consumers[i], std::nullopt), revoke_partition{});
  for (auto& x : routers)
    self->send(x, partition_revoked{"topic", static_cast<std::int32_t>(i)});
}

void world::elect() {
  auto p = choice().below(count);
  if (hears_late)
    logs[p].set_outdated(choice().once_in(2));
  if (!cuts || choice().once_in(2))
    return logs[p].elect();
  auto most = static_cast<std::uint32_t>(logs[p].end() + 1);
  logs[p].cut(logs[p].end() - choice().below(most));
  std::erase_if(stored[p], [&](auto& x) { return x.first >= logs[p].end(); });
  for (auto n = choice().below(30); n > 0; --n)
    append_to(p);
}

kafka::log_position world::committed(std::size_t i) {
  auto end = static_cast<std::uint32_t>(logs[i].end());
  kafka::log_position result{choice().below(end + 1)};
  if (elects)
    result.leader_epoch = logs[i].epoch_before(result.offset);
  if (elects && choice().once_in(3))
    std::swap(result, commits[i]);
  return commits[i].offset < 0 ? result : (commits[i] = result);
}

void world::step() {
  if (forgets && choice().once_in(25))
    forget();
  if (recreates && choice().once_in(40))
    create_again();
  if (elects && choice().once_in(25))
    elect();
  if (hears_late && choice().once_in(20))
    logs[choice().below(count)].set_outdated(false);
  if (choice().once_in(2))
    append();
  if (choice().once_in(15) && members.size() < 12)
    join();
  if (choice().once_in(40))
    move_partition(choice().below(count));
  if (replaces_nodes && choice().once_in(40))
    replace_node();
  if (waits_for_count > 0 && --waits_for_count == 0)
    tell_count();
  if (choice().once_in(20))
    scheduler.advance_time(200ms);
  if (is_slow && choice().once_in(60))
    scheduler.advance_time(6s); // rooms are told how far they are
  if (leaves && !members.empty() && choice().once_in(25))
    leave_and_come_back();
  pass_time_away();
  if (choice().once_in(10))
    catch_up_members(1 + choice().below(100));
  choice().run(scheduler, choice().below(30));
}

void world::heal() {
  faults->healed = true;
  for (auto& x : logs)
    x.set_outdated(false);
  for (int i = 0; i < 50; ++i)
    pass_time_away();
  tell_count();
  for (std::size_t i = 0; i < count; ++i)
    move_partition(i);
  settle();
}

void world::settle() {
  for (int i = 0; i < 200; ++i) {
    catch_up_members(1000);
    advance(200ms);
  }
}

void play(world& w) {
  for (int i = 0; i < steps; ++i)
    w.step();
  w.heal();
}

} // namespace weir::delivery
