#include "actors/cluster/interim_readers.hpp"

#include "tests/support/more_seeds.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using instant = interim_readers::instant;
using names = std::set<std::string>;
using partition_set = std::set<kafka::topic_partition>;

constexpr auto grace = interim_readers::grace;
constexpr auto turn = interim_readers::turn;

bool always(const kafka::topic_partition&, const interim_readers::vacancy&) {
  return true;
}

struct fixture {
  fixture() { readers.know("chat", 4, true); }

  void lose(const kafka::topic_partition& x, bool is_gone = true) {
    readers.vacate(x, {"lost", is_gone, now});
  }

  bool reads(const kafka::topic_partition& x, const names& others = {},
             bool may_read = true) {
    auto may = [&](auto&, auto&) { return may_read; };
    return readers.update(claims, others, may, now).contains(x);
  }

  /// One of the topic's partitions that `a` is to read before or after `b`.
  kafka::topic_partition partition_of_a(bool is_first) {
    for (std::int32_t i = 0; i < 4; ++i) {
      interim_readers a{"a"};
      a.know("chat", 4, true);
      a.vacate({"chat", i}, {"lost", true, now});
      if (a.update(claims, {"b"}, always, now).contains({"chat", i})
          == is_first)
        return {"chat", i};
    }
    BOOST_FAIL("one node has all");
    return {};
  }

  instant now{1h};
  ownership_table claims;
  interim_readers readers{"a"};
  const kafka::topic_partition x{"chat", 1};
};

BOOST_FIXTURE_TEST_SUITE(interim_readers_, fixture)

BOOST_AUTO_TEST_CASE(read_at_once_what_a_lost_node_had) {
  BOOST_TEST(!reads(x));
  lose(x);
  BOOST_TEST(reads(x));
  BOOST_TEST((readers.vacancy_of(x)->node == "lost"));
}

BOOST_AUTO_TEST_CASE(wait_a_while_for_what_is_on_its_way_to_another_member) {
  lose(x, false);
  BOOST_TEST(!reads(x));
  BOOST_TEST((readers.due() == now + grace));
  now += grace;
  BOOST_TEST(reads(x));
  BOOST_TEST(!readers.due().has_value());
}

BOOST_AUTO_TEST_CASE(leave_alone_what_has_a_reader_by_then) {
  lose(x, false);
  BOOST_TEST(!reads(x));
  claims.claim("b", {x, {}});
  now += grace;
  BOOST_TEST(!reads(x));
}

BOOST_AUTO_TEST_CASE(give_up_what_the_group_has_assigned) {
  lose(x);
  BOOST_TEST(reads(x));
  claims.claim("a", {x, {}, true}); // its own
  BOOST_TEST(reads(x));
  claims.claim("b", {x, {}});
  BOOST_TEST(!reads(x));
}

BOOST_AUTO_TEST_CASE(agree_on_who_is_first) {
  auto mine = partition_of_a(true), its = partition_of_a(false);
  lose(mine), lose(its);
  BOOST_TEST(reads(mine, {"b"}));
  BOOST_TEST(!reads(its, {"b"}));
}

BOOST_AUTO_TEST_CASE(take_the_place_of_one_that_does_not_begin) {
  auto y = partition_of_a(false);
  lose(y);
  BOOST_TEST(!reads(y, {"b"}));
  BOOST_TEST((readers.due() == now + turn));
  now += turn;
  BOOST_TEST(reads(y, {"b"}));
  claims.claim("a", {y, {}, true});
  claims.claim("b", {y, {}, true}); // it was late
  BOOST_TEST(!reads(y, {"b"}));
}

BOOST_AUTO_TEST_CASE(stay_where_one_begins_that_comes_after_them) {
  auto y = partition_of_a(true);
  lose(y);
  BOOST_TEST(reads(y, {"b"}));
  claims.claim("b", {y, {}, true});
  BOOST_TEST(reads(y, {"b"}));
}

BOOST_AUTO_TEST_CASE(leave_a_reader_alone_that_comes_after_them) {
  auto y = partition_of_a(true);
  claims.claim("b", {y, {}, true});
  lose(y);
  BOOST_TEST(!reads(y, {"b"}));
}

BOOST_AUTO_TEST_CASE(read_nothing_while_they_may_not) {
  lose(x);
  BOOST_TEST(!reads(x, {}, false));
  BOOST_TEST(reads(x));
  BOOST_TEST(!reads(x, {}, false));
}

BOOST_AUTO_TEST_CASE(read_nothing_of_a_topic_that_is_not_there) {
  lose(x);
  readers.know("chat", 4, false);
  BOOST_TEST(!reads(x));
  readers.know("chat", 4, true);
  BOOST_TEST(reads(x));
  readers.know("chat", 1, true); // it was created again, and is smaller
  BOOST_TEST(!reads(x));
  readers.know("chat", 4, true);
  BOOST_TEST(!reads(x)); // that one had no reader
}

