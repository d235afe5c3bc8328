// Mappings that change in the world of requests.

#include "tests/actors/request_world.hpp"
#include "tests/support/rules.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <utility>

namespace weir::requests {

using namespace std::chrono_literals;

/// That of the last prefix is read only while it has to be.
std::string world::topic_of(const std::string& prefix) const {
  return prefix == prefixes[2] ? "later" : "topic";
}

mapping_options world::mapping_to(const std::string& prefix) const {
  auto result = test::mapping("room:{i}", topic_of(prefix), {"say"});
  result.key = prefix + "{i}";
  result.allow = {{"anyone"}, {"anyone"}, {"anyone"}};
  return result;
}

std::string world::key_by(const std::string& prefix, const std::string& room) {
  return prefix + room.substr(room.find(':') + 1);
}

/// The directory hears of it at once, and connections one after the other.
void world::use_mappings(std::vector<mapping_options> x) {
  nsps[0].mappings = std::move(x);
  rules = std::make_shared<const routes>(nsps, limits_options{}.room_name,
                                         rules);
  if (has_later())
    begin_later();
  self->send(directory, use_routes{rules});
  if (!has_later())
    release_later();
  std::erase_if(connections, [](auto& y) { return is_over(y.handle); });
  for (auto& y : connections)
    untold.emplace_back(y, rules);
}

bool world::has_later() const {
  auto all = rules->topics();
  return std::find(all.begin(), all.end(), "later") != all.end();
}

/// Its partitions have readers before any mapping has it; where these begin,
/// they have yet to say.
void world::begin_later() {
  if (topics["later"].is_read)
    return;
  read_topic("later");
  for (std::int32_t i = 0; i < partitions; ++i)
    assign("later", i);
  ++begun;
}

void world::release_later() {
  if (!topics["later"].is_read)
    return;
  keep(system.spawn(
    [this, version = rules->version()](caf::event_based_actor* me) {
      me->request(directory, caf::infinite, release_topic{"later"})
        .then([this, version] {
          if (version == rules->version())
            end_later();
        });
    }));
}

/// Who reads it next begins where these have ended.
void world::end_later() {
  auto& x = topics["later"];
  if (!std::exchange(x.is_read, false))
    return;
  self->send(router, topic_known{"later", 0});
  for (std::int32_t i = 0; i < partitions; ++i) {
    self->send(router, partition_revoked{"later", i});
    x.starts[static_cast<std::size_t>(i)]
      = x.logs[static_cast<std::size_t>(i)].end();
  }
  end_consumers(x);
  ++ended;
}

/// Some give the same rooms, two other ones, one none.
void world::change_mappings() {
  if (rules->version() == most_routes)
    return;
  auto as_before = mapping_to("room:");
  auto alike = as_before;
  alike.events.push_back("tell");
  auto hall = test::mapping("hall", "topic");
  hall.join = join_policy::automatic;
  switch (choice.below(7)) {
    case 0:
      return use_mappings({});
    case 1:
      return use_mappings({mapping_to(prefixes[1])});
    case 5:
    case 6:
      return use_mappings({mapping_to(prefixes[2])});
    case 2:
      return use_mappings({hall, as_before});
    case 3:
      return use_mappings({alike});
    default:
      return use_mappings({as_before});
  }
}

void world::tell_one() {
  if (untold.empty())
    return;
  auto [x, table] = std::move(untold.front());
  untold.pop_front();
  if (is_over(x.handle))
    return;
  lend_thread_to(x.handle);
  for (auto i = x.registry->from(""); i != x.registry->end(); ++i)
    i->second->use(*table);
}

void world::end_changes() {
  use_mappings({mapping_to(prefixes[choice.below(3)])});
  while (!untold.empty())
    tell_one();
  run();
  settle();
}

void world::join_everywhere() {
  for (auto& x : all)
    for (auto& socket : x.sockets)
      for (std::uint32_t i = 0; i < rooms; ++i) {
        if (x.session->is_read() && socket.is_connected)
          join(x, socket, room_name(i));
        advance(300ms);
        while (!questions.empty())
          answer_question(true);
        settle();
      }
}

} // namespace weir::requests
