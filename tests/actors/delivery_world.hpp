#pragma once

// What the properties of delivery share: the node's own actors between logs that
// a test writes and members that note what they get.

#include "actors/contract/ownership.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/room/room_directory.hpp"
#include "tests/actors/delivery_member.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/faulty_link.hpp"
#include "tests/support/rules.hpp"
#include "tests/support/scripted_log.hpp"

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::delivery {

constexpr std::uint32_t nodes = 2, rooms = 3;
constexpr int steps = 250;

struct world_options {
  std::uint32_t history = 0; ///< records of a room, for who joins it
  std::size_t credit = 600;
  std::size_t replays = 1000;
  std::uint32_t longest = 0; ///< what a value may have beside the usual
};

/// Several nodes that read the same partitions; the one consumer that each
/// partition has moves about, and the links to it lose and double batches.
struct world : test::deterministic_actor_system {
  explicit world(std::uint32_t seed, const world_options& x = {});

  void start_node(std::size_t i);

  // -- what may happen --------------------------------------------------------

  void append() { append_to(choice().below(count)); }
  void append_to(std::size_t p);
  void append_to(std::size_t p, const std::string& room);

  void join();
  member& join(std::uint32_t node, std::string room, positions since);

  /// Some records more, and then one joins each room on each node.
  void join_everywhere();

  member_actor spawn_member(member& x);

  /// Who has had all that the log has now where it was led back, and nothing
  /// else, gets nothing there but what it has had. (To the log's start all go
  /// back where nobody knows where the next leader has begun.)
  void look_at_ways_back(member& x);

  void note_if_too_far(std::int32_t partition, std::int64_t from,
                       std::int32_t epoch, std::int64_t to);

  void on_joined(member& x, const join_answered& y);

  /// It gets the room's last records, and no more.
  void note_history(const member& x, const join_answered& y);

  /// It comes back with where it was, as another socket, maybe to another node.
  void leave_and_come_back();
  void leave_and_come_back(member& x);

  /// Another node in its place, which knows what it is told. (Not while a join
  /// is on its way to it.)
  void replace_node();

  void assign(std::size_t p, const outbound_router_actor& to);

  void pass_time_away();

  void come_back(member& x);

  void catch_up_members(std::size_t budget);

  /// Retention takes some of a partition's oldest records.
  void forget();

  /// A new consumer reads the partition, from where the group has got to.
  void move_partition(std::size_t i);

  /// The topic is deleted and created again, with records of the new one at
  /// once, maybe as many as there were.
  void create_again();

  /// Nodes hear of it one after the other, of what is gone and what has come
  /// in any order.
  void change_count(std::size_t n);

  void tell_count();

  void end_partition(std::size_t i);

  /// Another leader, which may have less than was read; it has more soon. Who
  /// reads the live flow may hear of it late.
  void elect();

  /// Groups commit a position with its epoch, maybe before the log was cut.
  kafka::log_position committed(std::size_t i);

  void step();

  /// No more faults; what a lost batch has cost in credit is given again.
  void heal();

  /// All get what they are to get.
  void settle();

  // -- what must hold ---------------------------------------------------------

  /// Everything from where the join said on, once, in order, but for what it
  /// was notified to be lost. (What came before that while a lost batch was
  /// made up for may be there too.)
  void check(member& x) const;

  /// All of the log that there is now, once and in order: from its start, if
  /// the member was in an earlier one.
  void check_last_log(member& x) const;

  /// From where it was told to go back to, or else from where the join said on,
  /// all that the log has now, once and in order; and nothing that it has lost.
  void check_after_cuts(member& x) const;

  /// A position's epoch is that of whoever has written what is before it, or a
  /// later one. Requires: the log was not cut since.
  void check_epochs() const;

  /// -1: of what is left there, nothing is before.
  std::int32_t epoch_before(std::int32_t partition, std::int64_t offset) const;

  /// Who was told so when it came back was in what the log has lost.
  void check_taken_back(const member& x) const;

  /// Who has joined last of all has begun with the last records of his room, as
  /// many as there were or as he may have.
  void check_newcomers() const;

  static bool is_in(const std::map<std::int64_t, std::int64_t>& gaps,
                    std::int64_t offset);

  test::interleaving& choice() { return faults->choice; }

  static std::string room_name(std::uint32_t i);
  static routes_ptr rules_with(std::uint32_t history);

  std::shared_ptr<test::link_faults> faults;
  world_options options;
  routes_ptr rules = rules_with(options.history);
  bool forgets = false;
  bool recreates = false;
  bool changes_count = false; ///< of partitions, when it is created again
  bool elects = false;
  bool cuts = true;        ///< who is elected may have less than was read
  bool hears_late = false; ///< of who is elected
  bool leaves = false;
  bool replaces_nodes = false;
  bool loses_notes = false; ///< that are committed, of where leaders began
  bool is_slow = false;     ///< so that more time passes
  std::uint32_t count = partitions;
  int waits_for_count = 0; ///< steps
  int led_back = 0;        ///< members, from where they had something
  int needlessly = 0;      ///< of these
  int too_far = 0;         ///< to before where the log was cut
  int with_history = 0;    ///< joins that got some
  long last_serial = 0;
  std::array<kafka::log_position, most_partitions> commits;
  kafka::log_id last_log = 0;
  std::array<test::scripted_log, most_partitions> logs;
  /// Offset and room of all that was ever appended.
  std::array<std::vector<std::pair<std::int64_t, std::string>>, most_partitions>
    stored;
  std::array<std::map<std::int64_t, long>, most_partitions> serials;
  std::deque<member> members; // stay where they are
  std::vector<member*> newcomers;
  /// What there was to be had of each room when they came.
  std::map<std::string, std::size_t> fresh;
  std::array<std::optional<partition_consumer_actor>, most_partitions>
    consumers;
  std::array<outbound_router_actor, nodes> routers;
  std::array<room_directory_actor, nodes> directories;
  consumer_group_actor group;
};

/// All steps, and then all faults end.
void play(world& w);

} // namespace weir::delivery
