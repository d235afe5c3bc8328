// A large cluster out of the plain objects that decide, without sockets: how
// interest and ownership spread, and what moves when a node dies. Exits 1 when
// something grows as it must not. docs/scale.md shows it at full size.

#include "actors/cluster/membership.hpp"
#include "actors/cluster/ownership_table.hpp"
#include "actors/contract/partition_offsets.hpp"
#include "actors/kafka/subscription.hpp"
#include "config/options.hpp"
#include "transport/kafka/partitioner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

int failures = 0;

void expect(bool holds, std::string_view what) {
  if (holds)
    return;
  ++failures;
  std::cout << "VIOLATED: " << what << "\n";
}

template <class T>
void show(std::string_view what, const T& value) {
  std::cout << "  " << what << ": " << value << "\n";
}

/// Of this thread's CPU time: others may keep the machine busy.
class stopwatch {
public:
  double microseconds() const {
    return 1e6 * static_cast<double>(std::clock() - begin_) / CLOCKS_PER_SEC;
  }

private:
  std::clock_t begin_ = std::clock();
};

struct options {
  std::int32_t nodes = 20;
  std::int32_t partitions = 100;
  std::int32_t rooms = 20'000;
  std::int32_t spread = 3; ///< nodes with members of a room
};

std::string name_of(std::size_t node) {
  return "node-" + std::to_string(1000 + node);
}

// -- membership ---------------------------------------------------------------

/// All start at once, and know the first.
void form_cluster(const options& o) {
  auto n = static_cast<std::size_t>(o.nodes);
  std::vector<membership> all;
  for (std::size_t i = 0; i < n; ++i) {
    cluster::hello self;
    self.node = self.address = name_of(i);
    self.incarnation = 1;
    all.emplace_back(self, std::vector<std::string>{name_of(0)}, 2000ms);
  }
  membership::instant now{100s};
  std::size_t dials = 0, links = 0, told = 0, rounds = 0;
  auto index = [](const std::string& x) {
    return static_cast<std::size_t>(std::stoul(x.substr(5)) - 1000);
  };
  auto tell = [&](std::size_t a, std::size_t b) { // `addresses_known`
    auto addresses = all[b].addresses();
    for (auto& x : addresses)
      all[a].learn(x, now);
    told += addresses.size();
  };
  auto join = [&](std::size_t a, std::size_t b) {
    auto is_alone = all[a].addresses().empty();
    all[a].join(name_of(b), 1, now);
    if (is_alone)
      tell(a, b);
  };
  stopwatch watch;
  auto goal = n * (n - 1) / 2;
  for (; links < goal && rounds < 1000; ++rounds, now += 100ms) {
    if (rounds % 5 == 4) // each tells one of the others, in turn
      for (std::size_t a = 0; a < n; ++a)
        if (auto b = (a + rounds) % n; all[a].find(name_of(b)))
          tell(b, a);
    for (std::size_t a = 0; a < n; ++a)
      for (auto& address : all[a].take_due(now)) {
        ++dials;
        auto b = index(address);
        auto stands = all[a].admit(all[b].self(), true, now).empty()
                      && all[b].admit(all[a].self(), false, now).empty();
        if (stands) {
          ++links;
          join(a, b), join(b, a);
        }
        all[a].dial_ended(address, name_of(b), stands, now);
      }
  }
  std::cout << "start of " << n << " nodes with one seed\n";
  show("links", links);
  show("dials", dials);
  show("addresses sent", told);
  show("rounds of 100 ms", rounds);
  show("ms of CPU, all nodes", watch.microseconds() / 1000);
  expect(links == goal, "every pair has one link");
  expect(dials <= 2 * goal + n, "dials are bounded by the pairs");
  expect(told <= n * n, "addresses sent are bounded by the pairs");
}

// -- interest -----------------------------------------------------------------

