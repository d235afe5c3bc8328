#include "actors/cluster/socket_directory.hpp"

#include "actors/contract/cluster.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/recovery.hpp"
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
  socket_directory_actor directory = keep(spawn_socket_directory(executor));
};

BOOST_FIXTURE_TEST_SUITE(a_socket_directory, fixture)

BOOST_AUTO_TEST_CASE(grants_a_socket_that_nobody_has) {
  auto socket = resume(a);
  BOOST_TEST_REQUIRE(a.answers.size() == 1u);
  BOOST_TEST(a.answers[0].granted);
  BOOST_TEST((a.answers[0].socket == socket));
}

BOOST_AUTO_TEST_CASE(remembers_what_clients_have_of_so_many_that_closed) {
  directory = keep(spawn_socket_directory(executor, {}, 2));
  auto closed = [&](std::string id) { close(make_socket(std::move(id)), 10); };
  auto is_granted = [&] {
    resume(a, 9);
    return a.answers.back().granted;
  };
  closed("id"), closed("another");
  BOOST_TEST(!is_granted());
  closed("a third");
  BOOST_TEST(is_granted());
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

/// Two nodes and one that is not linked; each message between them takes the
/// way it would take over links.
struct two_nodes : test::deterministic_actor_system {
  struct owner {
    std::vector<resume_answered> answers;
    std::vector<take_over> take_overs;
    recoverable_actor handle;
  };

  two_nodes() {
    for (auto* x : {&p, &q, &r})
      x->handle = spawn_probe<recoverable_actor>(&x->answers, &x->take_overs);
    join(a, "B", b), join(a, "C", c), join(b, "A", a), join(b, "C", c);
    join(c, "A", a), join(c, "B", b);
  }

  void join(const socket_directory_actor& at, std::string tag,
            const socket_directory_actor& peer) {
    peer_joined x;
    x.tag = std::move(tag);
    x.services[std::string{socket_service}]
      = caf::actor_cast<caf::strong_actor_ptr>(peer);
    tell(at, std::move(x));
  }

  static socket_ptr make_socket() {
    return std::make_shared<const socket_identity>(socket_identity{"id", 0});
  }

  socket_ptr open(const socket_directory_actor& at, owner& x) {
    auto socket = make_socket();
    tell(at, socket_opened{x.handle, socket});
    return socket;
  }

  void close(const socket_directory_actor& at, const socket_ptr& socket,
             std::int64_t known = 0) {
    tell(at, socket_closed{socket, known});
  }

  /// `from` wrote the client's offset.
  socket_ptr resume(const socket_directory_actor& at, owner& x,
                    std::string from, std::int64_t seconds = 0) {
    auto socket = make_socket();
    tell(at, resume_socket{x.handle, socket, seconds, std::move(from)});
    return socket;
  }

  owner p, q, r;
  socket_directory_actor a = keep(spawn_socket_directory(executor, "A"));
  socket_directory_actor b = keep(spawn_socket_directory(executor, "B"));
  socket_directory_actor c = keep(spawn_socket_directory(executor, "C"));
};

BOOST_FIXTURE_TEST_SUITE(a_socket_of_another_node, two_nodes)

BOOST_AUTO_TEST_CASE(is_taken_over_from_there_first) {
  auto old = open(a, p);
  resume(b, q, "A");
  BOOST_TEST(q.answers.empty());
  BOOST_TEST_REQUIRE(p.take_overs.size() == 1u);
  close(a, old);
  BOOST_TEST_REQUIRE(q.answers.size() == 1u);
  BOOST_TEST(q.answers[0].granted);
}

BOOST_AUTO_TEST_CASE(is_granted_at_once_where_it_has_closed) {
  close(a, open(a, p));
  resume(b, q, "A");
  BOOST_TEST_REQUIRE(q.answers.size() == 1u);
  BOOST_TEST(q.answers[0].granted);
}

BOOST_AUTO_TEST_CASE(is_refused_to_an_offset_that_is_not_the_clients_last) {
  close(a, open(a, p), 10);
  resume(b, q, "A", 9);
  BOOST_TEST_REQUIRE(q.answers.size() == 1u);
  BOOST_TEST(!q.answers[0].granted);
  resume(b, q, "A", 10);
  BOOST_TEST(q.answers.at(1).granted);
}

BOOST_AUTO_TEST_CASE(is_followed_to_where_it_has_gone) {
  close(a, open(a, p));
  auto second = resume(b, q, "A");
  resume(c, r, "A"); // the client had got nothing from B
  BOOST_TEST(r.answers.empty());
  BOOST_TEST(q.take_overs.size() == 1u);
  close(b, second);
  BOOST_TEST(r.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(may_come_back_to_where_it_was_first) {
  close(a, open(a, p));
  close(b, resume(b, q, "A"));
  resume(a, p, "B");
  BOOST_TEST(p.answers.at(0).granted);
  resume(b, q, "B"); // B has handed it on to A
  BOOST_TEST(p.take_overs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_granted_when_its_node_is_not_there) {
  resume(b, q, "D");
  BOOST_TEST(q.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(is_granted_when_its_node_goes_while_it_is_asked) {
  open(a, p);
  resume(b, q, "A");
  BOOST_TEST(q.answers.empty());
  tell(b, peer_gone{"a", "A"});
  BOOST_TEST(q.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(goes_to_one_after_the_other_who_asks_for_it) {
  auto old = open(a, p);
  auto second = resume(b, q, "A");
  resume(b, r, "A");
  close(a, old);
  BOOST_TEST(q.answers.size() == 1u);
  BOOST_TEST(r.answers.empty());
  BOOST_TEST(q.take_overs.size() == 1u);
  close(b, second);
  BOOST_TEST(r.answers.at(0).granted);
}

BOOST_AUTO_TEST_CASE(is_not_kept_for_a_client_that_has_gone_meanwhile) {
  auto old = open(a, p);
  auto second = resume(b, q, "A");
  close(b, second); // before A has answered
  close(a, old);
  resume(b, r, "A");
  BOOST_TEST(r.answers.at(0).granted);
  BOOST_TEST(q.take_overs.empty());
}

BOOST_AUTO_TEST_SUITE_END()
} // namespace
} // namespace weir
