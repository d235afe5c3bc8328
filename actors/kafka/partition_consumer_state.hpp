#pragma once

// PARTITION CONSUMER's state; the parts of it lie in
//
//   partition_consumer.cpp          its subscribers, and what it cannot read
//   partition_consumer_log.cpp      where they are in the log, and who goes back
//   partition_consumer_records.cpp  reading, and who gets what
//   partition_consumer_reports.cpp  what the group and the metrics learn

#include "actors/contract/misplaced_keys.hpp"
#include "actors/contract/relay.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/kafka/reader_epochs.hpp"
#include "actors/kafka/replay_reader.hpp"
#include "actors/kafka/subscription.hpp"
#include "actors/kafka/tail_cache.hpp"
#include "actors/runtime/notifier.hpp"

#include <caf/telemetry/counter.hpp>
#include <caf/telemetry/gauge.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Plain logic decides; here it is tied to messages, and to the log.
struct partition_consumer_state {
  static inline const char* name = "weir.partition-consumer";

  struct subscriber {
    subscriber_actor handle;
    subscription wants;
    std::size_t relayed = 0; ///< bytes of local events since the last tick
    int beyond = 0;          ///< ticks for which it has been beyond the log
  };

  /// Who is to know of it: by its subscription for all its rooms, of the live
  /// flow or on its way there, or not begun yet.
  struct listener {
    subscriber_actor handle;
    std::uint32_t subscription = 0;
  };

  partition_consumer_state(partition_consumer_actor::pointer self,
                           partition_consumer_options options,
                           const partition_log& log,
                           consumer_group_actor group);
  ~partition_consumer_state();
  partition_consumer_actor::behavior_type make_behavior();

  // -- subscribers ------------------------------------------------------------

  caf::actor_addr sender() const;
  void on_subscribe(subscribe x);
  void on_add_keys(add_keys x, const caf::actor_addr& who);
  void report_scanned(const subscriber_actor& who, subscription& wants);
  void on_remove_keys(remove_keys x, const caf::actor_addr& who);
  void on_unsubscribe(unsubscribe x, const caf::actor_addr& who);
  void on_credit(grant_credit x, const caf::actor_addr& who);
  void on_relay(relay_event x, const caf::actor_addr& who);
  void on_down(const caf::actor_addr& who, const caf::error& reason);
  subscription* find(const caf::actor_addr& who, std::uint32_t id);

  // -- what keeps it from being read ------------------------------------------

  void note_listener(const subscriber_actor& who, std::uint32_t id);
  void look_for_problem();
  void tell_problem(const listener& x);
  std::string name_of_partition() const;

  // -- where they are in the log ----------------------------------------------

  void begin(subscribe x, std::int64_t now);
  void note_request(bool is_cached);
  keys_added answer_to(const subscription& x, std::vector<std::string> keys,
                       std::int64_t from) const;
  void add_epochs(std::vector<std::string>& keys) const;
  bool is_of_another_log(const subscription& x) const;
  std::optional<std::int64_t> way_back(const subscription& x) const;
  bool is_in_doubt(const subscription& x) const;
  void restart(const subscriber_actor& who, subscription& wants,
               std::int64_t at);
  bool is_ahead(const subscription& x) const;
  void send(const subscriber_actor& who, subscription& wants, record_batch x);
  void tell_epochs(const subscriber_actor& who, const subscription& wants,
                   std::int64_t at) const;

  // -- another log, or another end --------------------------------------------

  void look_at_log();
  void on_log_restarted(std::int64_t at, std::int32_t epoch, std::int32_t last);
  void turn_back_strays();
  void on_replay_cut(const replay_reader::cut& x);
  void look_for_strays();
  bool is_cut_before(const subscriber& x);

  // -- records ----------------------------------------------------------------

  void pump();
  record_source_ptr reopen_log(const decltype(partition_log::reopen)& reopen,
                               kafka::log_position from);
  bool replay();
  std::size_t read();
  void skip_what_is_gone(std::int64_t next);
  bool start_cache();
  void begin_cache(std::int64_t start, std::int64_t at, std::int32_t epoch);
  bool may_read() const;
  void serve_all();
  void serve(subscriber& x);
  std::int64_t slowest() const;

  // -- misplaced records ------------------------------------------------------

  void note_partitions(std::int32_t n);
  void note_misplaced(std::string_view key, std::int64_t offset);

  // -- position ---------------------------------------------------------------

  void schedule_tick();
  void on_tick();
  static void note_problem(commit_position& to, const record_source* from);
  commit_position position() const;
  void show_cached(std::int64_t bytes);
  void show_credit(std::int64_t bytes);
  void show_held(bool x);
  commit_position on_revoke();

  partition_consumer_actor::pointer self;
  partition_consumer_options options;
  consumer_group_actor group;
  notifier<partition_consumer_actor, records_ready> self_notifier;
  record_source_ptr source;
  kafka::log_id log = 0;           ///< of what is read; 0: not known
  reader_epochs epochs;            ///< of it
  std::optional<tail_cache> cache; ///< none until the start is known
  misplaced_keys misplaced;        ///< of all that was ever read
  std::int32_t partitions = 0;     ///< of the topic; 0: not known yet
  bool knows_keys = false;         ///< a subscriber has said which belong here
  /// Requests that came before that, in their order.
  std::vector<std::function<void()>> early;
  std::set<caf::actor_addr> watched;
  std::map<caf::actor_addr, listener> listeners;
  std::string problem; ///< as they were reported; empty: none
  std::map<caf::actor_addr, subscriber> subscribers; ///< of the live flow
  replay_reader replays;
  unsigned ticks = 0;
  caf::telemetry::int_gauge* cached;
  caf::telemetry::int_gauge* available;
  caf::telemetry::int_gauge* held;
  caf::telemetry::int_counter* stalls;
  caf::telemetry::int_counter* hits;
  caf::telemetry::int_counter* misses;
  caf::telemetry::int_counter* dropped;
  partition_heat heat;
  std::int64_t shown_bytes = 0;  ///< in `cached`
  std::int64_t shown_credit = 0; ///< in `available`
  std::uint64_t cache_hits = 0;  ///< of this partition, as in `hits`
  std::uint64_t cache_misses = 0;
  bool is_held = false; ///< in `held`
  bool pumping = false; ///< `records_ready` is on its way to ourselves
};

} // namespace weir
