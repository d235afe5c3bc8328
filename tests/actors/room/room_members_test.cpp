#include "actors/room/room_members.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <set>

namespace weir {

namespace {

struct fixture {
  void add(const socket_ptr& socket) { members.add({{}, socket}); }

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
  add(a);
  members.remove(a);
  add(a);
  BOOST_TEST(members.size() == 1u);
  BOOST_TEST(members.find(a)->socket == a);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
