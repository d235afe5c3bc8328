#pragma once

#include "transport/kafka/consumer_impl.hpp"

#include <set>
#include <string>
#include <vector>

namespace weir::kafka {

/// A consumer that has all partitions of its topics at once, without a group:
/// with an embedded broker and no cluster this node is the only one there is,
/// and librdkafka's mock cluster would let a first member wait for 3 s.
struct consumer::lone_member final : impl {
  lone_member(const kafka_options& settings, const cluster_options& cluster,
              consumer_events& events, std::function<void()> wake);
  ~lone_member() override { end(); }

  void subscribe(const std::vector<std::string>& topics) override;
  void unsubscribe() override {} ///< nobody else would read its partitions
  void close() override;
  void poll_member() override;
  void on_given_back() override;
  void begin_end() override { start_close(); }

  /// Of those that it has and does not give back already, all but these
  /// topics'.
  std::vector<topic_partition>
  partitions_beside(const std::set<std::string>& wanted) const;
  void take_up();

  enum class step { none, assign, assigned, revoke, revoking, closing };
  step next = step::none;
  std::int32_t partitions_of_topic;
  std::set<std::string> topics; ///< to be read
  std::set<std::string> all;    ///< those of the partitions handed out
};

} // namespace weir::kafka
