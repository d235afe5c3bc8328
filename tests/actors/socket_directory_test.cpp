#include "actors/socket_directory.hpp"

#include "actors/messages.hpp"
#include "tests/support/deterministic_actor_system.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {
namespace {

struct fixture : test::deterministic_actor_system {
  struct owner {
    std::vector<resume_answered> answers;
    std::vector<take_over> take_overs;
    recoverable_actor handle;
  };

  fixture() {
    for (auto* x : {&a, &b, &c})
      x->handle = spawn_probe<recoverable_actor>(&x->answers, &x->take_overs);
  }

  static socket_ptr make_socket(std::string id = "id") {
    return std::make_shared<const socket_identity>(
      socket_identity{std::move(id), 0});
  }

  void open(owner& x, const socket_ptr& socket) {
    tell(directory, socket_opened{x.handle, socket});
  }

  void close(const socket_ptr& socket, std::int64_t known = 0) {
    tell(directory, socket_closed{socket, known});
  }

  socket_ptr resume(owner& x, std::int64_t seconds = 0) {
    auto socket = make_socket();
    tell(directory, resume_socket{x.handle, socket, seconds});
    return socket;
  }

  owner a, b, c;
  socket_directory_actor directory = keep(spawn_socket_directory(home));
};

BOOST_FIXTURE_TEST_SUITE(a_socket_directory, fixture)

BOOST_AUTO_TEST_CASE(grants_a_socket_that_nobody_has) {
  auto socket = resume(a);
  BOOST_TEST_REQUIRE(a.answers.size() == 1u);
  BOOST_TEST(a.answers[0].granted);
  BOOST_TEST((a.answers[0].socket == socket));
}

BOOST_AUTO_TEST_CASE(waits_until_the_old_connection_is_gone) {
  auto old = make_socket();
  open(a, old);
  resume(b);
  BOOST_TEST(b.answers.empty());
  BOOST_TEST_REQUIRE(a.take_overs.size() == 1u);
  BOOST_TEST((a.take_overs[0].socket == old));
  close(old);
  BOOST_TEST(b.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(lets_one_after_the_other_have_it) {
  auto old = make_socket();
  open(a, old);
  auto second = resume(b);
  resume(c);
  BOOST_TEST(a.take_overs.size() == 1u);
  close(old);
  BOOST_TEST(b.answers.size() == 1u);
  BOOST_TEST(c.answers.empty());
  BOOST_TEST(b.take_overs.size() == 1u);
  close(second);
  BOOST_TEST(c.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(knows_a_resumed_sockets_connection) {
  resume(a);
  resume(b);
  BOOST_TEST(a.take_overs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_an_offset_from_before_what_the_client_has) {
  auto old = make_socket();
  open(a, old);
  close(old, 10);
  resume(a, 9);
  BOOST_TEST(!a.answers.at(0).granted);
  resume(a, 10);
  BOOST_TEST(a.answers.at(1).granted);
}

BOOST_AUTO_TEST_CASE(does_not_take_an_older_sockets_end_for_a_newers) {
  auto old = make_socket();
  open(a, old);
  close(old);
  resume(b);
  close(old);
  resume(c);
  BOOST_TEST(c.answers.empty());
  BOOST_TEST(b.take_overs.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