struct world {
  explicit world(const options& o) : o(o) {
    auto n = static_cast<std::size_t>(o.nodes);
    auto p = static_cast<std::size_t>(o.partitions);
    rooms_of.resize(n);
    at.resize(p);
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        at[i].push_back({static_cast<std::uint32_t>(j), 0, 1 << 20});
        at[i].back().add_misplaced(static_cast<std::int32_t>(i), o.partitions);
      }
  }

  static std::string key_of(std::int32_t room) {
    return "room-" + std::to_string(room);
  }

  void place_rooms() {
    stopwatch watch;
    for (std::int32_t room = 0; room < o.rooms; ++room) {
      auto key = key_of(room);
      auto home
        = static_cast<std::size_t>(kafka::partition_of(key, o.partitions));
      for (std::int32_t i = 0; i < o.spread; ++i) {
        // Nodes next to each other, in a cycle: all different.
        auto node = static_cast<std::size_t>((first(room) + i) % o.nodes);
        rooms_of[node].push_back(key);
        at[home][node].add({key});
        bytes += key.size() + 1;
      }
    }
    micros = watch.microseconds();
  }

  std::int32_t first(std::int32_t room) const {
    return static_cast<std::int32_t>(
      (static_cast<std::uint32_t>(room) * 2654435761u >> 8)
      % static_cast<std::uint32_t>(o.nodes));
  }

  void show_interest() {
    std::size_t total = 0, most_at_partition = 0, most_at_node = 0;
    for (auto& subscribers : at) {
      std::size_t keys = 0;
      for (auto& x : subscribers)
        keys += x.keys().size();
      total += keys;
      most_at_partition = std::max(most_at_partition, keys);
    }
    for (auto& x : rooms_of)
      most_at_node = std::max(most_at_node, x.size());
    auto rooms = static_cast<std::size_t>(o.rooms);
    auto spread = static_cast<std::size_t>(o.spread);
    std::cout << "interest\n";
    show("keys held, all partition consumers", total);
    show("keys at the fullest partition consumer", most_at_partition);
    show("rooms at the fullest node", most_at_node);
    show("bytes of keys sent at a cluster's start", bytes);
    show("us of CPU per room and node", micros / static_cast<double>(total));
    expect(total == rooms * spread,
           "a key is held once for each node with members");
    expect(most_at_node
             <= 2 * rooms * spread / static_cast<std::size_t>(o.nodes) + 100,
           "a node holds its own rooms alone");
    expect(most_at_partition
             <= 2 * rooms * spread / static_cast<std::size_t>(o.partitions)
                  + 100,
           "a partition holds its own keys alone");
  }

  /// What one record costs at its owner, one hot partition: each node is asked
  /// whether it wants it.
  void time_records() {
    constexpr int n = 20'000;
    std::vector<std::string> keys;
    for (std::int32_t i = 0; i < o.rooms; ++i)
      if (auto key = key_of(i); kafka::partition_of(key, o.partitions) == 0)
        keys.push_back(key);
    std::mt19937 random{7};
    std::size_t wanted = 0;
    stopwatch watch;
    for (int i = 0; i < n; ++i) {
      auto& key = keys[random() % keys.size()];
      for (auto& x : at.front())
        wanted += x.wants(key) ? 1u : 0u;
    }
    auto each = watch.microseconds() / n;
    std::cout << "a record at its owner\n";
    show("us to ask all nodes", each);
    show("batches that leave for it", static_cast<double>(wanted) / n);
    expect(wanted
             == static_cast<std::size_t>(n)
                  * static_cast<std::size_t>(o.spread),
           "a record goes to the nodes with members, once to each");
  }

  // -- a node dies ------------------------------------------------------------

  void lose_a_node() {
    std::vector<ownership_table> tables(static_cast<std::size_t>(o.nodes));
    for (auto& table : tables)
      for (std::int32_t i = 0; i < o.partitions; ++i)
        table.claim(name_of(owner_of(i)), {{"topic", i}, {}});
    constexpr std::size_t dead = 0;
    std::size_t moved = 0, messages = 0, keys = 0, sent = 0;
    stopwatch tables_watch;
    for (std::size_t i = 1; i < tables.size(); ++i) {
      auto changes = tables[i].drop_all(name_of(dead));
      moved = changes.size();
      for (auto& x : changes) // somebody else takes it
        tables[i].claim(name_of(1), {x.partition, {}});
    }
    auto tables_us = tables_watch.microseconds();
    // Each router subscribes with its keys of each of these partitions. It
    // finds them among all its rooms, as OUTBOUND ROUTER does.
    double slowest = 0;
    for (std::size_t node = 1; node < rooms_of.size(); ++node) {
      stopwatch watch;
      for (std::int32_t i = 0; i < o.partitions; ++i) {
        if (owner_of(i) != dead)
          continue;
        subscription fresh{1, 0, 1 << 20};
        std::vector<std::string> mine;
        for (auto& key : rooms_of[node])
          if (kafka::partition_of(key, o.partitions) == i)
            mine.push_back(key);
        ++messages;
        keys += mine.size();
        for (auto& key : mine)
          sent += key.size() + 1;
        sent += 120; // envelope: header, actor handle, cursor, credit
        fresh.add(mine);
      }
      slowest = std::max(slowest, watch.microseconds());
    }
    auto rooms = static_cast<std::size_t>(o.rooms);
    std::cout << "a node dies\n";
    show("partitions that move", moved);
    show("subscribe messages", messages);
    show("keys in them", keys);
    show("bytes", sent);
    show("us of CPU, the slowest router", slowest);
    show("us of CPU, one node's table",
         tables_us / static_cast<double>(tables.size() - 1));
    expect(moved > 0
             && moved <= static_cast<std::size_t>(o.partitions / o.nodes) + 1,
           "only the dead node's partitions move");
    expect(messages == moved * (tables.size() - 1),
           "each other node subscribes once to each of them");
    expect(keys <= 3 * rooms * static_cast<std::size_t>(o.spread) * moved
                       / static_cast<std::size_t>(o.partitions)
                     + 100,
           "only keys of these partitions are told again");
  }

  std::size_t owner_of(std::int32_t partition) const {
    return static_cast<std::size_t>(partition % o.nodes);
  }

  options o;
  std::vector<std::vector<std::string>> rooms_of; ///< by node
  std::vector<std::vector<subscription>> at;      ///< by partition, node
  std::size_t bytes = 0;
  double micros = 0;
};

