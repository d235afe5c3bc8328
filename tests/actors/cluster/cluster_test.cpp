#include "actors/cluster/cluster.hpp"

#include "actors/cluster/interim_readers.hpp"
#include "actors/contract/asked_nodes.hpp"
#include "actors/contract/cluster.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/ownership.hpp"
#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/metrics/cluster.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using test::deterministic_actor_system;
using texts = std::vector<std::string>;

constexpr auto timeout = 4000ms;
constexpr auto handover = 15s;

/// Hands on what it gets, as a link does, until the link is cut.
struct link_end_state {
  static inline const char* name = "weir.test.link-end";

  link_end_state(peer_actor::pointer self, peer_actor to)
    : self(self), to(std::move(to)) {}

  peer_actor::behavior_type make_behavior() {
    return {
      // As with a real link, who greets is known by the link's own handle.
      [this](peer_greeting& x) {
        x.from = back;
        if (is_from_before)
          for (auto& y : {interim_service, mappings_service, readiness_service})
            x.services.erase(std::string{y});
        pass(std::move(x));
      },
      [this](const claims_changed& x) {
        ++claims;
        pass(x);
      },
      [this](const addresses_known& x) { pass(x); },
      [this](const node_load& x) { pass(x); },
      [this](const node_leaving& x) -> caf::result<void> {
        if (is_stuck)
          return stuck = self->make_response_promise<void>();
        pass(x);
        if (lost_answers == nullptr)
          return {};
        return lost_answers->emplace_back(self->make_response_promise<void>());
      },
      [this](const interim_state& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
      [this](const mappings_used& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
      [this](const node_readiness& x) {
        BOOST_TEST(!is_to_before);
        if (!is_from_before)
          pass(x);
      },
    };
  }

  template <class Message>
  void pass(Message x) {
    caf::send_as(back, to, std::move(x));
  }

  peer_actor::pointer self;
  peer_actor to;
  peer_actor back;        ///< the end at which the receiver answers
  std::size_t claims = 0; ///< messages of them
  bool is_stuck = false;  ///< farewells do not get through
  caf::typed_response_promise<void> stuck;
  /// Farewells get through, and their answers do not: they come when the link
  /// has ended. Null: they do.
  std::vector<caf::typed_response_promise<void>>* lost_answers = nullptr;
  /// The sender, the receiver is of a version without interim readers.
  bool is_from_before = false, is_to_before = false;
};

/// Some nodes, and a network between them that can be cut.
struct fixture : deterministic_actor_system {
  struct node;

  /// A node's links, all within this process.
  struct fake_links : node_links {
    fake_links(fixture& world, node& me) : world(world), me(me) {}
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

    fixture& world;
    node& me;
  };

  struct node {
    cluster::hello hello;
    node_links_owner* owner = nullptr;
    cluster_actor actor;
    std::vector<partition_assigned> assigned;
    std::vector<partition_revoked> revoked;
    std::vector<topic_known> topics;
    std::vector<peer_joined> joined;
    std::vector<peer_gone> gone;
    std::vector<nodes_missing> missing;
    std::vector<std::string> failures;
    partitions_unreachable unreachable;
    std::vector<read_interim> orders;
    interim_reader_actor reader;
    bool is_from_before = false;
    std::size_t exclusions = 0;

    /// What it is to read of what nobody reads.
    std::set<std::int32_t> ordered() const {
      std::set<std::int32_t> result;
      if (!orders.empty())
        for (auto& x : orders.back().partitions)
          result.insert(x.partition);
      return result;
    }

    std::string owner_of(std::int32_t partition) const {
      std::string result = "nobody";
      // Told in order: what came last holds.
      for (auto& x : events)
        if (x.first == partition)
          result = x.second;
      return result;
    }

    std::vector<std::pair<std::int32_t, std::string>> events;
  };

  /// Their links know the nodes.
  ~fixture() {
    for (auto& [name, x] : nodes)
      end(x.actor);
  }

  node& start(const std::string& name, texts seeds = {},
              std::uint64_t incarnation = 1) {
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

  partition_router_actor router_of(node& x) {
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

  /// What the network does: each dial is admitted by both, and becomes a link.
  void connect() {
    run();
    while (!dials.empty()) {
      auto [from, to] = dials.back();
      dials.pop_back();
      try_link(*at(from), to);
      run();
    }
  }

  node* at(const std::string& address) {
    auto i = nodes.find(address.substr(3));
    return i == nodes.end() || !i->second.owner ? nullptr : &i->second;
  }

  void try_link(node& from, const std::string& address) {
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

  void fail(node& from, const std::string& address,
            std::optional<cluster::hello> peer, const std::string& why) {
    from.failures.push_back(why);
    from.owner->on_failed({true,
                           address,
                           std::move(peer),
                           {cluster::refusal_code::not_admitted, why}});
  }

  std::pair<peer_actor, peer_actor> link(node& from, node& to) {
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

  static link_end_state& state_of(const peer_actor& x) {
    using impl = caf::stateful_actor<link_end_state, peer_actor::base>;
    return dynamic_cast<impl&>(*caf::actor_cast<caf::abstract_actor*>(x)).state;
  }

  /// Both sides see the link end.
  void cut_link(const std::string& a, const std::string& b) {
    cut.insert({a, b}), cut.insert({b, a});
    for (auto& x : ends)
      if (cut.contains({x.from->hello.node, x.to->hello.node}))
        end(x.there), end(x.back);
  }

  /// `is_done`: once the node has said farewell.
  void drain_node(node& x, bool& is_done) {
    keep(system.spawn([&x, &is_done](caf::event_based_actor* leaver) {
      leaver->request(x.actor, caf::infinite, drain{}).then([&is_done] {
        is_done = true;
      });
    }));
    run();
  }

  void heal() {
    cut.clear();
    advance(timeout);
    connect();
  }

  partition_consumer_actor consumer(const std::string& name) {
    auto result
      = keep_probe(system.spawn([](partition_consumer_actor::pointer) {
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

  /// The node's consumer group has got a partition.
  void assign(node& x, std::int32_t partition) {
    auto name = x.hello.node;
    tell(x.actor, partition_assigned{"topic", partition, consumer(name)});
  }

  void revoke(node& x, std::int32_t partition) {
    tell(x.actor, partition_revoked{"topic", partition});
  }

  /// It is in the group, and knows the topic.
  void join_group(node& x) {
    x.reader = spawn_probe<interim_reader_actor>(&x.orders);
    tell(x.actor, topic_known{"topic", 4});
    group_report report{true, true, false, {}};
    report.reader = x.reader;
    ask<group_order>(x.actor, report);
  }

  /// Its CONSUMER GROUP does as it was told.
  void read_for_others(node& x, std::int32_t partition) {
    tell(x.actor,
         interim_assigned{{"topic", partition, consumer(x.hello.node)}});
  }

  void read_no_more(node& x, std::int32_t partition) {
    tell(x.actor, interim_revoked{{"topic", partition}});
  }

  /// Three nodes, of which "c" has all four partitions.
  struct trio {
    node &a, &b, &c;
  };

  trio start_three() {
    trio x{start("a"), start("b", {"at-a"}), start("c", {"at-a"})};
    connect();
    for (auto* y : {&x.a, &x.b, &x.c})
      join_group(*y);
    for (std::int32_t i = 0; i < 4; ++i)
      assign(x.c, i);
    return x;
  }

  void lose(const std::string& name, const texts& others) {
    for (auto& x : others)
      cut_link(name, x);
    run();
  }

  std::map<std::string, std::string> states(const node& x) {
    std::map<std::string, std::string> result;
    auto status = ask<cluster_status>(x.actor, query_status{});
    BOOST_TEST_REQUIRE(status.has_value());
    for (auto& y : status->nodes)
      result[y.name] = y.state;
    return result;
  }

  struct link_pair {
    node *from, *to;
    peer_actor there, back;
  };

  std::map<std::string, node> nodes;
  std::map<caf::actor_addr, std::string> names;
  std::vector<std::pair<std::string, std::string>> dials;
  std::set<std::pair<std::string, std::string>> cut;
  std::vector<link_pair> ends;
  std::vector<caf::typed_response_promise<void>> lost_answers;
};

using states = std::map<std::string, std::string>;

BOOST_FIXTURE_TEST_SUITE(a_cluster, fixture)

BOOST_AUTO_TEST_CASE(is_joined_through_any_of_its_nodes) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto& c = start("c", {"at-b"});
  connect();
  for (auto* x : {&a, &b, &c})
    BOOST_TEST(
      (states(*x) == ::weir::states{{"a", "up"}, {"b", "up"}, {"c", "up"}}));
  BOOST_TEST(a.joined.size() == 2u);
  BOOST_TEST(a.joined[0].services.contains("test"));
}

// Two that were started apart, and a node that knows both.
BOOST_AUTO_TEST_CASE(becomes_one_by_hearsay) {
  auto& a = start("a");
  start("b", {"at-a"});
  start("c");
  auto& d = start("d", {"at-c"});
  connect();
  BOOST_TEST((states(d) == ::weir::states{{"c", "up"}, {"d", "up"}}));
  start("e", {"at-a", "at-c"});
  connect();
  BOOST_TEST(!states(a).contains("d"));
  for (int i = 0; i < 8; ++i)
    advance(timeout / 4), connect();
  for (auto& [name, x] : nodes)
    BOOST_TEST(
      (states(x)
       == ::weir::states{
         {"a", "up"}, {"b", "up"}, {"c", "up"}, {"d", "up"}, {"e", "up"}}));
}

BOOST_AUTO_TEST_CASE(has_one_link_where_both_begin_at_once) {
  auto& a = start("a", {"at-b"});
  auto& b = start("b", {"at-a"});
  connect();
  BOOST_TEST(ends.size() == 1u);
  BOOST_TEST(a.joined.size() == 1u);
  BOOST_TEST(b.joined.size() == 1u);
}

BOOST_AUTO_TEST_CASE(tells_every_router_who_reads_a_partition) {
  auto& a = start("a");
  assign(a, 0);
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 1);
  for (auto* x : {&a, &b}) {
    BOOST_TEST(x->owner_of(0) == "a");
    BOOST_TEST(x->owner_of(1) == "b");
  }
  revoke(a, 0);
  BOOST_TEST(b.owner_of(0) == "nobody");
  assign(b, 0);
  BOOST_TEST(a.owner_of(0) == "b");
}

// A rebalance brings a message for each partition.
BOOST_AUTO_TEST_CASE(tells_others_at_once_what_a_turn_has_brought) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto to_b = ends[0].from == &a ? ends[0].there : ends[0].back;
  auto before = state_of(to_b).claims;
  auto reader = consumer("a");
  for (std::int32_t i = 0; i < 100; ++i)
    caf::anon_send(a.actor, partition_assigned{"topic", i, reader});
  caf::anon_send(a.actor, partition_revoked{"topic", 7});
  run();
  BOOST_TEST(state_of(to_b).claims == before + 1);
  BOOST_TEST(b.owner_of(0) == "a");
  BOOST_TEST(b.owner_of(7) == "nobody");
  BOOST_TEST(b.owner_of(99) == "a");
}

/// CPU's, for what happens when one of two nodes takes so many partitions, is
/// lost, and the other reads them, first for the time being.
double seconds_of_taking_over(std::int32_t partitions) {
  fixture world;
  auto& a = world.start("a");
  auto& b = world.start("b", {"at-a"});
  world.connect();
  world.join_group(a), world.join_group(b);
  for (auto* x : {&a, &b})
    world.tell(x->actor, topic_known{"topic", partitions});
  auto readers = std::map{std::pair{"a", world.consumer("a")},
                          std::pair{"b", world.consumer("b")}};
  auto each = [&](auto& to, auto make) {
    for (std::int32_t i = 0; i < partitions; ++i)
      caf::anon_send(to.actor, make(i));
    world.run();
  };
  auto begin = std::clock();
  each(b, [&](auto i) {
    return partition_assigned{"topic", i, readers.at("b")};
  });
  world.lose("b", {"a"});
  each(a, [&](auto i) {
    return interim_assigned{{"topic", i, readers.at("a")}};
  });
  each(a, [&](auto i) {
    return partition_assigned{"topic", i, readers.at("a")};
  });
  auto result = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(a.owner_of(partitions - 1) == "a");
  return result;
}

// That each partition cost as much as there are was the case once: ten times as
// many took a hundred times as long.
BOOST_AUTO_TEST_CASE(works_by_the_number_of_partitions_that_change) {
  auto few = seconds_of_taking_over(1000);
  auto many = seconds_of_taking_over(10'000);
  BOOST_TEST_MESSAGE("1,000 partitions: " << few << " s, 10,000: " << many);
  BOOST_TEST(many < 40 * few);
}

BOOST_AUTO_TEST_CASE(says_what_it_has_before_it_leaves) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  caf::anon_send(a.actor, partition_assigned{"topic", 0, consumer("a")});
  tell(a.actor, drain{});
  BOOST_TEST(b.events.size() == 2u);
  BOOST_TEST(b.owner_of(0) == "nobody");
}

BOOST_AUTO_TEST_CASE(hands_on_how_many_partitions_a_topic_has) {
  auto& a = start("a");
  tell(a.actor, topic_known{"topic", 4});
  BOOST_TEST_REQUIRE(a.topics.size() == 1u);
  BOOST_TEST(a.topics[0].partitions == 4);
}

BOOST_AUTO_TEST_CASE(knows_of_no_owner_while_a_link_is_cut) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(a, 0);
  cut_link("a", "b");
  BOOST_TEST(b.owner_of(0) == "nobody");
  BOOST_TEST(a.owner_of(0) == "a");
  BOOST_TEST(states(b)["a"] == "down");
  BOOST_TEST(b.gone.size() == 1u);
  heal();
  BOOST_TEST(b.owner_of(0) == "a");
  BOOST_TEST(states(b)["a"] == "up");
  BOOST_TEST(b.joined.size() == 2u);
}

BOOST_AUTO_TEST_CASE(follows_a_partition_that_moved_while_its_owner_was_away) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  connect();
  assign(a, 0);
  cut_link("a", "b"), cut_link("a", "c");
  assign(b, 0); // as Kafka took it for dead
  BOOST_TEST(c.owner_of(0) == "b");
  heal();
  revoke(a, 0); // as it learns now
  BOOST_TEST(c.owner_of(0) == "b");
  BOOST_TEST(a.owner_of(0) == "b");
}

BOOST_AUTO_TEST_CASE(tells_who_left_from_who_was_lost) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 0);
  tell(b.actor, drain{});
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(a.owner_of(0) == "nobody");
  BOOST_TEST(a.gone.size() == 1u);
  advance(1h);
  BOOST_TEST(dials.empty());
}

/// Were the process to end before, they would take it for lost.
BOOST_AUTO_TEST_CASE(tells_who_asks_others_which_of_them_are_missing) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  start("c", {"at-a"});
  connect();
  BOOST_TEST(a.missing.empty());
  cut_link("a", "b");
  run();
  BOOST_TEST_REQUIRE(a.missing.size() == 1u);
  BOOST_TEST(a.missing[0].names == texts{"b"});
  advance(timeout); // nothing has changed
  BOOST_TEST(a.missing.size() == 1u);
  heal();
  BOOST_TEST_REQUIRE(a.missing.size() == 2u);
  BOOST_TEST(a.missing[1].names.empty());
  tell(b.actor, drain{});
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(a.missing.size() == 2u);
}

BOOST_AUTO_TEST_CASE(has_left_when_the_others_know) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  auto& end = state_of(ends.back().there);
  end.is_stuck = true;
  auto has_left = false;
  drain_node(b, has_left);
  BOOST_TEST(!has_left);
  end.pass(node_leaving{}), end.stuck.deliver();
  run();
  BOOST_TEST(has_left);
  BOOST_TEST(states(a)["b"] == "left");
  BOOST_TEST(b.gone.empty()); // whose sessions live on
}

BOOST_AUTO_TEST_CASE(leaves_without_those_that_are_out_of_reach) {
  start("a");
  auto& b = start("b", {"at-a"});
  connect();
  state_of(ends.back().there).is_stuck = true;
  auto has_left = false;
  drain_node(b, has_left);
  cut_link("a", "b");
  BOOST_TEST(has_left);
}

/// Who knows that a node leaves ends the link, and so its own answer is lost.
BOOST_AUTO_TEST_CASE(has_left_when_those_who_know_have_ended_the_link) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  for (auto& x : ends)
    for (auto* end : {&x.there, &x.back})
      state_of(*end).lost_answers = &lost_answers;
  auto has_left = false;
  drain_node(b, has_left);
  BOOST_TEST(lost_answers.size() == 1u);
  BOOST_TEST(!has_left);
  cut_link("a", "b"); // the end that the leaver has follows the other
  BOOST_TEST(has_left);
  BOOST_TEST(states(a)["b"] == "left");
}

