#include "actors/kafka/consumer_group_state.hpp"
#include "actors/kafka/partition_consumer.hpp"
#include "actors/kafka/queue_source.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/records.hpp"
#include "config/log.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace weir {

namespace {

/// A partition consumer that does not answer for so long has failed.
constexpr auto revoke_timeout = std::chrono::seconds{5};

} // namespace

// -- assignment ---------------------------------------------------------------

void consumer_group_state::on_assigned(
  const std::vector<kafka::topic_partition>& partitions) {
  for (auto& x : partitions)
    start(x);
  kafka->assign(partitions);
  assigned_once = true;
  group_is_refused = false;
  if (!partitions.empty())
    count(self->system(), metrics::rebalances, "assigned")->inc();
  log::info("partitions assigned",
            {{"count", partitions.size()}, {"owned", consumers.size()}});
}

void consumer_group_state::start(const kafka::topic_partition& x) {
  auto consumer = spawn_consumer(x, [&](auto wake) {
    return source_of(kafka->open(x, std::move(wake)));
  });
  consumers[x] = consumer;
  tell(self, keeper, partition_assigned{x.topic, x.partition, consumer});
  if (interim.contains(x))
    stop_interim(x);
}

partition_consumer_actor consumer_group_state::spawn_consumer(
  const kafka::topic_partition& x,
  std::function<record_source_ptr(std::function<void()>)> open) {
  auto loop = static_cast<std::size_t>(x.partition) % options.executors.size();
  partition_consumer_options its{x, options.tail_cache};
  if (!options.heats.empty())
    its.heat = options.heats.at(loop);
  auto result = spawn_partition_consumer(
    options.executors[loop], std::move(its),
    {std::move(open),
     [x, reader = reader](const kafka::log_position& from, auto wake) {
       return source_of(reader->open(x, from, std::move(wake)));
     }},
    self);
  // One that fails takes us along: its partition would be silent otherwise.
  self->link_to(result);
  return result;
}

void consumer_group_state::on_revoked(
  const std::vector<kafka::topic_partition>& partitions, bool lost) {
  if (!partitions.empty())
    count(self->system(), metrics::rebalances, lost ? "lost" : "revoked")
      ->inc();
  log::info("partitions revoked",
            {{"count", partitions.size()}, {"lost", lost}});
  ++giving_back;
  stop(partitions, [this, partitions, lost] {
    --giving_back;
    if (!kafka) // it could not even leave
      return;
    if (!lost && !leaving) // a drain has committed already
      kafka->commit(positions.of(partitions));
    for (auto& x : partitions)
      positions.forget(x);
    kafka->unassign(partitions);
  });
}

/// Ends the partitions' consumers, then calls `done`; never, if we end first.
void consumer_group_state::stop(
  const std::vector<kafka::topic_partition>& partitions,
  std::function<void()> done) {
  auto left = std::make_shared<std::size_t>(1);
  auto one_less = [left, done = std::move(done)] {
    if (--*left == 0)
      done();
  };
  for (auto& x : partitions) {
    auto i = consumers.find(x);
    if (i == consumers.end())
      continue;
    ++*left;
    tell(self, keeper, partition_revoked{x.topic, x.partition});
    self->request(i->second, revoke_timeout, revoke_partition{})
      .then(
        [this, one_less](commit_position& y) {
          take_position(std::move(y));
          one_less();
        },
        [one_less](const caf::error& e) {
          log::error("a partition consumer did not stop",
                     {{"why", to_string(e)}});
          one_less();
        });
    consumers.erase(i);
    forget_problem(x);
  }
  one_less();
}

// -- partitions of nodes that are gone ----------------------------------------

void consumer_group_state::on_read_interim(read_interim x) {
  if (leaving)
    return;
  wanted = std::move(x.partitions);
  settle_interim();
}

/// What the group has assigned to this node is not to be read twice here, and
/// what ends has to have ended before it begins again. A node that does not
/// reach Kafka claims nothing: then it is another one's turn.
void consumer_group_state::settle_interim() {
  for (auto i = interim.begin(); i != interim.end();)
    if (auto x = (i++)->first; !wanted.contains(x)) {
      stop_interim(x);
      tell(self, keeper, interim_revoked{{x.topic, x.partition}});
    }
  for (auto& x : wanted)
    if (!consumers.contains(x) && !interim.contains(x) && !ending.contains(x)
        && kafka->brokers().reachable && outside->is_ready())
      start_interim(x);
}

void consumer_group_state::start_interim(const kafka::topic_partition& x) {
  auto consumer = spawn_consumer(x, [&](auto wake) {
    return source_of(outside->open(x, std::move(wake)));
  });
  interim[x] = consumer;
  tell(self, keeper, interim_assigned{{x.topic, x.partition, consumer}});
}

void consumer_group_state::stop_interim(const kafka::topic_partition& x) {
  auto consumer = interim.at(x);
  interim.erase(x);
  ending.insert(x);
  forget_problem(x);
  auto done = [this, x] {
    ending.erase(x);
    outside->close(x);
    if (!consumers.contains(x))
      positions.end(x);
    settle_interim();
  };
  self->request(consumer, revoke_timeout, revoke_partition{})
    .then([done](const commit_position&) { done(); },
          [done](const caf::error& e) {
            log::error("a partition consumer did not stop",
                       {{"why", to_string(e)}});
            done();
          });
}

bool consumer_group_state::is_read(const kafka::topic_partition& x) const {
  return consumers.contains(x) || interim.contains(x);
}

} // namespace weir
