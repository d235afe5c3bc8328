#include "actors/node/ui_servers.hpp" // unit under test

#include <boost/test/unit_test.hpp>

#include <string>

namespace weir {

namespace {

constexpr std::int64_t report_time = 1'800'000'000'999;

schemas::server_status ui_server(std::uint64_t opened,
                                 std::uint64_t closed = 0) {
  return {"host", 7,
          61'005, 3,
          1,      {{"/", 2}, {"/a\"b", 1}},
          opened, {{"ping timeout", closed}}};
}

bool report_has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(servers_of_the_admin_ui)

BOOST_AUTO_TEST_CASE(report_what_they_are) {
  ui_servers x;
  BOOST_TEST(
    x.report("a", ui_server(5), report_time)
    == R"({"serverId":"a","hostname":"host","pid":7,"uptime":61.005,)"
       R"("clientsCount":3,"pollingClientsCount":1,"aggregatedEvents":[],)"
       R"("namespaces":[{"name":"/","socketsCount":2},)"
       R"({"name":"/a\"b","socketsCount":1}]})");
}

BOOST_AUTO_TEST_CASE(report_what_has_happened_since) {
  ui_servers x;
  x.report("a", ui_server(5, 1), report_time);
  BOOST_TEST(report_has(
    x.report("a", ui_server(8, 3), report_time + 2000),
    R"("aggregatedEvents":[{"timestamp":1800000002000,"type":"rawConnection",)"
    R"("count":3},{"timestamp":1800000002000,"type":"rawDisconnection",)"
    R"("subType":"ping timeout","count":2}])"));
  BOOST_TEST(report_has(x.report("a", ui_server(8, 3), report_time + 4000),
                        R"("aggregatedEvents":[])"));
}

BOOST_AUTO_TEST_CASE(report_events_and_bytes_in_both_directions) {
  ui_servers x;
  auto before = ui_server(5);
  before.events_received = 10;
  x.report("a", before, report_time);
  auto after = ui_server(5);
  after.events_received = 17;
  after.events_sent = 2;
  after.received_bytes = 300;
  after.sent_bytes = 4000;
  auto text = x.report("a", after, report_time);
  for (auto* part :
       {R"("type":"packetsIn","count":7})", R"("type":"packetsOut","count":2})",
        R"("type":"bytesIn","count":300})",
        R"("type":"bytesOut","count":4000})"})
    BOOST_TEST(report_has(text, part), part);
}

BOOST_AUTO_TEST_CASE(are_told_apart) {
  ui_servers x;
  x.report("a", ui_server(5), report_time);
  BOOST_TEST(report_has(x.report("b", ui_server(9), report_time),
                        R"("aggregatedEvents":[])"));
}

BOOST_AUTO_TEST_CASE(begin_again_with_their_process) {
  ui_servers x;
  x.report("a", ui_server(5), report_time);
  auto later = ui_server(9);
  later.pid = 8;
  BOOST_TEST(
    report_has(x.report("a", later, report_time), R"("aggregatedEvents":[])"));
  later.uptime_ms = 5;
  later.opened = 20;
  BOOST_TEST(
    report_has(x.report("a", later, report_time), R"("aggregatedEvents":[])"));
}

BOOST_AUTO_TEST_CASE(begin_again_when_nobody_has_looked) {
  ui_servers x;
  x.report("a", ui_server(5), report_time);
  x.clear();
  BOOST_TEST(report_has(x.report("a", ui_server(9), report_time),
                        R"("aggregatedEvents":[])"));
}

BOOST_AUTO_TEST_CASE(have_sockets_in_all_namespaces) {
  BOOST_TEST(sockets_of(ui_server(1)) == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