BOOST_AUTO_TEST_CASE(takes_a_node_back_that_was_restarted) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"}, 1);
  connect();
  assign(b, 0);
  auto& again = start("b", {"at-a"}, 2); // before its end was noticed
  connect();
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(a.gone.size() == 1u);
  BOOST_TEST(a.joined.size() == 2u);
  BOOST_TEST(a.owner_of(0) == "nobody");
  assign(again, 0);
  BOOST_TEST(a.owner_of(0) == "b");
  revoke(b, 0); // what the old one still says counts for nothing
  BOOST_TEST(a.owner_of(0) == "b");
}

BOOST_AUTO_TEST_CASE(hears_how_much_the_others_carry) {
  auto& a = start("a");
  start("b", {"at-a"});
  connect();
  advance(timeout / 4);
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST_REQUIRE(status->nodes.size() == 2u);
  BOOST_TEST(status->nodes[0].name == "a"); // itself first
  BOOST_TEST(status->nodes[1].connections == 7u);
}

BOOST_AUTO_TEST_CASE(shows_who_reads_what_and_how_the_links_are) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  assign(b, 3);
  advance(timeout / 4);
  advance(10ms);
  auto nodes = ask<cluster_status>(a.actor, query_status{})->nodes;
  BOOST_TEST_REQUIRE(nodes.size() == 2u);
  BOOST_TEST(nodes[0].owned.empty());
  BOOST_TEST(!nodes[0].link.has_value());
  BOOST_TEST(nodes[1].owned == texts{"topic/3"});
  BOOST_TEST(nodes[1].partitions == 1u);
  BOOST_TEST_REQUIRE(nodes[1].link.has_value());
  BOOST_TEST(nodes[1].link->received_bytes == 12u);
  BOOST_TEST(nodes[1].link->silent_ms == 10u);
  cut_link("a", "b");
  run();
  BOOST_TEST(!ask<cluster_status>(a.actor, query_status{})->nodes[1].link);
}

