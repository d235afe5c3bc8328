#include "actors/node/topic_tail.hpp"

#include "actors/contract/operation.hpp"
#include "actors/contract/record_block.hpp"
#include "actors/contract/relay.hpp"
#include "actors/node/inspector.hpp"
#include "actors/runtime/caf_compat.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

static_assert(tail_patience + tail_second_look < informant_patience);

struct topic_tail_state {
  static inline const char* name = "weir.topic-tail";

  topic_tail_state(topic_tail_actor::pointer self, topic_tail_options options,
                   consumer_group_actor group)
    : self(self), options(std::move(options)), group(std::move(group)) {}

  topic_tail_actor::behavior_type make_behavior() {
    return {
      [this](record_batch& x) { on_batch(std::move(x)); },
      [](const keys_added&) {},
      [](const local_event&) {},
      [this](const tail_topic& x) { return on_tail(x); },
      [this](use_routes& x) { options.rules = std::move(x.rules); },
    };
  }

  // -- a question -------------------------------------------------------------

  /// A partition, and what has come of it.
  struct part {
    partition_consumer_actor reader;
    std::int64_t from = 0;
    std::int64_t log_end = -1;
    std::optional<record_batch> batch{};
  };

  struct question {
    caf::typed_response_promise<topic_tailed> asked;
    tail_topic what;
    topic_events events;
    bool is_second_look = false;
    topic_tailed answer{};
    std::map<std::int32_t, part> parts{};                  ///< that are read
    std::map<std::uint32_t, std::int32_t> subscriptions{}; ///< to come
    bool is_over = false;
  };

  using question_ptr = std::shared_ptr<question>;

  caf::typed_response_promise<topic_tailed> on_tail(const tail_topic& x) {
    auto result = self->make_response_promise<topic_tailed>();
    auto q = std::make_shared<question>(
      question{result, x, {*options.rules, x.topic, options.limits}});
    if (q->events.is_mapped())
      look(q);
    else
      finish(q);
    return result;
  }

  void look(const question_ptr& q) {
    self->request(group, tail_patience, query_status{})
      .then([this, q](const group_status& x) { on_readers(q, x); },
            [q](const caf::error& e) { q->asked.deliver(e); });
  }

  void on_readers(const question_ptr& q, const group_status& x) {
    q->parts = parts_of(q->what, x);
    if (is_beyond(*q) && !std::exchange(q->is_second_look, true)) {
      self->run_delayed(tail_second_look, [this, q] { look(q); });
      return;
    }
    for (auto& [partition, y] : q->parts)
      if (y.from < y.log_end)
        read(q, partition, y);
    if (q->subscriptions.empty())
      return finish(q);
    self->run_delayed(tail_patience, [this, q] { finish(q); });
  }

  /// Of what this node reads.
  std::map<std::int32_t, part> parts_of(const tail_topic& what,
                                        const group_status& x) {
    std::map<std::int32_t, part> result;
    for (auto& y : x.partitions) {
      auto reader = x.readers.find({y.topic, y.partition});
      if (y.topic != what.topic || reader == x.readers.end() || y.log_end < 0)
        continue; // what it has is not known yet
      auto end = end_of(y);
      auto from = what.from.find(y.partition);
      result[y.partition] = {reader->second,
                             from == what.from.end() ? end : from->second, end};
    }
    return result;
  }

  /// Where a log ends at least. What is reported may be behind what has been
  /// read: nobody looks while the live flow is held up.
  struct known_end {
    kafka::log_id log = 0;
    std::int64_t reported = -1;
    std::int64_t seen = -1;
  };

  std::int64_t end_of(const commit_position& x) {
    auto& end = ends[{x.topic, x.partition}];
    auto is_cut = x.log_end < end.reported;
    if (is_cut || x.log != end.log)
      end = {x.log};
    end.reported = x.log_end;
    return std::max(x.log_end, end.seen);
  }

