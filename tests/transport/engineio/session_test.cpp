#include "transport/engineio/session.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <ostream>

namespace weir::engineio {

std::ostream& operator<<(std::ostream& out, const decision& x) {
  return out << "action " << static_cast<int>(x.what) << " reason "
             << to_string(x.reason);
}

namespace {

using std::chrono::milliseconds;

constexpr decision nothing{};
constexpr decision deliver{action::deliver};
constexpr decision ping{action::send_ping};

constexpr decision closed_by(close_reason x) {
  return {action::close, x};
}

/// A session in virtual time: ping after 100, pong within 40, upgrade within
/// 500 milliseconds.
struct fixture {
  fixture() {
    settings.ping_interval = milliseconds{100};
    settings.ping_timeout = milliseconds{40};
    settings.upgrade_timeout = milliseconds{500};
    begin(transport_kind::polling);
    it->attach();
  }

  void begin(transport_kind x) { it.emplace(settings, x, now); }

  /// A packet over the session's transport.
  decision get(packet_type type, std::string_view data = {}) {
    packet x{type, data};
    return it->on_packet(&x, now);
  }

  decision probe(packet_type type, std::string_view data = {}) {
    packet x{type, data};
    return it->on_probe_packet(&x, now);
  }

  /// The first decision that time alone brings within `n` milliseconds.
  decision wait(int n) {
    auto end = now + milliseconds{n};
    while (it->deadline() <= end) {
      now = std::max(now, it->deadline());
      if (auto x = it->on_time(now); x != nothing)
        return x;
    }
    now = end;
    return it->on_time(now);
  }

  void begin_probe() {
    BOOST_TEST_REQUIRE(it->may_probe());
    it->begin_probe(now);
  }

  bool is(session_state x) const { return it->state() == x; }

  engineio_options settings;
  session::time_point now{};
  std::optional<session> it;
};

BOOST_FIXTURE_TEST_SUITE(a_session, fixture)

// -- opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_when_nobody_takes_it) {
  begin(transport_kind::websocket);
  BOOST_TEST(is(session_state::opening));
  BOOST_TEST(wait(39) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::forced_close));
  BOOST_TEST(is(session_state::closed));
}

BOOST_AUTO_TEST_CASE(is_open_once_it_is_attached) {
  BOOST_TEST(is(session_state::open));
  BOOST_TEST(get(packet_type::message) == deliver);
}

BOOST_AUTO_TEST_CASE(ends_in_any_state_when_its_transport_does) {
  begin(transport_kind::websocket);
  BOOST_TEST(it->on_transport_closed(close_reason::transport_close)
             == closed_by(close_reason::transport_close));
  BOOST_TEST(it->on_transport_closed(close_reason::transport_error) == nothing);
}

// -- packets ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(knows_what_to_do_with_each_packet) {
  struct row {
    packet_type type;
    decision expected;
  };
  for (auto& x :
       {row{packet_type::open, nothing},
        row{packet_type::close, closed_by(close_reason::transport_close)},
        row{packet_type::ping, closed_by(close_reason::transport_error)},
        row{packet_type::pong, nothing}, row{packet_type::message, deliver},
        row{packet_type::upgrade, nothing}, row{packet_type::noop, nothing}}) {
    begin(transport_kind::websocket);
    it->attach();
    BOOST_TEST(get(x.type) == x.expected, static_cast<char>(x.type));
    auto over = x.expected.what == action::close;
    BOOST_TEST(is(over ? session_state::closed : session_state::open));
  }
}

BOOST_AUTO_TEST_CASE(closes_on_bytes_that_are_no_packet) {
  BOOST_TEST(it->on_packet(nullptr, now)
             == closed_by(close_reason::parse_error));
}

BOOST_AUTO_TEST_CASE(decides_nothing_more_when_closed) {
  get(packet_type::close);
  BOOST_TEST(get(packet_type::message) == nothing);
  BOOST_TEST(it->on_packet(nullptr, now) == nothing);
  BOOST_TEST(wait(10'000) == nothing);
  BOOST_TEST(!it->may_probe());
}

// -- heartbeat ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(pings_at_intervals_counted_from_the_pong) {
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == ping);
  BOOST_TEST(wait(30) == nothing);
  get(packet_type::pong);
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == ping);
}