BOOST_AUTO_TEST_CASE(nodes_show_by_which_mappings_each_works) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  c.is_from_before = true;
  connect();
  auto seen_by = [this](node& x) {
    std::map<std::string, std::string> result;
    auto status = ask<cluster_status>(x.actor, query_status{});
    for (auto& y : status.value().nodes)
      result[y.name] = y.mappings;
    return result;
  };
  using seen = std::map<std::string, std::string>;
  BOOST_TEST((seen_by(a) == seen{{"a", "first"}, {"b", "first"}, {"c", ""}}));
  tell(b.actor, use_config{"all", "second"});
  BOOST_TEST(b.hello.config == "all");
  BOOST_TEST((seen_by(b) == seen{{"a", "first"}, {"b", "second"}, {"c", ""}}));
  BOOST_TEST((seen_by(a) == seen{{"a", "first"}, {"b", "second"}, {"c", ""}}));
  // also where a link comes later
  auto& d = start("d", {"at-a"});
  connect();
  BOOST_TEST(seen_by(d)["b"] == "second");
  tell(a.actor, mappings_used{"of nobody"});
  BOOST_TEST(seen_by(a)["b"] == "second");
}

BOOST_AUTO_TEST_CASE(nodes_show_who_fetches_keys_from_where) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  const std::string mappings(16, 'm');
  tell(b.actor, use_config{"all", mappings + "a URL"});
  for (auto* x : {&a, &b}) {
    auto status = ask<cluster_status>(x->actor, query_status{});
    auto& nodes = status.value().nodes;
    auto seen = std::find_if(nodes.begin(), nodes.end(),
                             [](auto& y) { return y.name == "b"; });
    BOOST_TEST_REQUIRE((seen != nodes.end()));
    BOOST_TEST(seen->mappings == mappings);
    BOOST_TEST(seen->token_keys == "a URL");
  }
}

