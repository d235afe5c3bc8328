#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/handles.hpp"
#include "transport/kafka/record.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir::kafka {

/// Asks brokers again and again what there is of some topics, without waiting:
/// whether they exist, may be read, and are still the same ones. librdkafka
/// itself resumes at its offset when a topic is deleted and created again and
/// has as many records by then.
///
/// Not every cluster answers that: see `is_refused`.
class topic_watch {
public:
  using clock = std::chrono::steady_clock;
  using listener
    = std::function<void(const std::string& topic, const topic_state&)>;

  /// Shorter, by some polls and an answer, than what librdkafka waits before it
  /// fetches again from a partition that was gone (`fetch.error.backoff.ms`):
  /// so a change is known before the first record of another log comes.
  static constexpr std::chrono::milliseconds interval{100};

  /// Requires: `client` and `answers` outlive this.
  topic_watch(rd_kafka_t* client, rd_kafka_queue_t* answers)
    : client_(client), answers_(answers) {}

  /// Those that were not among the former ones are told as soon as they are
  /// known, also where they were watched before.
  void watch(const std::vector<std::string>& topics);

  /// Asks, when it is time to, and brokers have told which cluster they are.
  void poll(clock::time_point now);

  /// This cluster does not tell of its topics, as far as is known: then it is
  /// asked no more, or after `refused_interval` again.
  bool is_refused() const { return !refusal_.empty(); }

  /// Why, or an empty text as it does again; nothing: that was told.
  std::optional<std::string> take_refusal();

  /// An answer from the queue (RD_KAFKA_EVENT_DESCRIBETOPICS_RESULT). Tells of
  /// topics that have changed, and why the request failed as a whole; empty: it
  /// did not.
  kafka_error on_answer(rd_kafka_event_t* event, clock::time_point now,
                        const listener& tell);

  /// A topic that is missing for less may be about to be created, by us or by
  /// somebody else: it is no problem yet.
  static constexpr std::chrono::milliseconds creation_time{2000};

  /// Brokers that are too old may be replaced, one after the other.
  static constexpr std::chrono::minutes refused_interval{1};

private:
  bool may_ask(clock::time_point now);
  bool knows_cluster();
  void note(const rd_kafka_TopicDescription_t* x, clock::time_point now,
            const listener& tell);

  rd_kafka_t* client_;
  rd_kafka_queue_t* answers_;
  std::set<std::string> topics_;
  std::map<std::string, topic_state> known_;
  std::map<std::string, clock::time_point> missing_since_;
  clock::time_point asked_;
  bool is_asking_ = false;
  bool knows_cluster_ = false;
  bool is_simulated_ = false;
  std::string refusal_;
  std::string told_refusal_;
};

/// Whether a cluster of this id is librdkafka's mock cluster, whichever process
/// it runs in. It names a controller that is not there, so that questions to
/// the controller are never answered.
bool is_simulated(std::string_view cluster_id);

} // namespace weir::kafka
