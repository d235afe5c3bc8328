#include "actors/cluster/membership.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

cluster::hello hello_of(const std::string& name,
                        std::uint64_t incarnation = 1) {
  cluster::hello result;
  result.node = name;
  result.incarnation = incarnation;
  result.address = "at-" + name;
  return result;
}

/// The node "m", which knows of a seed at "seed".
struct fixture {
  std::string state(const std::string& name) const {
    auto* x = members.find(name);
    return x ? std::string{to_string(x->state)} : "unknown";
  }

  texts due() { return members.take_due(now); }

  std::string admit(const cluster::hello& x, bool dialed = false) {
    return members.admit(x, dialed, now);
  }

  /// A link that the other side has begun.
  void link(const std::string& name, std::uint64_t incarnation = 1) {
    BOOST_TEST(admit(hello_of(name, incarnation)) == "");
    BOOST_TEST(members.join(name, incarnation, now));
  }

  membership::instant now{100s};
  membership members{hello_of("m"), {"seed", "at-m"}, 4000ms};
};

BOOST_FIXTURE_TEST_SUITE(a_membership, fixture)

BOOST_AUTO_TEST_CASE(dials_its_seeds_but_not_itself) {
  BOOST_TEST(due() == texts{"seed"});
  BOOST_TEST(due().empty()); // it is being dialed
}

BOOST_AUTO_TEST_CASE(dials_again_with_growing_pauses) {
  std::vector<long> pauses;
  for (int i = 0; i < 6; ++i) {
    due();
    members.dial_ended("seed", "", false, now);
    auto begin = now;
    while (due().empty())
      now += 50ms;
    members.dial_ended("seed", "", false, now);
    pauses.push_back(
      std::chrono::duration_cast<std::chrono::milliseconds>(now - begin)
        .count());
  }
  BOOST_TEST(pauses.front() == 200);
  BOOST_TEST(pauses.back() == 2000);
}

BOOST_AUTO_TEST_CASE(is_joined_once_the_first_message_is_there) {
  BOOST_TEST(admit(hello_of("a"), true) == "");
  BOOST_TEST(state("a") == "joining");
  BOOST_TEST(members.join("a", 1, now));
  BOOST_TEST(state("a") == "up");
  BOOST_TEST(members.addresses() == texts{"at-a"});
}

BOOST_AUTO_TEST_CASE(does_not_dial_who_is_linked) {
  due();
  admit(hello_of("a"), true);
  members.dial_ended("seed", "a", true, now);
  members.join("a", 1, now);
  now += 1h;
  BOOST_TEST(due().empty()); // neither as the seed nor at its own address
  members.lose("a", 1, now);
  BOOST_TEST(due() == (texts{"at-a", "seed"}));
}

BOOST_AUTO_TEST_CASE(dials_whom_others_tell_of) {
  due();
  members.learn("at-b", now);
  members.learn("at-m", now);
  BOOST_TEST(due() == texts{"at-b"});
}

BOOST_AUTO_TEST_CASE(dials_no_address_that_nobody_tells_of_any_more) {
  members.learn("at-b", now);
  now += membership::unconfirmed - 1s;
  members.tick(now);
  BOOST_TEST(due() == (texts{"at-b", "seed"}));
  members.dial_ended("at-b", "", false, now);
  members.learn("at-b", now);
  now += membership::unconfirmed - 1s;
  members.tick(now);
  BOOST_TEST(due() == texts{"at-b"}); // somebody has told of it again
  members.dial_ended("at-b", "", false, now);
  now += 1s;
  members.tick(now);
  now += 10s;
  BOOST_TEST(due().empty());
}

BOOST_AUTO_TEST_CASE(dials_no_address_that_a_node_had_before) {
  due();
  members.dial_ended("seed", "", false, now + 24h);
  link("a");
  members.lose("a", 1, now);
  auto again = hello_of("a", 2);
  again.address = "at-its-new-place";
  BOOST_TEST(admit(again) == "");
  BOOST_TEST(members.join("a", 2, now));
  members.tick(now);
  now += 10s;
  BOOST_TEST(due().empty());
  members.lose("a", 2, now);
  BOOST_TEST(due() == texts{"at-its-new-place"});
}

BOOST_AUTO_TEST_CASE(takes_one_link_to_a_node) {
  link("a");
  BOOST_TEST(admit(hello_of("a")) == membership::already_linked);
  BOOST_TEST(admit(hello_of("a"), true) == membership::already_linked);
  BOOST_TEST(state("a") == "up");
}

BOOST_AUTO_TEST_CASE(takes_a_new_start_of_a_node_for_the_old_one) {
  link("a", 1);
  BOOST_TEST(admit(hello_of("a", 2)) == "");
  BOOST_TEST(state("a") == "joining");
  BOOST_TEST(!members.lose("a", 1, now)); // the old link's end changes nothing
  BOOST_TEST(!members.join("a", 1, now));
  BOOST_TEST(members.join("a", 2, now));
  BOOST_TEST(state("a") == "up");
}