  static bool is_beyond(const question& q) {
    return std::any_of(q.parts.begin(), q.parts.end(), [](auto& x) {
      return x.second.from > x.second.log_end;
    });
  }

  /// With a byte's credit one batch comes, and then nothing.
  void read(const question_ptr& q, std::int32_t partition, const part& x) {
    auto id = ++last_subscription;
    q->subscriptions[id] = partition;
    waiting[id] = q;
    subscribe request{self, id, x.from, {}, 1, true};
    request.all_keys = true;
    tell(self, x.reader, std::move(request));
  }

  void on_batch(record_batch x) {
    auto i = waiting.find(x.subscription);
    if (i == waiting.end())
      return; // it has come too late
    auto q = i->second;
    auto& part = q->parts.at(q->subscriptions.at(x.subscription));
    auto& seen
      = ends[{q->what.topic, q->subscriptions.at(x.subscription)}].seen;
    seen = x.to < x.from ? -1 : std::max(seen, x.to);
    end(*q, x.subscription);
    part.batch = std::move(x);
    if (q->subscriptions.empty())
      finish(q);
  }

  void end(question& q, std::uint32_t id) {
    auto partition = q.subscriptions.at(id);
    tell(self, q.parts.at(partition).reader, unsubscribe{id});
    waiting.erase(id);
    q.subscriptions.erase(id);
  }

  // -- its answer -------------------------------------------------------------

  /// All have answered, or the time is over; whose batch has not come is asked
  /// for it again by the next question.
  void finish(const question_ptr& q) {
    if (std::exchange(q->is_over, true))
      return;
    while (!q->subscriptions.empty())
      end(*q, q->subscriptions.begin()->first);
    auto n = std::max<std::size_t>(q->parts.size(), 1);
    for (auto& [partition, x] : q->parts) {
      auto next = x.batch              ? take(*q, partition, *x.batch, n)
                  : x.from > x.log_end ? take_end(*q, partition, x)
                                       : x.from;
      q->answer.page.positions.push_back({partition, next, next < x.log_end});
    }
    q->asked.deliver(std::move(q->answer));
  }

  /// Takes a partition's share of the answer; returns what comes next. What was
  /// lost and what a log began again with is told in place of it.
  static std::int64_t take(question& q, std::int32_t partition,
                           const record_batch& x, std::size_t shares) {
    auto& to = q.answer.page.records;
    if (x.to < x.from) {
      q.events.append_problem(partition, x.from,
                              "the log goes on at " + std::to_string(x.to), to);
      return x.to;
    }
    if (x.lost > x.from)
      q.events.append_problem(
        partition, x.from,
        "the log has lost what was before " + std::to_string(x.lost), to);
    auto most = to.size() + std::max<std::size_t>(q.what.limit / shares, 1);
    std::string_view rest = x.records;
    kafka::record_view record;
    while (read_record(rest, record)) {
      auto used = x.records.size() - rest.size();
      q.events.append(partition, record, to);
      if ((to.size() >= most || used >= tail_page / shares) && !rest.empty())
        return record.offset + 1;
    }
    return x.to;
  }

  static std::int64_t take_end(question& q, std::int32_t partition,
                               const part& x) {
    q.events.append_problem(partition, x.from,
                            "the log ends at " + std::to_string(x.log_end),
                            q.answer.page.records);
    return x.log_end;
  }

  topic_tail_actor::pointer self;
  topic_tail_options options;
  consumer_group_actor group;
  std::uint32_t last_subscription = 0;
  std::map<std::uint32_t, question_ptr> waiting; ///< by subscription
  std::map<kafka::topic_partition, known_end> ends;
};

} // namespace

topic_tail_actor spawn_topic_tail(actor_executor executor,
                                  topic_tail_options options,
                                  consumer_group_actor group) {
  return executor.spawn<topic_tail_actor, topic_tail_state>(std::move(options),
                                                            std::move(group));
}

} // namespace weir
