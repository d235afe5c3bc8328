#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/client_figures.hpp"
#include "transport/kafka/error.hpp"
#include "transport/kafka/group_description.hpp"
#include "transport/kafka/record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weir::kafka {

class partition_queue;

/// What the group wants of its member. Calls come from within
/// `consumer::poll`.
class consumer_events {
public:
  virtual ~consumer_events() = default;

  /// Partitions came to this member (cooperative: in addition to those it
  /// has). Must call `consumer::assign` sooner or later.
  virtual void on_assigned(const std::vector<topic_partition>& partitions) = 0;

  /// Partitions leave this member. Must call `consumer::unassign` once their
  /// queues are closed; with `lost` another member may own them already.
  virtual void
  on_revoked(const std::vector<topic_partition>& partitions, bool lost)
    = 0;

  /// A subscribed topic has so many partitions: told once that is known, which
  /// may be before or after the first of them is assigned, and again whenever
  /// it changes. Told by every member, whichever partitions it has.
  virtual void
  on_partition_count(const std::string& topic, std::int32_t partitions)
    = 0;

  /// What there is of a subscribed topic: told once that is known, and again
  /// whenever it changes.
  virtual void on_topic(const std::string& topic, const topic_state& state) = 0;

  /// This cluster does not tell what there is of topics: so `on_topic` does not
  /// come. Empty: it does again, as of brokers that have been replaced; those
  /// topics that are as they were are not told of.
  virtual void on_topics_unknown(const std::string& why) = 0;

  /// Something to log and count; librdkafka continues by itself. With `fatal`
  /// it does not: all partitions are revoked, as lost, and once they are given
  /// back the consumer joins the group again.
  virtual void on_error(const kafka_error& error, bool fatal) = 0;

  /// Nor who is in the group; comes before `on_group_described`.
  virtual void on_group_unknown(const std::string&) {}

  /// The answer to `consumer::describe_group`.
  virtual void on_group_described(const group_description&) {}

  /// The answer to a `consumer::commit`: why it has failed, all of it or a part,
  /// or the offsets that the group has got. What has failed comes to `on_error`
  /// as well.
  virtual void on_committed(const std::string&,
                            const std::map<topic_partition, std::int64_t>&) {}
};

/// A member of the consumer group (cooperative-sticky assignment, static
/// membership by `group.instance.id`, `enable.auto.commit=false`,
/// `isolation.level=read_committed`). Used by one thread at a time.
///
/// With an embedded broker (`kafka.embedded`) and no cluster this node is the
/// only one: it takes all `embedded_partitions` of its topics at once, without
/// a group.
class consumer {
public:
  /// `wake` is called from librdkafka's threads when `poll` has something to
  /// do after it had nothing; it may post, it must not call back. Throws
  /// std::runtime_error that names the property when librdkafka refuses one.
  consumer(const kafka_options& settings, const cluster_options& cluster,
           consumer_events& events, std::function<void()> wake);

  /// Leaves the group, unless `closed()`; that may block, for 5 s at most.
  /// Queues that are still there get no further records; `wake` and `events`
  /// are used no more.
  ~consumer();

  /// Tells how many partitions the topics have, and what there is of them,
  /// member or not: these, and those that it is a member for. Of `further` ones
  /// only the latter is told, and a broker that creates what is missing when it
  /// is asked for it creates none of these.
  void watch(const std::vector<std::string>& topics,
             const std::vector<std::string>& further = {});

  /// Joins the group, for these topics; a member of it keeps what it has of
  /// them, gives the rest back, and gets its share of those that are new. After
  /// a fatal error it joins again by itself, unless it
  /// has unsubscribed. A member that calls it has the group assign its
  /// partitions again, all that there are by now, and keeps its own meanwhile.
  void subscribe(const std::vector<std::string>& topics);

  /// Leaves the group until `subscribe`: `on_revoked` comes for what is
  /// assigned.
  void unsubscribe();

  /// Asks who is in the group, which need not have this member. Answered by
  /// `on_group_described`, within some seconds, unless a fatal error comes
  /// before.
  void describe_group();

  /// Serves events; never blocks. Must be called at least once a second, so
  /// that the group knows that this member lives (`max.poll.interval.ms`).
  void poll();

  /// Takes partitions, each starting at the committed offset, or where there
  /// is none, at the log's end (`auto.offset.reset=latest`; `earliest`: its
  /// start), unless it was added to a topic that the group has read before, or
  /// the topic was created, or created again, while this member was there: that
  /// starts at its beginning. Does not block: the offsets are asked for,
  /// and fetching begins when `poll` has got the answer. The first `position()`
  /// of a partition without a committed offset should be committed, so that a
  /// later member starts there and not at a new end. Empty is allowed: it
  /// completes a rebalance that brought nothing.
  void assign(const std::vector<topic_partition>& partitions);

  /// Gives partitions back. Requires: their queues are gone.
  void unassign(const std::vector<topic_partition>& partitions);

  /// The records of one assigned partition. `wake` as above, for this queue.
  /// Must be opened before `assign` so that no record takes another way;
  /// `wake` may be called before this returns.
  std::unique_ptr<partition_queue> open(const topic_partition& partition,
                                        std::function<void()> wake);

  /// Commits the next offsets to read, without waiting; answered by
  /// `on_committed`. Each with its log: what was committed in another log is no
  /// start. `unassign` and `close` take effect once it is answered.
  void commit(const std::map<topic_partition, log_position>& next);

  /// Starts leaving the group without blocking: `on_revoked` comes for what is
  /// assigned; `closed()` once done, with `poll` being called meanwhile. The
  /// others get the partitions at once, and the next member of this name
  /// others. (One that ends without closing keeps its place until
  /// `session.timeout.ms`; a member of the same name that comes by then
  /// continues with the same partitions.) Where no broker answers, the group is
  /// left to notice by itself.
  void close();
  bool closed() const;

  const broker_state& brokers() const;

  /// As `producer::take_figures`.
  std::optional<client_figures> take_figures();

private:
  struct impl;
  struct group_member;
  struct lone_member;
  struct clients;
  std::unique_ptr<clients> clients_;
};

} // namespace weir::kafka
