#pragma once

#include "transport/kafka/error.hpp"
#include "transport/kafka/partition_list.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace weir::kafka {

/// Finds where partitions start, without blocking. `rd_kafka_committed` waits
/// for its answer, so a short-lived thread calls it. What librdkafka has beside
/// it does not do: `rd_kafka_ListConsumerGroupOffsets` looks the group's
/// coordinator up once and continues asking it after the group has moved to
/// another broker, and `RD_KAFKA_OFFSET_STORED` does not tell "nothing
/// committed" from "what was committed is gone", which end differently.
class start_offsets {
public:
  using clock = std::chrono::steady_clock;

  /// `otherwise` is where the partitions of a topic that is new to the group
  /// start (`RD_KAFKA_OFFSET_END` or `_BEGINNING`). `wake` is called from
  /// another thread when `take` has something. Requires: `client` outlives
  /// this. The destructor waits for the answer under way, 2 s at most.
  ///
  /// A partition with nothing committed, while one before it has something, was
  /// added to its topic later. It starts at its beginning: at its end, what was
  /// stored before anybody noticed it would be lost. The same holds for a topic
  /// that was created, or created again, since this is here; what was committed
  /// in another log says nothing.
  start_offsets(rd_kafka_t* client, std::int64_t otherwise,
                std::function<void()> wake);

  void ask(const std::vector<topic_partition>& partitions);

  /// What is known of a topic. Partitions of another log are asked for again.
  void note(const std::string& topic, const topic_state& state);

  /// What a start depends on.
  struct topic {
    log_id log = 0;
    bool is_new = false; ///< there was none of that name, or another one
  };
  using topics = std::map<std::string, topic, std::less<>>;

  /// No answer is wanted any more.
  void forget(const topic_partition& partition);

  /// The starts that are known by now, each once, of partitions still asked
  /// for; with the note that was committed there. What failed is asked for
  /// again by a later call; the reason goes to `on_error`.
  partition_positions
  take(clock::time_point now,
       const std::function<void(const kafka_error&)>& on_error);

  /// What a request for committed offsets has brought.
  struct answer {
    partition_positions starts;
    kafka_error error;
  };

private:
  void request();

  rd_kafka_t* client_;
  std::int64_t otherwise_;
  std::function<void()> wake_;
  topics topics_;
  std::set<topic_partition> wanted_;
  // Those of the request under way whose answer still counts.
  std::set<topic_partition> asked_;
  clock::time_point retry_at_;
  std::future<answer> answer_; // valid: a request is under way
  std::jthread thread_;        // last, as it uses the others
};

} // namespace weir::kafka