// It would not dial if it had the link still.
BOOST_AUTO_TEST_CASE(every_node_knows_which_others_are_ready_and_why_not) {
  using schemas::readiness;
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  const readiness ill{false, {"no Kafka broker answers"}}, well{true, {}};
  tell(b.actor, readiness_known{ill}); // before there is a link
  connect();
  auto readiness_at = [this](const node& x, const std::string& name) {
    auto status = ask<cluster_status>(x.actor, query_status{});
    BOOST_TEST_REQUIRE(status.has_value());
    for (auto& y : status->nodes)
      if (y.name == name)
        return y.readiness;
    BOOST_ERROR(name + " is not listed");
    return std::optional<readiness>{};
  };
  BOOST_TEST((readiness_at(a, "b") == ill));
  BOOST_TEST((readiness_at(b, "b") == ill));
  BOOST_TEST(!readiness_at(b, "a")); // which has not looked yet
  tell(b.actor, readiness_known{well}), run();
  BOOST_TEST((readiness_at(a, "b") == well));
  cut_link("a", "b"), run();
  BOOST_TEST(!readiness_at(a, "b"));
  heal();
  BOOST_TEST((readiness_at(a, "b") == well));
}

BOOST_AUTO_TEST_CASE(of_a_node_that_does_not_tell_it_is_not_known_to_be_ready) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  b.is_from_before = true;
  connect();
  tell(a.actor, readiness_known{{true, {}}});
  tell(b.actor, readiness_known{{false, {"it is about to stop"}}});
  run();
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST_REQUIRE(status->nodes.size() == 2u);
  BOOST_TEST(status->nodes[0].readiness.has_value());
  BOOST_TEST(!status->nodes[1].readiness);
}

