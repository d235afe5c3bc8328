#include "tests/actors/cluster/cluster_fixture.hpp"

#include "actors/contract/relay.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <memory>

namespace weir::test {

namespace {

/// A node's links, all within this process.
struct fake_links : node_links {
  fake_links(cluster_fixture& world, cluster_fixture::node& me)
    : world(world), me(me) {}
  ~fake_links() override { me.owner = nullptr; }

  const cluster::hello& local() const override { return me.hello; }

  void set_config(const std::string& x) override { me.hello.config = x; }

  void close(const std::string& node) override {
    for (auto& x : world.ends)
      if (x.from == &me ? x.to->hello.node == node
                        : x.to == &me && x.from->hello.node == node)
        world.self->send_exit(x.from == &me ? x.there : x.back,
                              caf::exit_reason::kill);
  }

  schemas::link_status status(const std::string&) const override {
    return {true, 11, 12, 0};
  }

  void dial(const std::string& address) override {
    world.dials.emplace_back(me.hello.address, address);
  }

  cluster_fixture& world;
  cluster_fixture::node& me;
};

} // namespace

cluster_fixture::~cluster_fixture() {
  for (auto& [name, x] : nodes)
    end(x.actor);
}

cluster_fixture::node& cluster_fixture::start(const std::string& name,
                                              texts seeds,
                                              std::uint64_t incarnation) {
  if (auto old = nodes.extract(name)) {
    old.key() = "old " + name;
    nodes.insert(std::move(old));
  }
  auto& x = nodes[name];
  x.hello.cluster = "weir";
  x.hello.node = name;
  x.hello.incarnation = incarnation;
  x.hello.address = "at-" + name;
  cluster_node_options options;
  options.seeds = std::move(seeds);
  options.timeout = timeout;
  options.open_links = [this, &x](auto& owner, auto&) {
    x.owner = &owner;
    return std::make_unique<fake_links>(*this, x);
  };
  auto asker = spawn_probe<node_asker_actor>(&x.joined, &x.gone, &x.missing);
  options.watchers.push_back(asker);
  options.askers.push_back(asker);
  options.services["test"]
    = caf::actor_cast<caf::strong_actor_ptr>(options.watchers[0]);
  options.connections = [] { return 7u; };
  options.group = "chat";
  options.client_id = "weir/" + name;
  options.live = "first";
  options.handover = handover;
  options.on_excluded = [&x] { ++x.exclusions; };
  x.actor = keep(spawn_cluster(executor, std::move(options), router_of(x)));
  run();
  return x;
}

partition_router_actor cluster_fixture::router_of(node& x) {
  return keep_probe(system.spawn([this, &x](partition_router_actor::pointer) {
    return partition_router_actor::behavior_type{
      [this, &x](const partition_assigned& y) {
        x.events.emplace_back(y.partition, names[y.consumer.address()]);
      },
      [&x](const partition_revoked& y) {
        x.events.emplace_back(y.partition, "nobody");
      },
      [&x](const topic_known& y) { x.topics.push_back(y); },
      [&x](const partitions_unreachable& y) { x.unreachable = y; },
    };
  }));
}

std::map<std::string, std::string> cluster_fixture::states(const node& x) {
  std::map<std::string, std::string> result;
  auto status = ask<cluster_status>(x.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  for (auto& y : status->nodes)
    result[y.name] = y.state;
  return result;
}

void cluster_fixture::drain_node(node& x, bool& is_done) {
  keep(system.spawn([&x, &is_done](caf::event_based_actor* leaver) {
    leaver->request(x.actor, caf::infinite, drain{}).then([&is_done] {
      is_done = true;
    });
  }));
  run();
}

void cluster_fixture::connect() {
  run();
  while (!dials.empty()) {
    auto [from, to] = dials.back();
    dials.pop_back();
    try_link(*at(from), to);
    run();
  }
}

cluster_fixture::node* cluster_fixture::at(const std::string& address) {
  auto i = nodes.find(address.substr(3));
  return i == nodes.end() || !i->second.owner ? nullptr : &i->second;
}

void cluster_fixture::try_link(node& from, const std::string& address) {
  auto* to = at(address);
  if (to == nullptr || cut.contains({from.hello.node, to->hello.node}))
    return fail(from, address, {}, "nobody is there");
  lend_thread_to(from.actor), lend_thread_to(to->actor);
  auto why = from.owner->admit(to->hello, true);
  if (why.empty())
    why = to->owner->admit(from.hello, false);
  if (!why.empty())
    return fail(from, address, to->hello, why);
  auto [there, back] = link(from, *to);
  from.owner->on_dialed(address, to->hello, there);
  run();
}

void cluster_fixture::fail(node& from, const std::string& address,
                           std::optional<cluster::hello> peer,
                           const std::string& why) {
  from.failures.push_back(why);
  from.owner->on_failed({true,
                         address,
                         std::move(peer),
                         {cluster::refusal_code::not_admitted, why}});
}

std::pair<peer_actor, peer_actor> cluster_fixture::link(node& from, node& to) {
  using impl = caf::stateful_actor<link_end_state, peer_actor::base>;
  auto spawn = [&](const node& target) {
    return keep(caf::actor_cast<peer_actor>(
      system.spawn<impl>(peer_actor{target.actor})));
  };
  auto there = spawn(to), back = spawn(from);
  state_of(there).is_from_before = state_of(back).is_to_before
    = from.is_from_before;
  state_of(there).is_to_before = state_of(back).is_from_before
    = to.is_from_before;
  state_of(there).back = back;
  state_of(back).back = there;
  ends.push_back({&from, &to, there, back});
  return {there, back};
}

link_end_state& cluster_fixture::state_of(const peer_actor& x) {
  using impl = caf::stateful_actor<link_end_state, peer_actor::base>;
  return dynamic_cast<impl&>(*caf::actor_cast<caf::abstract_actor*>(x)).state;
}

void cluster_fixture::cut_link(const std::string& a, const std::string& b) {
  cut.insert({a, b}), cut.insert({b, a});
  for (auto& x : ends)
    if (cut.contains({x.from->hello.node, x.to->hello.node}))
      end(x.there), end(x.back);
}

void cluster_fixture::lose(const std::string& name, const texts& others) {
  for (auto& x : others)
    cut_link(name, x);
  run();
}

void cluster_fixture::heal() {
  cut.clear();
  advance(timeout);
  connect();
}

partition_consumer_actor cluster_fixture::consumer(const std::string& name) {
  auto result = keep_probe(system.spawn([](partition_consumer_actor::pointer) {
    return partition_consumer_actor::behavior_type{
      [](const subscribe&) {},
      [](const add_keys&) {},
      [](const remove_keys&) {},
      [](const unsubscribe&) {},
      [](const grant_credit&) {},
      [](const relay_event&) {},
      [](records_ready) {},
      [](revoke_partition) { return commit_position{}; },
    };
  }));
  names[result.address()] = name;
  return result;
}

void cluster_fixture::assign(node& x, std::int32_t partition) {
  auto name = x.hello.node;
  tell(x.actor, partition_assigned{"topic", partition, consumer(name)});
}

void cluster_fixture::revoke(node& x, std::int32_t partition) {
  tell(x.actor, partition_revoked{"topic", partition});
}

void cluster_fixture::join_group(node& x) {
  x.reader = spawn_probe<interim_reader_actor>(&x.orders);
  tell(x.actor, topic_known{"topic", 4});
  group_report report{true, true, false, {}};
  report.reader = x.reader;
  ask<group_order>(x.actor, report);
}

kafka::group_member
cluster_fixture::member_of(const std::string& name,
                           std::vector<std::int32_t> partitions) {
  kafka::group_member result{
    name + "-1", name, "weir/" + name, "/10.0.0.1", {}};
  for (auto x : partitions)
    result.assigned.push_back({"topic", x});
  return result;
}

void cluster_fixture::read_for_others(node& x, std::int32_t partition) {
  tell(x.actor, interim_assigned{{"topic", partition, consumer(x.hello.node)}});
}

void cluster_fixture::read_no_more(node& x, std::int32_t partition) {
  tell(x.actor, interim_revoked{{"topic", partition}});
}

cluster_fixture::trio cluster_fixture::start_three() {
  trio x{start("a"), start("b", {"at-a"}), start("c", {"at-a"})};
  connect();
  for (auto* y : {&x.a, &x.b, &x.c})
    join_group(*y);
  for (std::int32_t i = 0; i < 4; ++i)
    assign(x.c, i);
  return x;
}

} // namespace weir::test