// It is assigned by the group where this node subscribes to it again.
BOOST_AUTO_TEST_CASE(read_nothing_of_what_was_vacated_while_they_did_not) {
  lose(x);
  readers.know("chat", 0, true);
  BOOST_TEST(!reads(x));
  lose(x);
  readers.know("chat", 4, true);
  BOOST_TEST(!reads(x));
  lose(x);
  BOOST_TEST(reads(x));
}

BOOST_AUTO_TEST_CASE(know_nothing_of_what_never_had_a_reader) {
  now += 24h;
  BOOST_TEST(!reads(x));
}

BOOST_AUTO_TEST_CASE(share_what_a_node_had) {
  readers.know("chat", 300, true);
  for (std::int32_t i = 0; i < 300; ++i)
    lose({"chat", i});
  auto n = readers.update(claims, {"b", "c"}, always, now).size();
  BOOST_TEST(n > 60u);
  BOOST_TEST(n < 140u);
}

BOOST_AUTO_TEST_SUITE_END()

// -- random worlds ------------------------------------------------------------

/// Nodes that tell each other of their claims as CLUSTER does, over links that
/// take their time and end; and a consumer group that takes its own. All of it
/// is played in steps of 10 ms.
class interim_world {
public:
  static constexpr std::int32_t count = 6;

  explicit interim_world(unsigned seed) : random_(seed) {
    auto n = one_of(2, 6);
    for (int i = 0; i < n; ++i)
      nodes_.emplace(std::string(1, static_cast<char>('a' + i)),
                     std::string(1, static_cast<char>('a' + i)));
    for (auto& [name, x] : nodes_)
      for (auto& [other, y] : nodes_)
        if (name != other)
          link(x, y);
    for (std::int32_t i = 0; i < count; ++i)
      assign(i);
  }

  void play() {
    for (int i = 0; i < 400; ++i) {
      if (one_of(0, 20) == 0)
        something_happens();
      step();
    }
  }

  /// The group does nothing, and links stay as they are.
  void settle() {
    for (int i = 0; i < 600; ++i)
      step();
  }

  /// Each node that would read can reach a reader of each partition.
  void check_all_are_read() {
    for (auto& [name, x] : nodes_)
      if (x.may_read)
        for (std::int32_t i = 0; i < count; ++i)
          BOOST_TEST(!readers(x, i).empty(), name << " and " << i);
  }

  /// Who reads for the time being reaches nobody who would do it better.
  void check_none_is_read_twice() {
    for (auto& [name, x] : nodes_)
      for (auto& p : x.reads) {
        BOOST_TEST(!x.claims.is_assigned(p), name << " and " << p.partition);
        BOOST_TEST(x.claims.interim_readers_of(p).size() == 1u,
                   name << " and " << p.partition);
      }
  }

  void heal() {
    for (auto& [name, x] : nodes_)
      for (auto& [other, y] : nodes_)
        if (name != other && x.is_alive && y.is_alive
            && !x.links.contains(other))
          link(x, y);
  }

  /// The group has noticed everything.
  void assign_all() {
    for (std::int32_t i = 0; i < count; ++i)
      if (owner_of(i) == nullptr)
        assign(i);
  }

  void check_nobody_reads_for_the_time_being() {
    for (auto& [name, x] : nodes_)
      BOOST_TEST(x.reads.empty(), name);
  }

private:
  struct news {
    instant at;
    std::function<void()> happens;
  };

  struct node {
    explicit node(std::string x) : name(std::move(x)), readers(name) {
      readers.know("chat", count, true);
    }

    std::string name;
    bool is_alive = true;
    bool may_read = true;
    ownership_table claims;
    interim_readers readers;
    partition_set reads;
    names links;
    std::map<std::string, std::deque<news>> mail; ///< by sender
  };

  int one_of(int from, int to) {
    return std::uniform_int_distribution{from, to}(random_);
  }

  node& any_node() {
    return std::next(nodes_.begin(),
                     one_of(0, static_cast<int>(nodes_.size()) - 1))
      ->second;
  }

  static kafka::topic_partition at(std::int32_t i) { return {"chat", i}; }

  std::vector<std::string> readers(const node& x, std::int32_t i) {
    std::vector<std::string> result;
    for (auto& [name, y] : nodes_)
      for (auto& z : x.claims.claims_of(name))
        if (z.partition == at(i))
          result.push_back(name);
    return result;
  }

  node* owner_of(std::int32_t i) {
    for (auto& [name, x] : nodes_)
      if (x.is_alive)
        for (auto& y : x.claims.claims_of(name))
          if (y.partition == at(i) && !y.is_interim)
            return &x;
    return nullptr;
  }