BOOST_AUTO_TEST_CASE(keeps_little_of_what_others_say_is_wrong_with_them) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  tell(b.actor,
       readiness_known{{false, texts(1000, std::string(10'000, 'x'))}});
  run();
  auto status = ask<cluster_status>(a.actor, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  auto& known = status->nodes.at(1).readiness;
  BOOST_TEST_REQUIRE(known.has_value());
  BOOST_TEST(!known->ready);
  BOOST_TEST(known->reasons.size() == 16u);
  BOOST_TEST(known->reasons[0].size() == 2048u);
}

BOOST_AUTO_TEST_CASE(gives_up_a_link_whose_other_end_dials_again) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  for (auto& x : ends) // b alone sees it end
    end(x.there);
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(states(b)["a"] == "down");
  advance(timeout / 4);
  connect();
  BOOST_TEST(states(a)["b"] == "down");
  advance(timeout / 4);
  connect();
  BOOST_TEST(states(a)["b"] == "up");
  BOOST_TEST(states(b)["a"] == "up");
}

BOOST_AUTO_TEST_CASE(suspects_a_node_that_falls_silent) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  end(b.actor); // the process lives, its CLUSTER does not
  advance(timeout / 2);
  BOOST_TEST(states(a)["b"] == "suspect");
}

// -- two memberships ----------------------------------------------------------

kafka::group_member member_of(const std::string& name,
                              std::vector<std::int32_t> partitions) {
  kafka::group_member result{
    name + "-1", name, "weir/" + name, "/10.0.0.1", {}};
  for (auto x : partitions)
    result.assigned.push_back({"topic", x});
  return result;
}

BOOST_AUTO_TEST_CASE(lets_a_node_into_the_group_once_it_has_its_links) {
  start("a");
  auto& b = start("b", {"at-a"});
  cut.insert({"b", "a"});
  connect();
  group_report report;
  report.group.emplace().members = {member_of("a", {0, 1})};
  auto order = ask<group_order>(b.actor, report);
  BOOST_TEST_REQUIRE(order.has_value());
  BOOST_TEST((order->what == group_order::action::none));
  heal();
  BOOST_TEST(
    (ask<group_order>(b.actor, report)->what == group_order::action::join));
}

BOOST_AUTO_TEST_CASE(sends_clients_away_from_a_node_that_is_refused) {
  auto& b = start("b", {"at-a"});
  tell(b.actor, topic_known{"topic", 2});
  group_report report;
  report.group.emplace().members = {member_of("a", {0, 1})};
  ask<group_order>(b.actor, report);
  advance(timeout);
  BOOST_TEST(b.exclusions == 1u);
  BOOST_TEST(!b.unreachable.everywhere.empty());
  BOOST_TEST(b.unreachable.why.size() == 2u);
  auto reasons = ask<cluster_status>(b.actor, query_status{})->reasons;
  BOOST_TEST_REQUIRE(reasons.size() == 1u);
  BOOST_TEST(reasons[0].find("topic/0, topic/1") != std::string::npos);
  auto brief = ask<cluster_status>(b.actor, query_status{true});
  BOOST_TEST(brief->reasons == reasons);
  BOOST_TEST(brief->nodes.empty());
  BOOST_TEST(gauge(system, metrics::partitions_unreachable)->value() == 2);
  report.group->members.clear();
  BOOST_TEST(
    (ask<group_order>(b.actor, report)->what == group_order::action::join));
  BOOST_TEST(b.unreachable.everywhere.empty());
  BOOST_TEST(ask<cluster_status>(b.actor, query_status{})->reasons.empty());
  BOOST_TEST(b.exclusions == 1u);
}

BOOST_AUTO_TEST_CASE(tells_which_partitions_nobody_reads) {
  auto& a = start("a");
  tell(a.actor, topic_known{"topic", 2});
  ask<group_order>(a.actor, group_report{true, true, false, {}});
  assign(a, 0);
  advance(timeout);
  group_report report{true, true, false, {}};
  report.group.emplace().members = {
    member_of("a", {0}), {"kcat-1", "", "kcat", "/10.0.0.9", {{"topic", 1}}}};
  ask<group_order>(a.actor, report);
  BOOST_TEST_REQUIRE(a.unreachable.why.size() == 1u);
  auto why = a.unreachable.why.at({"topic", 1});
  BOOST_TEST(why.find("kcat") != std::string::npos);
  BOOST_TEST(a.exclusions == 0u);
  assign(a, 1);
  advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.empty());
  BOOST_TEST(gauge(system, metrics::partitions_unreachable)->value() == 0);
}

BOOST_AUTO_TEST_CASE(gives_kafka_time_after_a_link_is_lost) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  connect();
  tell(a.actor, topic_known{"topic", 1});
  ask<group_order>(a.actor, group_report{true, true, false, {}});
  assign(b, 0);
  cut_link("a", "b");
  run();
  advance(handover - timeout);
  BOOST_TEST(a.unreachable.why.empty());
  for (int i = 0; i < 5; ++i)
    advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.size() == 1u);
  heal();
  for (int i = 0; i < 4; ++i)
    advance(timeout / 4), connect();
  BOOST_TEST(a.unreachable.why.empty());
}

