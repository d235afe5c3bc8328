#pragma once

#include "actors/client/connection.hpp"
#include "actors/contract/delivery.hpp"
#include "actors/contract/emit.hpp"
#include "actors/contract/inspection.hpp"
#include "actors/contract/participants.hpp"
#include "actors/contract/recovery.hpp"
#include "actors/contract/relay.hpp"
#include "actors/contract/rooms.hpp"
#include "tests/actors/client/connection_peers.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// A CONNECTION between a client that the test speaks for and its peers.
struct connection_fixture : connection_peers {
  using texts = std::vector<std::string>;

  connection_fixture() { start(); }

  /// What is on its way arrives while there is somewhere to note it.
  ~connection_fixture() { run(); }

  /// With other limits: before anything else.
  void restart() {
    end(connection);
    session = std::make_shared<fake_session>();
    start();
  }

  /// The test speaks for another client from now on; the former's session.
  std::shared_ptr<fake_session> connect_another() {
    auto former = std::exchange(session, std::make_shared<fake_session>());
    start();
    return former;
  }

  // -- the client -------------------------------------------------------------

  /// What the client gets for what it sends.
  texts feed(std::string_view text) {
    session->feed(text);
    run();
    return session->take();
  }

  void connect(std::string_view nsp = "") {
    feed(nsp.empty() ? "0" : "0" + std::string{nsp} + ",");
  }

  /// Emits what goes to Kafka.
  texts emit(std::string ack = "") {
    return feed(ack.insert(0, "2") + R"(["say",{"room":"chat:1"}])");
  }

  texts join(std::string room, std::string ack = "") {
    return feed("2" + ack + R"(["join",")" + room + "\"]");
  }

  /// Leaves, and the room lets it go.
  texts leave(std::string room, std::string ack = "") {
    auto result = post_leave(std::move(room), std::move(ack));
    for (auto& x : release_leases())
      result.push_back(std::move(x));
    return result;
  }

  /// The room has yet to handle it.
  texts post_leave(std::string room, std::string ack = "") {
    return feed("2" + ack + R"(["leave",")" + room + "\"]");
  }

  // -- the others -------------------------------------------------------------

  /// Lets the n-th join into the room with that id; what the client gets.
  texts admit(std::size_t n, std::uint64_t room) { return admit(n, room, {}); }

  /// Likewise, behind the live flow.
  texts admit(std::size_t n, std::uint64_t id, positions behind) {
    auto& x = joins.at(n);
    tell(connection, join_answered{x.ack,
                                   x.room,
                                   id,
                                   emit_errc::none,
                                   {},
                                   {{0, next_offset}},
                                   std::move(behind),
                                   x.membership,
                                   room});
    joins.at(n).lease.reset(); // others may have come
    run();
    return session->take();
  }

  texts refuse(std::size_t n, emit_errc error) {
    auto& x = joins.at(n);
    tell(connection,
         join_answered{x.ack, x.room, 1, error, "no", {}, {}, x.membership});
    joins.at(n).lease.reset();
    run();
    return session->take();
  }

  /// The others are done with everything but joins; what the client gets.
  texts release_leases() {
    auto end_all = [](auto& xs) {
      for (auto& x : xs)
        x.lease.reset();
    };
    end_all(leaves), end_all(locals);
    end_all(opened), end_all(ended), end_all(resumes);
    run();
    return session->take();
  }

  /// Joins and is admitted.
  void enter(const std::string& room, std::uint64_t id) {
    join(room);
    admit(joins.size() - 1, id);
  }

  /// Answers the n-th emit as stored.
  texts store(std::size_t n) { return settle({stored(n)}); }

  texts reject(std::size_t n, emit_errc error) {
    auto& x = emits.at(n);
    return settle({{x.ack, x.cost, error, "no"}});
  }

  /// Answers emits in one message.
  texts settle(std::vector<emit_answered> all) {
    tell(connection, emits_answered{std::move(all)});
    return session->take();
  }

  emit_answered stored(std::size_t n) const {
    auto& x = emits.at(n);
    auto* route = &rules->at(0).mappings()[0];
    return {x.ack, x.cost, emit_errc::none, {}, route, 2, 42};
  }

  /// An event as a room sends it.
  std::shared_ptr<room_events>
  events_of(std::uint64_t room, const texts& packets, nsp_index nsp = 0) {
    auto result = events_at(next_offset, room, packets, nsp);
    next_offset = result->to;
    return result;
  }

  /// Likewise, of the offsets from `from` on.
  static std::shared_ptr<room_events>
  events_at(std::int64_t from, std::uint64_t room, const texts& packets,
            nsp_index nsp = 0);

  texts deliver(std::shared_ptr<const room_events> x, bool is_live = true) {
    tell(connection, deliver_events{std::move(x), is_live});
    return session->take();
  }

  texts deliver(std::uint64_t room, std::string packet) {
    return deliver(events_of(room, {std::move(packet)}));
  }

  std::shared_ptr<const schemas::recovery_signer> signer
    = std::make_shared<const schemas::recovery_signer>("0123456789abcdef");
  std::vector<namespace_options> nsps = make_nsps();
  routes_ptr rules = rules_of(nsps);
  limits_options limits;
  std::shared_ptr<const authenticator> tokens; ///< null: nobody is asked
  std::shared_ptr<user_connections> users;     ///< null: they are not counted
  /// Null: there is none.
  std::function<void(auth::decision_question, auth::webhook::respond)> webhook;
  std::chrono::steady_clock::time_point steady{1h};
  std::size_t max_shown = jwt_options{}.max_token;
  std::uint32_t max_refused = jwt_options{}.max_refused;
  /// As all connections of a loop.
  std::shared_ptr<emit_collector> collector
    = std::make_shared<emit_collector>();
  int sockets = 0;
  std::int64_t seconds = 1000; ///< of the system's clock
  std::int64_t next_offset = 17;
  std::shared_ptr<fake_session> session = std::make_shared<fake_session>();
  connection_actor connection;

private:
  static std::vector<namespace_options> make_nsps();
  void start();
};

} // namespace weir::test
