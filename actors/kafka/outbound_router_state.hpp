#pragma once

// OUTBOUND ROUTER's state; the parts of it lie in
//
//   outbound_router.cpp          who reads which partition, and which rooms
//                                there are
//   outbound_router_answers.cpp  what readers say, and what cannot be read
//   outbound_router_records.cpp  the live flow, and its credit
//   outbound_router_replays.cpp  what is read once more

#include "actors/contract/catching_up.hpp"
#include "actors/contract/log_key.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/relay.hpp"
#include "actors/kafka/batch_slices.hpp"
#include "actors/kafka/early_batches.hpp"
#include "actors/kafka/key_questions.hpp"
#include "actors/kafka/log_cursor.hpp"
#include "actors/kafka/outbound_router.hpp"
#include "actors/kafka/replay_budget.hpp"
#include "actors/kafka/room_subscription.hpp"
#include "actors/kafka/topic_table.hpp"
#include "actors/runtime/caf_compat.hpp"

#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// Plain logic decides; here it is tied to messages.
struct outbound_router_state {
  static inline const char* name = "weir.outbound-router";

  struct topic_state {
    string_map<std::vector<room_subscription>> rooms; // by key
    std::map<std::int32_t, std::uint32_t> partitions; // to their subscription
    std::map<std::int32_t, partition_consumer_actor> owners;
    topic_table table;
    bool is_mixed = false; ///< keys were seen where they do not belong
  };

  /// At a partition consumer: for all rooms of the topic, or a replay for one.
  struct subscription_state {
    kafka::topic_partition partition;
    partition_consumer_actor consumer; ///< null: nobody has the partition
    log_cursor at;
    std::size_t unreported = 0; ///< free bytes that were not granted yet
    bool answered = false;
    std::optional<start_replay> replay;
    bool is_open = false;    ///< a replay: the consumer knows of it
    bool is_paused = false;  ///< likewise: its room takes no more for now
    early_batches early;     ///< of a replay: beyond the live flow
    key_questions questions; ///< of the live flow
  };

  outbound_router_state(outbound_router_actor::pointer self, std::size_t credit,
                        std::size_t replays);
  outbound_router_actor::behavior_type make_behavior();

  // -- ownership --------------------------------------------------------------

  void on_assigned(const partition_assigned& x);
  void on_revoked(const partition_revoked& x);
  void forget(const kafka::topic_partition& x);
  void subscribe_to(const kafka::topic_partition& x);
  void note_granted(std::size_t bytes);
  void make_up_for(std::uint32_t id, std::int64_t from);
  void on_topic_known(const topic_known& x);
  void end_topic(const std::string& name, topic_state& topic);
  void end_partition(const kafka::topic_partition& x, std::int64_t at);

  // -- rooms ------------------------------------------------------------------

  void on_add_room(const add_room& x);
  static std::uint32_t home_subscription(const topic_state& topic,
                                         std::string_view key);
  void on_remove_room(const remove_room& x);
  void schedule_moving();
  void tell_position(topic_state& topic);

  // -- events that never touch Kafka ------------------------------------------

  void on_relay(relay_event x);
  void on_local_event(relay_event x);

  // -- what readers say -------------------------------------------------------

  void on_keys_added(keys_added x);
  bool take_name(subscription_state& x, topic_state& topic,
                 const named_log& named, std::int64_t offset, bool is_found,
                 std::string_view epochs);
  void begin_log(const subscription_state& x, topic_state& topic,
                 std::int64_t end);
  void note_answer(topic_state& topic, std::string_view key,
                   room_subscription& x, const keys_added& answer);
  void tell_if_complete(topic_state& topic, std::string_view key,
                        room_subscription& x);

  // -- what cannot be read ----------------------------------------------------

  void on_partition_problem(const kafka::topic_partition& x, std::string why);
  void tell_problems(topic_state& topic);
  void tell_problem(const topic_state& topic, std::string_view key,
                    room_subscription& room);
  void on_unreachable(partitions_unreachable x);
  void tell_reach(const std::string& name, topic_state& topic);
  void tell_reach(const std::string& name, const topic_state& topic,
                  std::string_view key, room_subscription& room);

  // -- the live flow ----------------------------------------------------------

  void on_batch(record_batch x);
  static void go_back(topic_state& topic, std::int32_t partition,
                      std::int64_t to);
  void distribute(const kafka::topic_partition& from, record_batch x);
  static bool note_misplaced(topic_table& table, std::int32_t partition,
                             std::string_view block);
  void warn_of_misplaced(topic_state& topic, const kafka::topic_partition& from,
                         const std::string& key);

  // -- credit -----------------------------------------------------------------

  std::shared_ptr<const credit_lease> lease_of(const record_batch& x);
  void on_credit(const grant_credit& x);
  void grant(std::uint32_t id, const subscription_state& x, std::size_t bytes);

  // -- replays ----------------------------------------------------------------

  void on_start_replay(start_replay x);
  void await_turn(std::uint32_t id);
  void begin_turns();
  void watch_turns();
  void end_turn(std::uint32_t id);
  void on_pace_replay(const pace_replay& x);
  void on_stop_replay(const stop_replay& x);
  void end_replay(std::uint32_t id);
  void move_replay(std::uint32_t id, partition_consumer_actor consumer);
  std::vector<std::uint32_t> replays_of(const kafka::topic_partition& x) const;
  void stop_replays(const room_actor& room);
  void continue_replay(std::uint32_t id, const subscription_state& x);

  // -- what they read ---------------------------------------------------------

  void on_replayed(std::uint32_t id, subscription_state& to, record_batch x);
  void pass_on_early(const kafka::topic_partition& partition);
  void pass_on_early(std::uint32_t id, subscription_state& x);
  void pass_on(const start_replay& to, leased_batch x);

  outbound_router_actor::pointer self;
  std::size_t credit;
  replay_budget budget; ///< its ids are subscriptions
  bool is_watching_turns = false;
  caf::telemetry::int_counter* misplaced;
  caf::telemetry::int_counter* granted;
  caf::telemetry::int_gauge* used;
  caf::telemetry::int_gauge* replay_bytes;
  caf::telemetry::int_gauge* replays_waiting;
  partitions_unreachable unreachable;
  std::uint32_t last_subscription = 0;
  std::unordered_map<std::string, topic_state> topics;
  std::unordered_map<std::uint32_t, subscription_state> subscriptions;
  std::map<std::pair<caf::actor_addr, std::uint64_t>, std::uint32_t>
    replays; ///< by room and its number to their subscription
  std::set<std::uint32_t> ahead; ///< replays that are beyond the live flow
  batch_slices slices;           // reused
};

} // namespace weir