// -- partitions of nodes that are gone ----------------------------------------

using numbers = std::set<std::int32_t>;

numbers together(const numbers& x, const numbers& y) {
  auto result = x;
  result.insert(y.begin(), y.end());
  return result;
}

BOOST_AUTO_TEST_CASE(has_others_read_at_once_what_a_lost_node_had) {
  auto [a, b, c] = start_three();
  BOOST_TEST(a.orders.empty());
  lose("c", {"a", "b"});
  BOOST_TEST((together(a.ordered(), b.ordered()) == numbers{0, 1, 2, 3}));
  BOOST_TEST(a.ordered().size() + b.ordered().size() == 4u);
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  for (std::int32_t i = 0; i < 4; ++i) {
    auto reader = a.ordered().contains(i) ? "a" : "b";
    BOOST_TEST(a.owner_of(i) == reader);
    BOOST_TEST(b.owner_of(i) == reader);
  }
  advance(2 * handover);
  BOOST_TEST(a.unreachable.why.empty());
  BOOST_TEST(ask<cluster_status>(a.actor, query_status{})->reasons.empty());
  BOOST_TEST(gauge(system, metrics::partitions_interim)->value() > 0);
}

BOOST_AUTO_TEST_CASE(has_them_give_up_what_the_group_has_assigned) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  auto was_bs = b.ordered();
  for (std::int32_t i = 0; i < 4; ++i)
    assign(a, i);
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(b.ordered().empty());
  for (auto i : was_bs)
    read_no_more(b, i);
  for (std::int32_t i = 0; i < 4; ++i) {
    BOOST_TEST(a.owner_of(i) == "a");
    BOOST_TEST(b.owner_of(i) == "a");
  }
  BOOST_TEST(gauge(system, metrics::partitions_interim)->value() == 0);
}

