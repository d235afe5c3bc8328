#pragma once

// CONSUMER GROUP's state; the parts of it lie in
//
//   consumer_group.cpp            its life: the start, the tick, and the leave
//   consumer_group_membership.cpp whether this node is in the group
//   consumer_group_readers.cpp    PARTITION CONSUMERs come, and go
//   consumer_group_topics.cpp     what Kafka tells of topics; other topics
//   consumer_group_positions.cpp  where the readers are, and what is committed
//   consumer_group_status.cpp     what an operator sees of it

#include "actors/contract/operation.hpp"
#include "actors/contract/records.hpp"
#include "actors/kafka/consumer_group.hpp"
#include "actors/kafka/group_positions.hpp"
#include "actors/kafka/kafka_figures.hpp"
#include "actors/kafka/partition_counts.hpp"
#include "actors/kafka/record_source.hpp"
#include "actors/kafka/topic_check.hpp"
#include "actors/runtime/notifier.hpp"
#include "actors/runtime/once_per_turn.hpp"
#include "transport/kafka/consumer.hpp"
#include "transport/kafka/interim_reader.hpp"
#include "transport/kafka/log_reader.hpp"

#include <caf/actor_clock.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What librdkafka tells becomes messages here, and what others want of it,
/// calls.
struct consumer_group_state : kafka::consumer_events {
  static inline const char* name = "weir.consumer-group";

  consumer_group_state(consumer_group_actor::pointer self,
                       consumer_group_options options,
                       group_keeper_actor keeper);
  consumer_group_actor::behavior_type make_behavior();
  caf::actor_clock::time_point now() const;
  void schedule_tick();
  void schedule_commit();
  void serve();
  void on_error(const kafka::kafka_error& error, bool fatal) override;
  caf::result<void> on_drain();
  void leave();

  // -- membership -------------------------------------------------------------

  void report(std::optional<kafka::group_description> group);
  void on_order(const group_order& x);
  void report_if_due();
  void on_group_described(const kafka::group_description& x) override;
  void on_group_unknown(const std::string& why) override;
  void join();
  void rebalance();
  void leave_for_now(std::string_view why);

  // -- assignment -------------------------------------------------------------

  void
  on_assigned(const std::vector<kafka::topic_partition>& partitions) override;
  void start(const kafka::topic_partition& x);
  partition_consumer_actor
  spawn_consumer(const kafka::topic_partition& x,
                 std::function<record_source_ptr(std::function<void()>)> open);
  void on_revoked(const std::vector<kafka::topic_partition>& partitions,
                  bool lost) override;
  void stop(const std::vector<kafka::topic_partition>& partitions,
            std::function<void()> done);

  // -- partitions of nodes that are gone --------------------------------------

  void on_read_interim(read_interim x);
  void settle_interim();
  void start_interim(const kafka::topic_partition& x);
  void stop_interim(const kafka::topic_partition& x);
  bool is_read(const kafka::topic_partition& x) const;

  // -- what Kafka tells of topics ---------------------------------------------

  void on_partition_count(const std::string& topic,
                          std::int32_t partitions) override;
  bool has_topic(const std::string& x) const;
  void settle_count(const std::string& topic);
  void on_topic(const std::string& topic,
                const kafka::topic_state& state) override;
  void use_state(const std::string& topic, const kafka::topic_state& state);
  void on_topics_unknown(const std::string& why) override;
  void know_topics();
  void note_writing(const std::string& topic, const kafka::topic_state& state);
  void report_unwritable(const std::string& topic);
  void tell_topic(const std::string& topic);

  // -- other topics -----------------------------------------------------------

  caf::result<topics_checked> on_check(check_topics x);
  void watch_topics();
  void answer_check();
  void on_topics(use_topics x);
  void use_written(std::set<std::string> x);
  void subscribe_again(bool have_changed);
  void forget_topic(const std::string& topic);

  // -- positions --------------------------------------------------------------

  void on_position(commit_position x);
  bool is_reader(const kafka::topic_partition& x,
                 const caf::strong_actor_ptr& who) const;
  void take_position(commit_position x);
  void note_problem(const kafka::topic_partition& key,
                    const commit_position& x);
  void forget_problem(const kafka::topic_partition& x);
  void commit_changes();
  void on_committed(
    const std::string& why,
    const std::map<kafka::topic_partition, std::int64_t>& offsets) override;

  // -- operation --------------------------------------------------------------

  group_status brief() const;
  group_status status() const;
  static std::string name_of(const kafka::topic_partition& x);

  consumer_group_actor::pointer self;
  consumer_group_options options;
  group_keeper_actor keeper;
  notifier<consumer_group_actor, group_event> self_notifier;
  kafka_figures figures{self->system(), "consumer"};
  std::unique_ptr<kafka::consumer> kafka;
  std::shared_ptr<kafka::log_reader> reader; ///< shared with the partitions
  std::unique_ptr<kafka::interim_reader> outside;
  std::map<kafka::topic_partition, partition_consumer_actor> consumers;
  /// Those that the group has not given to this node; and what CLUSTER wants to
  /// be read so.
  std::map<kafka::topic_partition, partition_consumer_actor> interim;
  std::set<kafka::topic_partition> wanted;
  std::set<kafka::topic_partition> ending; ///< were among them, until just now
  group_positions positions;
  once_per_turn after_first_positions;
  partition_counts counts;
  /// As Kafka has told, also of topics that are only looked at.
  std::map<std::string, kafka::topic_state> states;
  topic_check check;
  caf::typed_response_promise<topics_checked> check_answer;
  std::map<std::string, std::string> topic_problems;
  std::set<std::string> unwritable; ///< topics, whether clients emit or not
  std::string topics_unknown;       ///< why Kafka does not tell of them
  bool knows_no_members = false;    ///< nor of who is in the group
  bool group_is_refused = false;    ///< by Kafka's ACLs
  std::map<kafka::topic_partition, std::string> partition_problems;
  std::map<kafka::topic_partition, std::uint64_t> errors_seen;
  /// With a broker of its own: there is no group.
  bool is_alone = options.kafka.embedded && options.cluster.listen.empty();
  bool is_member = false;
  bool is_fenced = false;      ///< another consumer has this node's place
  bool assigned_once = false;  ///< since it has joined
  std::size_t giving_back = 0; ///< revocations that are under way
  /// When CLUSTER is asked next; `never` while its answer is awaited.
  caf::actor_clock::time_point report_at;
  std::chrono::milliseconds pause{0}; ///< until the next time but one
  bool describe_next = true;
  std::optional<caf::actor_clock::time_point> describing_until;
  bool leaving = false;
  std::vector<caf::typed_response_promise<void>> drained; ///< to be answered
};

} // namespace weir
