#include "actors/node/topic_events.hpp" // unit under test

#include "tests/support/record_blocks.hpp"

#include <boost/test/unit_test.hpp>

namespace weir {

namespace {

using test::record_of;
using texts = std::vector<std::string>;

mapping_options mapped(std::string room, std::string key = "",
                       std::string topic = "chat") {
  mapping_options result;
  result.room = std::move(room);
  result.key = std::move(key);
  result.topic = std::move(topic);
  return result;
}

struct fixture {
  fixture() {
    settings[0].name = "/";
    settings[0].mappings = {mapped("chat:{id}", "{id}")};
  }

  /// "/nsp room ["event"] args", or "!" and what is wrong.
  texts append(const kafka::record_view& record) {
    routes rules{settings};
    topic_events events{rules, "chat", {10, 1000}};
    BOOST_TEST(events.is_mapped());
    events.append(3, record, rows);
    texts result;
    for (auto& x : rows) {
      BOOST_TEST(x.topic == "chat");
      BOOST_TEST(x.partition == 3);
      BOOST_TEST(x.offset == record.offset);
      BOOST_TEST(x.time_ms == record.timestamp_ms);
      result.push_back(
        x.nsp + ' ' + x.room + ' '
        + (x.problem.empty() ? x.event + ' ' + x.args : '!' + x.problem));
    }
    return result;
  }

  std::vector<namespace_options> settings{1};
  std::vector<schemas::record_status> rows;
};

BOOST_FIXTURE_TEST_SUITE(events_of_a_topic, fixture)

BOOST_AUTO_TEST_CASE(have_the_room_that_has_their_key) {
  auto record = record_of(7, "42", R"({"n": 1})");
  record.timestamp_ms = 99;
  record.headers.emplace_back("ce_type", "say");
  BOOST_TEST(append(record) == texts{R"(/ chat:42 say [{"n": 1}])"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_several_where_several_mappings_have_the_key) {
  settings.emplace_back().name = "/b";
  settings[1].mappings = {mapped("other:{id}", "{id}", "elsewhere"),
                          mapped("b:{id}", "{id}")};
  BOOST_TEST(append(record_of(7, "42", "1"))
               == (texts{"/ chat:42 message [1]", "/b b:42 message [1]"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(say_why_no_client_gets_them) {
  settings[0].mappings = {mapped("chat:{id}", "c-{id}")};
  append(record_of(7, "42", "1"));
  append(record_of(7, "c-1", "{"));
  auto keyless = record_of(7, "", "1");
  keyless.has_key = false;
  BOOST_TEST(append(keyless)
               == (texts{"  !no room has its key",
                         "/ chat:1 !the value is not valid JSON, or nested too "
                         "deep",
                         "  !it has no key"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(are_all_arguments_and_count_what_is_binary) {
  settings[0].mappings[0].format = value_format::args;
  BOOST_TEST(append(record_of(7, "42", " [1, 2]\n"))
             == texts{"/ chat:42 message [1, 2]"});
  rows.clear();
  settings[0].mappings[0].format = value_format::raw;
  append(record_of(7, "42", "\xff"));
  BOOST_TEST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].attachments == 1u);
}

BOOST_AUTO_TEST_CASE(are_none_where_a_mapping_skips_tombstones) {
  auto tombstone = record_of(7, "42", "");
  tombstone.has_value = false;
  BOOST_TEST(append(tombstone) == texts{"/ chat:42 message [null]"});
  rows.clear();
  settings[0].mappings[0].tombstones = tombstone_policy::skip;
  BOOST_TEST(append(tombstone) == texts{});
}

BOOST_AUTO_TEST_CASE(are_of_no_topic_that_has_no_mapping) {
  routes rules{settings};
  BOOST_TEST((!topic_events{rules, "other", {10, 1000}}.is_mapped()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