// It was not heard of, and still has its partitions from the group.
BOOST_AUTO_TEST_CASE(goes_back_to_a_lost_node_that_is_there_again) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  BOOST_TEST(c.ordered().empty()); // nobody else had anything
  heal();
  BOOST_TEST(a.ordered().empty());
  BOOST_TEST(b.ordered().empty());
  for (std::int32_t i = 0; i < 4; ++i) {
    BOOST_TEST(a.owner_of(i) == "c");
    BOOST_TEST(b.owner_of(i) == "c");
  }
}

BOOST_AUTO_TEST_CASE(waits_for_what_moves_from_one_member_to_another) {
  auto [a, b, c] = start_three();
  revoke(c, 0);
  advance(interim_readers::grace - 1ms);
  for (auto* x : {&a, &b, &c})
    BOOST_TEST(x->ordered().empty());
  advance(interim_readers::turn * 2 + 1ms);
  BOOST_TEST(
    !together(together(a.ordered(), b.ordered()), c.ordered()).empty());
}

BOOST_AUTO_TEST_CASE(has_others_read_at_once_what_a_node_had_that_drains) {
  auto [a, b, c] = start_three();
  tell(c.actor, group_leaving{});
  for (std::int32_t i = 0; i < 4; ++i)
    revoke(c, i);
  BOOST_TEST((together(a.ordered(), b.ordered()) == numbers{0, 1, 2, 3}));
  BOOST_TEST(c.ordered().empty());
  advance(interim_readers::grace * 2);
  BOOST_TEST(c.ordered().empty());
}

BOOST_AUTO_TEST_CASE(tells_who_comes_what_is_read_for_others) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  for (auto* x : {&a, &b})
    for (auto i : x->ordered())
      read_for_others(*x, i);
  auto& d = start("d", {"at-a"});
  connect();
  join_group(d);
  for (std::int32_t i = 0; i < 4; ++i)
    BOOST_TEST(d.owner_of(i) == (a.ordered().contains(i) ? "a" : "b"));
  // As interim readers: who has it from the group comes first.
  auto claims = d.events.size();
  assign(d, 0);
  BOOST_TEST(d.owner_of(0) == "d");
  BOOST_TEST(d.events.size() == claims + 1);
  BOOST_TEST(!together(a.ordered(), b.ordered()).contains(0));
}

BOOST_AUTO_TEST_CASE(leaves_it_to_nodes_of_its_version) {
  auto& a = start("a");
  auto& b = start("b", {"at-a"});
  auto& c = start("c", {"at-a"});
  b.is_from_before = true;
  connect();
  for (auto* x : {&a, &b, &c})
    join_group(*x);
  for (std::int32_t i = 0; i < 4; ++i)
    assign(c, i);
  lose("c", {"a", "b"});
  BOOST_TEST((a.ordered() == numbers{0, 1, 2, 3}));
  for (std::int32_t i = 0; i < 4; ++i)
    read_for_others(a, i);
  // It takes these for any other claims.
  for (std::int32_t i = 0; i < 4; ++i)
    BOOST_TEST(b.owner_of(i) == "a");
}

BOOST_AUTO_TEST_CASE(reads_nothing_for_others_in_a_group_of_strangers) {
  auto [a, b, c] = start_three();
  lose("c", {"a", "b"});
  lose("b", {"a"});
  BOOST_TEST((a.ordered() == numbers{0, 1, 2, 3}));
  group_report report{false, false, false, {}};
  report.reader = a.reader;
  report.group.emplace().members = {member_of("x", {0, 1}),
                                    member_of("y", {2, 3})};
  ask<group_order>(a.actor, report);
  for (int i = 0; i < 5; ++i)
    advance(timeout / 4);
  ask<group_order>(a.actor, report);
  BOOST_TEST(a.exclusions == 1u);
  BOOST_TEST(a.ordered().empty());
}