BOOST_AUTO_TEST_CASE(closes_when_the_pong_is_late) {
  BOOST_TEST(wait(100) == ping);
  BOOST_TEST(wait(39) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(does_not_add_a_late_timer_to_the_pongs_time) {
  now += milliseconds{102};
  BOOST_TEST(it->on_time(now) == ping);
  BOOST_TEST(wait(37) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(gives_a_ping_that_is_much_too_late_its_whole_time) {
  now += milliseconds{130};
  BOOST_TEST(it->on_time(now) == ping);
  BOOST_TEST(wait(39) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(takes_no_traffic_for_a_pong_but_waits_longer_for_it_once) {
  BOOST_TEST(wait(100) == ping);
  BOOST_TEST(wait(30) == nothing);
  BOOST_TEST(get(packet_type::message) == deliver);
  BOOST_TEST(wait(20) == nothing);
  BOOST_TEST(get(packet_type::message) == deliver);
  BOOST_TEST(wait(20) == closed_by(close_reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(tolerates_a_pong_that_nobody_asked_for) {
  BOOST_TEST(wait(50) == nothing);
  BOOST_TEST(get(packet_type::pong) == nothing);
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == ping);
}

BOOST_AUTO_TEST_CASE(waits_for_no_pong_while_paused_but_goes_on_pinging) {
  BOOST_TEST(wait(100) == ping);
  it->pause(now);
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == ping);
  BOOST_TEST(wait(100) == ping);
  it->resume(now);
  BOOST_TEST(wait(39) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::ping_timeout));
}

BOOST_AUTO_TEST_CASE(goes_on_as_ever_after_a_pause_between_two_pings) {
  it->pause(now);
  BOOST_TEST(wait(10) == nothing);
  it->resume(now);
  BOOST_TEST(wait(90) == ping);
  get(packet_type::pong);
  BOOST_TEST(wait(100) == ping);
}

// -- upgrade ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(upgrades_after_a_probe) {
  begin_probe();
  BOOST_TEST(probe(packet_type::ping, "probe")
             == decision{action::answer_probe});
  BOOST_TEST((it->transport() == transport_kind::polling));
  BOOST_TEST(probe(packet_type::upgrade) == decision{action::upgrade});
  BOOST_TEST((it->transport() == transport_kind::websocket));
  BOOST_TEST(!it->probing());
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == ping);
}

BOOST_AUTO_TEST_CASE(
  releases_the_get_at_once_and_then_every_100_ms_of_a_probe) {
  begin_probe();
  BOOST_TEST(wait(50) == nothing); // nothing is due before `2probe`
  probe(packet_type::ping, "probe");
  settings.ping_interval = milliseconds{1000};
  get(packet_type::pong);
  BOOST_TEST(wait(0) == decision{action::send_noop});
  BOOST_TEST(wait(99) == nothing);
  BOOST_TEST(wait(1) == decision{action::send_noop});
}

BOOST_AUTO_TEST_CASE(drops_a_probing_websocket_that_says_anything_else) {
  for (auto type : {packet_type::upgrade, packet_type::message,
                    packet_type::pong, packet_type::ping, packet_type::close}) {
    begin_probe();
    BOOST_TEST(probe(type) == decision{action::drop_probe});
    BOOST_TEST(is(session_state::open));
    BOOST_TEST(!it->probing());
  }
  begin_probe();
  BOOST_TEST(it->on_probe_packet(nullptr, now) == decision{action::drop_probe});
}

BOOST_AUTO_TEST_CASE(drops_a_probe_that_takes_too_long_and_goes_on) {
  settings.ping_interval = milliseconds{1000};
  get(packet_type::pong);
  begin_probe();
  BOOST_TEST(wait(499) == nothing);
  BOOST_TEST(wait(1) == decision{action::drop_probe});
  BOOST_TEST(is(session_state::open));
  BOOST_TEST(it->may_probe());
}

BOOST_AUTO_TEST_CASE(takes_one_probe_at_a_time_and_none_over_a_websocket) {
  begin_probe();
  BOOST_TEST(!it->may_probe());
  it->on_probe_closed();
  BOOST_TEST(it->may_probe());
  begin(transport_kind::websocket);
  BOOST_TEST(!it->may_probe());
}

BOOST_AUTO_TEST_CASE(still_waits_for_the_pong_of_before_an_upgrade) {
  BOOST_TEST(wait(100) == ping);
  begin_probe();
  probe(packet_type::ping, "probe");
  probe(packet_type::upgrade);
  get(packet_type::pong);
  BOOST_TEST(wait(100) == ping);
  BOOST_TEST(wait(40) == closed_by(close_reason::ping_timeout));
}

// -- closing ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(gives_the_queued_bytes_a_ping_timeout_to_leave) {
  it->close(now);
  BOOST_TEST(is(session_state::closing));
  BOOST_TEST(get(packet_type::message) == nothing);
  BOOST_TEST(wait(39) == nothing);
  BOOST_TEST(wait(1) == closed_by(close_reason::forced_close));
}

BOOST_AUTO_TEST_CASE(is_closed_by_the_client_while_closing) {
  it->close(now);
  BOOST_TEST(get(packet_type::close)
             == closed_by(close_reason::transport_close));
}

BOOST_AUTO_TEST_CASE(has_no_deadline_when_closed) {
  it->finish();
  BOOST_TEST((it->deadline() == session::time_point::max()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace weir::engineio