// -- cursors ------------------------------------------------------------------

/// Rooms share where the node is in all partitions.
void share_places(const options& o) {
  topic_positions cursors;
  for (std::int32_t i = 0; i < o.partitions; ++i) {
    cursors.next.set(i, i);
    cursors.log_start.set(i, 0);
    cursors.log_end.set(i, i);
  }
  constexpr int n = 1000;
  stopwatch watch;
  std::shared_ptr<const topic_positions> shared;
  auto known = 0;
  for (int i = 0; i < n; ++i) {
    known += cursors.next.knows_all(o.partitions) ? 1 : 0;
    shared = std::make_shared<const topic_positions>(cursors);
  }
  auto bytes = shared->next.all().size() * 3 * sizeof(std::int64_t);
  std::cout << "cursors of a topic, one copy for all rooms\n";
  show("bytes", bytes);
  show("us per copy", watch.microseconds() / n);
  expect(known == n, "all cursors are known");
}

/// What continues between nodes when nothing does.
void show_idle(const options& o) {
  auto nodes = static_cast<double>(o.nodes);
  auto remote = static_cast<double>(o.partitions) * (nodes - 1);
  std::cout << "idle traffic, messages a second, all nodes\n";
  show("heartbeats and loads of nodes (4 per `cluster.timeout`, 2 s)",
       2 * nodes * (nodes - 1) * 2);
  show("empty batches, at most (a record for others in each 200 ms)",
       remote * 5);
  show("the same, of each node out and in", remote * 5 / nodes);
}

options parse(int argc, char** argv) {
  options o;
  for (int i = 1; i + 1 < argc; i += 2) {
    auto name = std::string_view{argv[i]};
    auto value = static_cast<std::int32_t>(std::atoi(argv[i + 1]));
    if (name == "--nodes")
      o.nodes = value;
    else if (name == "--partitions")
      o.partitions = value;
    else if (name == "--rooms")
      o.rooms = value;
    else if (name == "--spread")
      o.spread = value;
  }
  return o;
}

} // namespace

int run(int argc, char** argv) {
  auto o = parse(argc, argv);
  if (o.nodes < 2 || o.partitions < 1 || o.rooms < 1 || o.spread < 1
      || o.spread > o.nodes) {
    std::cerr << "simulation [--nodes N] [--partitions N] [--rooms N] "
                 "[--spread N]\n";
    return 2;
  }
  form_cluster(o);
  world w{o};
  w.place_rooms();
  w.show_interest();
  w.time_records();
  w.lose_a_node();
  share_places(o);
  show_idle(o);
  return failures == 0 ? 0 : 1;
}

} // namespace weir

int main(int argc, char** argv) {
  return weir::run(argc, argv);
}
