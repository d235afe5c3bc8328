#include "actors/kafka/consumer_group_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir {

namespace {

/// How often CLUSTER is asked whether this node may be in the group; more often
/// at first while it may not. And how long Kafka has to say who is in it.
constexpr std::chrono::milliseconds shortest_pause{100};
constexpr std::chrono::milliseconds longest_pause{1000};
constexpr std::chrono::seconds describe_timeout{6};
constexpr auto never = caf::actor_clock::time_point::max();

} // namespace

/// CLUSTER decides whether this node may be in the group: it knows who else
/// in it is one of us.
void consumer_group_state::report(
  std::optional<kafka::group_description> group) {
  if (leaving)
    return;
  describing_until.reset();
  report_at = never;
  auto is_in = is_member || !consumers.empty() || giving_back > 0;
  self
    ->request(keeper, caf::infinite,
              group_report{is_in, assigned_once, is_fenced, std::move(group),
                           consumer_group_actor{self}})
    .then([this](const group_order& x) { on_order(x); });
}

void consumer_group_state::on_order(const group_order& x) {
  if (leaving)
    return;
  if (x.what == group_order::action::join)
    join();
  else if (x.what == group_order::action::leave)
    leave_for_now("a cluster that this node has no link to is in it");
  else if (x.what == group_order::action::rebalance)
    rebalance();
  describe_next = x.describe;
  // A node that may not join asks again and again, but not too often.
  pause = is_member ? longest_pause : pause;
  report_at = now() + pause;
  pause = std::clamp(pause * 2, shortest_pause, longest_pause);
}

void consumer_group_state::report_if_due() {
  if (describing_until && now() >= *describing_until)
    return report({});
  if (is_alone || describing_until || now() < report_at)
    return;
  if (!describe_next)
    return report({});
  describing_until = now() + describe_timeout;
  kafka->describe_group();
}

void consumer_group_state::on_group_described(
  const kafka::group_description& x) {
  if (!x.error.empty() && !knows_no_members)
    log::limited(log_level::warning, "the consumer group is not described",
                 x.error, {{"why", x.error}});
  report(x);
}

void consumer_group_state::on_group_unknown(const std::string& why) {
  if (!std::exchange(knows_no_members, true))
    log::info("the consumer group is not described: Kafka does not tell",
              {{"why", why}});
}

void consumer_group_state::join() {
  log::info("joining the consumer group");
  is_member = true;
  is_fenced = false;
  kafka->subscribe(options.topics);
}

void consumer_group_state::rebalance() {
  log::warning("the consumer group has given partitions to nobody; it is "
               "asked to assign all of them again");
  kafka->subscribe(options.topics);
}

void consumer_group_state::leave_for_now(std::string_view why) {
  log::error("leaving the consumer group", {{"why", why}});
  is_member = false;
  assigned_once = false;
  pause = {};
  kafka->unsubscribe();
}

} // namespace weir