// Or nobody would notice that it is in the way.
BOOST_AUTO_TEST_CASE(leaves_to_an_application_what_the_group_has_given_it) {
  auto [a, b, c] = start_three();
  revoke(c, 0);
  advance(interim_readers::grace + 2 * interim_readers::turn);
  BOOST_TEST(a.ordered().contains(0));
  read_for_others(a, 0);
  group_report report{true, true, false, {}};
  report.reader = a.reader;
  report.group.emplace().members
    = {{"kcat-1", "", "kcat", "/10.0.0.9", {{"topic", 0}}}};
  ask<group_order>(a.actor, report);
  BOOST_TEST(a.ordered().empty());
  read_no_more(a, 0);
  for (int i = 0; i < 10; ++i)
    advance(timeout / 4);
  BOOST_TEST(a.unreachable.why.at({"topic", 0}).find("kcat")
             != std::string::npos);
  // It is another matter when a node has had it since.
  assign(c, 0);
  lose("c", {"a", "b"});
  BOOST_TEST(together(a.ordered(), b.ordered()).contains(0));
}

// Whoever comes to the port may give any name, and come from any port.
BOOST_AUTO_TEST_CASE(counts_refused_links_and_keeps_little_of_them) {
  auto& a = start("a");
  auto refused = count(system, metrics::links_refused, "secret");
  for (int i = 0; i < 10'000; ++i) {
    cluster::hello hello;
    hello.node = "n" + std::to_string(i);
    lend_thread_to(a.actor);
    a.owner->on_failed({false,
                        "10.0.0.1:" + std::to_string(i),
                        hello,
                        {cluster::refusal_code::secret, "the secrets differ"}});
  }
  BOOST_TEST(refused->value() == 10'000);
}

// -- topics that are new ------------------------------------------------------

struct with_topics : fixture {
  /// `is_read`: once that is the answer.
  void await(node& x, std::set<std::string> topics, bool& is_read) {
    keep(system.spawn([&x, topics, &is_read](caf::event_based_actor* me) {
      me->request(x.actor, caf::infinite, await_readers{topics})
        .then([&is_read] { is_read = true; });
    }));
    run();
  }

  void know(node& x, std::int32_t partitions) {
    tell(x.actor, topic_known{"topic", partitions, {}});
  }
};

BOOST_FIXTURE_TEST_CASE(tells_when_each_partition_of_topics_has_a_reader,
                        with_topics) {
  auto& a = start("a");
  auto is_read = false;
  await(a, {"topic"}, is_read);
  assign(a, 0);
  BOOST_TEST(!is_read); // of how many?
  know(a, 2);
  BOOST_TEST(!is_read);
  assign(a, 1);
  BOOST_TEST(is_read);
  auto is_read_again = false;
  await(a, {"topic"}, is_read_again);
  BOOST_TEST(is_read_again);
}

BOOST_FIXTURE_TEST_CASE(tells_so_as_soon_as_it_knows_what_others_read,
                        with_topics) {
  auto &a = start("a"), &b = start("b", {"at-a"});
  connect();
  for (auto i : {0, 1})
    assign(b, i);
  auto is_read = false;
  await(a, {"topic"}, is_read);
  BOOST_TEST(!is_read);
  know(a, 2);
  BOOST_TEST(is_read);
}

BOOST_FIXTURE_TEST_CASE(takes_a_topic_that_is_not_read_any_more_for_a_new_one,
                        with_topics) {
  auto& a = start("a");
  know(a, 1);
  assign(a, 0);
  revoke(a, 0);
  know(a, 0);
  auto is_read = false;
  await(a, {"topic"}, is_read);
  assign(a, 0);
  BOOST_TEST(!is_read);
  know(a, 1);
  BOOST_TEST(is_read);
  BOOST_TEST(a.topics.size() == 3u);
}

BOOST_AUTO_TEST_CASE(stays_alone_without_links) {
  std::vector<partition_assigned> assigned;
  std::vector<partition_revoked> revoked;
  std::vector<topic_known> topics;
  cluster_node_options options;
  options.self.node = "a";
  options.timeout = timeout;
  std::vector<partitions_unreachable> unreachable;
  auto router = spawn_probe<partition_router_actor>(&assigned, &revoked,
                                                    &topics, &unreachable);
  auto alone = keep(spawn_cluster(executor, std::move(options), router));
  tell(alone, partition_assigned{"topic", 0, consumer("a")});
  tell(alone, partition_revoked{"topic", 0});
  BOOST_TEST(assigned.size() == 1u);
  BOOST_TEST(revoked.size() == 1u);
  auto status = ask<cluster_status>(alone, query_status{});
  BOOST_TEST_REQUIRE(status.has_value());
  BOOST_TEST(status->nodes.size() == 1u);
  BOOST_TEST(status->nodes[0].state == "up");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