BOOST_AUTO_TEST_CASE(refuses_an_older_start_while_the_newer_is_there) {
  link("a", 2);
  BOOST_TEST(admit(hello_of("a", 1)).find("two nodes") != std::string::npos);
  members.lose("a", 2, now);
  BOOST_TEST(admit(hello_of("a", 1)) == ""); // clocks may be set back
}

BOOST_AUTO_TEST_CASE(forgets_a_link_that_did_not_come_about) {
  due();
  admit(hello_of("a"), true);
  members.dial_ended("seed", "a", false, now);
  BOOST_TEST(state("a") == "down");
  BOOST_TEST(admit(hello_of("a")) == "");
}

BOOST_AUTO_TEST_CASE(gives_up_a_link_without_a_first_message) {
  admit(hello_of("a"));
  now += 3999ms;
  BOOST_TEST(members.tick(now).empty());
  now += 1ms;
  auto late = members.tick(now);
  BOOST_TEST_REQUIRE(late.size() == 1u);
  BOOST_TEST(late[0].name == "a");
  BOOST_TEST(state("a") == "down");
}

BOOST_AUTO_TEST_CASE(suspects_who_is_silent_until_it_is_heard) {
  link("a");
  now += 2s;
  members.tick(now);
  BOOST_TEST(state("a") == "suspect");
  BOOST_TEST(members.addresses() == texts{"at-a"});
  members.hear("a", 7, 3, now);
  BOOST_TEST(state("a") == "up");
  BOOST_TEST(members.find("a")->connections == 7u);
}

BOOST_AUTO_TEST_CASE(misses_who_is_away_and_has_not_left) {
  link("a"), link("b"), link("c");
  BOOST_TEST(members.missing().empty());
  members.lose("a", 1, now);
  members.leave("b", 1, now);
  BOOST_TEST(members.missing() == texts{"a"});
  admit(hello_of("a", 2)); // and has yet to say anything
  BOOST_TEST(members.missing() == texts{"a"});
  members.join("a", 2, now);
  BOOST_TEST(members.missing().empty());
  members.lose("c", 1, now);
  now += membership::remembered;
  members.tick(now);
  BOOST_TEST(members.missing().empty());
}

BOOST_AUTO_TEST_CASE(does_not_dial_who_has_left_unless_it_is_a_seed) {
  due();
  members.dial_ended("seed", "", false, now);
  link("a"), link("seed");
  members.leave("a", 1, now);
  BOOST_TEST(state("a") == "left");
  now += 10s;
  members.tick(now);
  BOOST_TEST(due() == texts{"seed"});
}

BOOST_AUTO_TEST_CASE(forgets_who_is_away_for_long) {
  link("a");
  members.lose("a", 1, now);
  now += membership::remembered;
  members.tick(now);
  BOOST_TEST(state("a") == "unknown");
  BOOST_TEST(due() == texts{"seed"});
}

BOOST_AUTO_TEST_SUITE_END()

/// Two nodes, and the two dials with which they begin at once. A dial is
/// admitted by who dials, then by the other.
struct crossing {
  membership a{hello_of("a"), {"at-b"}, 4000ms};
  membership b{hello_of("b"), {"at-a"}, 4000ms};
  membership::instant now{100s};
  bool a_stands = true, b_stands = true;

  void a_begins() {
    if (a_stands)
      a_stands = a.admit(hello_of("b"), true, now).empty();
  }
  void a_arrives() {
    if (a_stands)
      a_stands = b.admit(hello_of("a"), false, now).empty();
    a.dial_ended("at-b", "b", a_stands, now);
  }
  void b_begins() {
    if (b_stands)
      b_stands = b.admit(hello_of("a"), true, now).empty();
  }
  void b_arrives() {
    if (b_stands)
      b_stands = a.admit(hello_of("b"), false, now).empty();
    b.dial_ended("at-a", "a", b_stands, now);
  }
};

// All ways in which the four steps can interleave.
BOOST_AUTO_TEST_CASE(of_two_dials_that_cross_exactly_one_stands) {
  const std::vector<std::string> orders{"AaBb", "ABab", "ABba",
                                        "BbAa", "BAba", "BAab"};
  for (auto& order : orders) {
    crossing x;
    x.a.take_due(x.now), x.b.take_due(x.now);
    for (auto step : order)
      step == 'A'   ? x.a_begins()
      : step == 'a' ? x.a_arrives()
      : step == 'B' ? x.b_begins()
                    : x.b_arrives();
    BOOST_TEST((x.a_stands != x.b_stands), order);
    BOOST_TEST(x.a.join("b", 1, x.now), order);
    BOOST_TEST(x.b.join("a", 1, x.now), order);
  }
}

} // namespace

} // namespace weir
