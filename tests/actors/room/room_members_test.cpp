#include "actors/room/room_members.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <set>

namespace weir {

namespace {

struct fixture {
  /// A member, as far as it is behind.
  room_member& add(const socket_ptr& socket, positions behind = {}) {
    room_member x;
    x.socket = socket;
    x.behind = std::move(behind);
    auto& result = members.add(std::move(x));
    members.note(result);
    return result;
  }

  static socket_ptr make_socket() {
    return std::make_shared<const socket_identity>();
  }

  using sockets = std::set<socket_ptr>;

  sockets all() const {
    sockets result;
    for (auto& x : members.all())
      result.insert(x.socket);
    return result;
  }

  sockets all_behind() {
    sockets result;
    members.each_behind([&](room_member& x) { result.insert(x.socket); });
    return result;
  }

  room_members members;
  socket_ptr a = make_socket(), b = make_socket(), c = make_socket();
};

BOOST_FIXTURE_TEST_SUITE(room_members_of_a_room, fixture)

BOOST_AUTO_TEST_CASE(are_found_by_their_socket) {
  BOOST_TEST(members.empty());
  add(a), add(b);
  BOOST_TEST(members.size() == 2u);
  BOOST_TEST(members.find(a)->socket == a);
  BOOST_TEST(members.find(b)->socket == b);
  BOOST_TEST(members.find(c) == nullptr);
}

BOOST_AUTO_TEST_CASE(are_found_whichever_was_removed) {
  for (auto& gone : {a, b, c}) {
    members = {};
    add(a), add(b), add(c);
    members.remove(gone);
    members.remove(gone); // twice does no harm
    BOOST_TEST(members.size() == 2u);
    for (auto& x : {a, b, c}) {
      auto* found = members.find(x);
      BOOST_TEST((found == nullptr) == (x == gone));
      BOOST_TEST((found == nullptr || found->socket == x));
    }
    auto rest = sockets{a, b, c};
    rest.erase(gone);
    BOOST_TEST((all() == rest));
  }
}

BOOST_AUTO_TEST_CASE(may_come_again) {
  add(a, {{0, 5}});
  members.remove(a);
  add(a);
  BOOST_TEST(members.size() == 1u);
  BOOST_TEST(members.behind() == 0u);
  BOOST_TEST(!members.find(a)->is_behind());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(room_members_that_are_behind, fixture)

BOOST_AUTO_TEST_CASE(are_distinguished_from_the_others) {
  add(a, {{0, 5}}), add(b), add(c, {{1, 0}});
  BOOST_TEST(members.behind() == 2u);
  BOOST_TEST((all_behind() == sockets{a, c}));
}

BOOST_AUTO_TEST_CASE(are_those_that_were_noted_last) {
  add(a, {{0, 5}}), add(b);
  auto& x = *members.find(a);
  x.behind.clear();
  members.note(x);
  auto& y = *members.find(b);
  y.behind[1] = 2;
  members.note(y), members.note(y);
  BOOST_TEST((all_behind() == sockets{b}));
  BOOST_TEST(members.behind() == 1u);
}

BOOST_AUTO_TEST_CASE(are_fewer_when_one_is_removed_and_stay_found) {
  add(a, {{0, 5}}), add(b), add(c, {{0, 7}});
  members.remove(b); // the last takes its place
  BOOST_TEST((all_behind() == sockets{a, c}));
  members.remove(a);
  BOOST_TEST((all_behind() == sockets{c}));
  BOOST_TEST(members.behind() == 1u);
  BOOST_TEST(members.find(c)->behind.at(0) == 7);
}

BOOST_AUTO_TEST_CASE(may_catch_up_while_they_are_gone_through) {
  add(a, {{0, 5}}), add(b, {{0, 6}});
  int n = 0;
  members.each_behind([&](room_member& x) {
    ++n;
    x.behind.clear();
    members.note(x);
  });
  BOOST_TEST(n == 2);
  BOOST_TEST(members.behind() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_room_member, fixture)

BOOST_AUTO_TEST_CASE(waits_where_it_is_and_further_ahead) {
  auto& x = add(a, {{0, 5}});
  x.budget = 1;
  BOOST_TEST(x.waits_at(0, 4));
  BOOST_TEST(x.waits_at(0, 5));
  BOOST_TEST(!x.waits_at(0, 6)); // the replay has passed it
}

BOOST_AUTO_TEST_CASE(waits_in_no_other_partition_and_not_without_a_budget) {
  auto& x = add(a, {{0, 5}});
  BOOST_TEST(!x.waits_at(0, 5));
  x.budget = 1;
  BOOST_TEST(!x.waits_at(1, 5));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