  void send(node& from, node& to, std::function<void()> f) {
    auto& box = to.mail[from.name];
    auto at = now_ + std::chrono::milliseconds{one_of(0, 60)};
    box.push_back({box.empty() ? at : std::max(at, box.back().at), f});
  }

  void claim(node& x, std::int32_t i, bool is_interim) {
    x.claims.claim(x.name, {at(i), {}, is_interim});
    for (auto& other : x.links)
      send(x, nodes_.at(other), [this, i, is_interim, &x, other] {
        nodes_.at(other).claims.claim(x.name, {at(i), {}, is_interim});
      });
  }

  void give(node& x, std::int32_t i) {
    take_back(x, x.name, i, !x.may_read);
    tell_given(x, i);
  }

  void tell_given(node& x, std::int32_t i) {
    for (auto& other : x.links)
      send(x, nodes_.at(other), [this, i, &x, other, gone = !x.may_read] {
        take_back(nodes_.at(other), x.name, i, gone);
      });
  }

  void take_back(node& at_node, const std::string& whose, std::int32_t i,
                 bool is_gone) {
    at_node.claims.drop(whose, at(i));
    at_node.readers.vacate(at(i), {whose, is_gone, now_});
  }

  void link(node& a, node& b) {
    a.links.insert(b.name);
    for (auto& x : a.claims.claims_of(a.name))
      send(a, b, [&a, &b, x] { b.claims.claim(a.name, x); });
  }

  void cut(node& a, node& b) {
    lose(a, b.name);
    lose(b, a.name);
  }

  void lose(node& x, const std::string& other) {
    x.links.erase(other);
    x.mail.erase(other);
    for (auto& y : x.claims.claims_of(other))
      take_back(x, other, y.partition.partition, true);
  }

  void kill(node& x) {
    if (!x.is_alive || !others_may_read(x))
      return;
    x.is_alive = x.may_read = false;
    x.reads.clear();
    for (auto other : names{x.links})
      cut(x, nodes_.at(other));
  }

  /// Somebody else does.
  bool others_may_read(const node& x) const {
    return std::any_of(nodes_.begin(), nodes_.end(), [&](auto& y) {
      return &y.second != &x && y.second.may_read;
    });
  }

  /// By the group: to a member that is there.
  void assign(std::int32_t i) {
    for (;;)
      if (auto& x = any_node(); x.may_read) {
        x.reads.erase(at(i));
        return claim(x, i, false);
      }
  }

  void drain(node& x) {
    if (!x.may_read || !others_may_read(x))
      return;
    x.may_read = false;
    for (std::int32_t i = 0; i < count; ++i)
      if (owner_of(i) == &x)
        give(x, i);
  }

  void something_happens() {
    auto& x = any_node();
    auto& y = any_node();
    auto i = one_of(0, count - 1);
    switch (one_of(0, 6)) {
      case 0:
        return kill(x);
      case 1:
        return drain(x);
      case 2:
      case 3:
        return x.links.contains(y.name) ? cut(x, y) : void();
      case 4:
        return heal();
      case 5: // an ordinary move
        if (auto* owner = owner_of(i))
          give(*owner, i);
        return;
      default: // the group gets on with it
        return owner_of(i) == nullptr ? assign(i) : void();
    }
  }

  void step() {
    now_ += 10ms;
    for (auto& [name, x] : nodes_) {
      for (auto& [from, box] : x.mail)
        while (!box.empty() && box.front().at <= now_) {
          auto f = std::move(box.front().happens);
          box.pop_front();
          f();
        }
      if (x.is_alive)
        update(x);
    }
  }

  void update(node& x) {
    names others;
    for (auto& other : x.links)
      if (nodes_.at(other).may_read)
        others.insert(other);
    auto may = [&](auto&, auto&) { return x.may_read; };
    auto wanted = x.readers.update(x.claims, others, may, now_);
    for (auto& p : partition_set{x.reads})
      if (!wanted.contains(p)) {
        x.reads.erase(p);
        x.claims.drop(x.name, p);
        tell_given(x, p.partition);
      }
    for (auto& p : wanted)
      if (x.reads.insert(p).second)
        claim(x, p.partition, true);
  }

  std::mt19937 random_;
  instant now_{1h};
  std::map<std::string, node> nodes_;
};

BOOST_AUTO_TEST_SUITE(interim_readers_in_random_worlds)

BOOST_AUTO_TEST_CASE(read_each_lost_partition_once) {
  for (unsigned seed = 0; seed < 300 + test::more_seeds(); ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      interim_world x{seed};
      x.settle(); // all know who reads what
      x.play();
      x.settle();
      x.check_all_are_read();
      x.check_none_is_read_twice();
      x.heal();
      x.settle();
      x.check_all_are_read();
      x.check_none_is_read_twice();
      x.assign_all();
      x.settle();
      x.check_all_are_read();
      x.check_nobody_reads_for_the_time_being();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
