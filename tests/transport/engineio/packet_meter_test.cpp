#include "transport/engineio/packet_meter.hpp" // unit under test

#include "config/options/units.hpp"
#include "tests/transport/http/peer.hpp"
#include "transport/engineio/websocket_decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

namespace weir::engineio {

namespace {

using namespace std::chrono_literals;
using time_point = packet_meter::time_point;
using duration = packet_meter::duration;

struct fixture {
  rate_options rate{100, 5};
  time_point now{1h};
  packet_meter meter;
};

BOOST_FIXTURE_TEST_SUITE(a_packet_meter, fixture)

BOOST_AUTO_TEST_CASE(lets_a_burst_through_and_then_waits) {
  for (int i = 0; i < 4; ++i)
    BOOST_TEST((meter.take(rate, now) == 0ns));
  BOOST_TEST((meter.take(rate, now) == 10ms));
  now += 10ms;
  BOOST_TEST((meter.take(rate, now) == 10ms));
  now += 1h;
  for (int i = 0; i < 4; ++i)
    BOOST_TEST((meter.take(rate, now) == 0ns));
  BOOST_TEST((meter.take(rate, now) > 0ns));
}

BOOST_AUTO_TEST_CASE(waits_for_several_where_one_comes_soon) {
  rate = {10'000, 1'000};
  auto n = 1;
  while (meter.take(rate, now) == 0ns)
    ++n;
  BOOST_TEST(n == 1'000);
  now += 10ms;
  for (n = 1; meter.take(rate, now) == 0ns;)
    ++n;
  BOOST_TEST(n == 100);
}

BOOST_AUTO_TEST_CASE(holds_nobody_up_where_there_is_no_limit) {
  rate = {};
  for (int i = 0; i < 100'000; ++i)
    BOOST_TEST_REQUIRE((meter.take(rate, now) == 0ns));
}

BOOST_AUTO_TEST_CASE(holds_nobody_up_who_keeps_to_the_rate) {
  for (int i = 0; i < 10'000; ++i) {
    BOOST_TEST_REQUIRE((meter.take(rate, now) == 0ns));
    now += 10ms;
  }
}

// -- what clients send --------------------------------------------------------

/// What some client sends: frames of every kind, messages in fragments among
/// them, and what a decoder makes of them if nobody holds it up.
struct traffic {
  explicit traffic(std::mt19937_64& choice) {
    for (int i = 0; i < 400; ++i)
      add(choice, std::to_string(i));
  }

  void add(std::mt19937_64& choice, const std::string& id) {
    auto whole = [&](opcode op, const std::string& bytes, const char* name) {
      stream += test::masked_frame(op, bytes);
      meant.push_back(name + bytes);
      ++frames;
    };
    switch (choice() % 7) {
      case 0:
        return whole(opcode::ping, id, "ping:");
      case 1:
        stream += test::masked_frame(opcode::pong, id), ++frames;
        return;
      case 2:
        return whole(opcode::text, "3", "text:"); // a pong that nobody wants
      case 3:
        return whole(opcode::text, "6", "text:"); // a noop
      case 4:
        return whole(opcode::binary, id, "binary:");
      case 5:
        return whole(opcode::text, "4" + id, "text:");
      default:
        in_fragments("4" + id);
    }
  }

  void in_fragments(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto one = test::masked_frame(
        i == 0 ? opcode::text : opcode::continuation, text.substr(i, 1));
      if (i + 1 < text.size())
        one[0] = static_cast<char>(one[0] & 0x7F); // more follow
      stream += one;
      ++frames;
    }
    meant.push_back("text:" + text);
  }

  std::string stream;
  std::vector<std::string> meant;
  std::size_t frames = 0;
};

/// Reads as a WebSocket does: what has come waits while it is held.
struct reader {
  void on_bytes(std::string_view bytes, const rate_options& rate,
                time_point now) {
    kept += bytes;
    read(rate, now);
  }

  void read(const rate_options& rate, time_point now) {
    std::size_t used = 0;
    while (now >= held_until) {
      auto x = decoder.next(std::span{kept}.subspan(used));
      if (x.what == websocket_decoder::status::incomplete)
        break;
      used += x.consumed;
      note(x);
      taken.push_back(now);
      if (auto pause = meter.take(rate, now); pause > 0ns)
        held_until = now + pause;
    }
    kept.erase(0, used);
  }

  void note(const websocket_decoder::result& x) {
    using enum websocket_decoder::status;
    auto name = x.what == text     ? "text:"
                : x.what == binary ? "binary:"
                : x.what == ping   ? "ping:"
                                   : "";
    if (x.what != skipped)
      seen.push_back(name + std::string{x.bytes});
  }

  websocket_decoder decoder{100'000};
  packet_meter meter;
  std::string kept;
  time_point held_until{};
  std::vector<std::string> seen;
  std::vector<time_point> taken;
};

/// Between any two points in time no more than the burst, and what the rate
/// gives for the time between.
void check_rate(const std::vector<time_point>& taken,
                const rate_options& rate) {
  for (std::size_t i = 0; i < taken.size(); ++i)
    for (auto j = i; j < taken.size(); ++j) {
      auto seconds = std::chrono::duration<double>{taken[j] - taken[i]};
      auto most = static_cast<double>(rate.most_at_once())
                  + static_cast<double>(rate.rate) * seconds.count();
      if (static_cast<double>(j - i + 1) > most + 0.001)
        BOOST_ERROR("too many");
    }
}

/// Whatever comes, in whatever pieces and however fast: it is held to its rate,
/// and all of it is taken in the end, in its order.
BOOST_AUTO_TEST_CASE(loses_nothing_of_what_it_holds_up) {
  std::mt19937_64 choice{1};
  std::size_t pauses = 0;
  for (int round = 0; round < 60; ++round) {
    rate = {1 + choice() % 2'000, choice() % 100};
    traffic sent{choice};
    reader to;
    for (std::size_t at = 0; at < sent.stream.size();) {
      auto n = 1 + choice() % 200;
      to.on_bytes(std::string_view{sent.stream}.substr(at, n), rate, now);
      at += n;
      pauses += to.held_until > now ? 1 : 0;
      now += duration{choice() % (100 * std::nano::den / rate.rate)};
      to.read(rate, now);
    }
    while (!to.kept.empty()) {
      BOOST_TEST_REQUIRE((to.held_until > now)); // nothing waits for nothing
      now = to.held_until;
      to.read(rate, now);
    }
    BOOST_TEST((to.seen == sent.meant));
    BOOST_TEST(to.taken.size() == sent.frames);
    check_rate(to.taken, rate);
  }
  BOOST_TEST(pauses > 100u); // it was about something
}

/// Who has more to send than he may gets what he may: the pauses cost nothing.
BOOST_AUTO_TEST_CASE(lets_a_flood_through_at_its_rate) {
  std::mt19937_64 choice{2};
  for (int round = 0; round < 200; ++round) {
    rate = {1 + choice() % 100'000, 1 + choice() % 1'000};
    packet_meter it;
    auto begin = now;
    std::size_t n = 0;
    for (; n < 5'000; ++n)
      now += it.take(rate, now);
    auto seconds = std::chrono::duration<double>{now - begin}.count();
    auto due = static_cast<double>(rate.rate) * seconds;
    auto burst = static_cast<double>(rate.burst) + 1e-3;
    BOOST_TEST(static_cast<double>(n) <= due + burst);
    BOOST_TEST(static_cast<double>(n) >= due - burst);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir::engineio
