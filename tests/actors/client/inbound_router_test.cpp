#include "actors/client/inbound_router.hpp" // unit under test

#include "actors/contract/emit.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/participants.hpp"
#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>

namespace weir {

namespace {

using test::mapping;
using namespace std::chrono_literals;
using headers = std::map<std::string, std::string>;

constexpr auto placeholder = R"({"_placeholder":true,"num":0})";

struct fixture : test::deterministic_actor_system {
  static mapping_options with(mapping_options x, value_format format) {
    x.format = format;
    x.key = "{id}";
    x.id_from = "/0/id";
    x.trace_from = "/0/trace";
    return x;
  }

  /// A client's event: its name and the JSON of its arguments.
  void emit(std::string event, std::string args, std::string ack_id = "1",
            std::vector<std::string> attachments = {}) {
    emit_together(event_of(std::move(event), args, std::move(ack_id),
                           std::move(attachments)));
  }

  /// In one message.
  template <class... Events>
  void emit_together(Events... events) {
    auto all = std::make_shared<std::vector<emit_event>>();
    (all->push_back(std::move(events)), ...);
    tell(router, emit_events{all});
  }

  emit_event event_of(std::string event, std::string args,
                      std::string ack_id = "1",
                      std::vector<std::string> attachments = {}) const {
    return {emitter,         {socket, std::move(ack_id)}, std::move(event),
            std::move(args), std::move(attachments),      77};
  }

  /// Why it was refused.
  emit_errc error() const {
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    BOOST_TEST(records.empty());
    BOOST_TEST(answers[0].cost == 77u);
    BOOST_TEST(answers[0].ack.socket == socket);
    BOOST_TEST(answers[0].ack.ack_id == "1");
    BOOST_TEST(answers[0].message != "");
    return answers[0].error;
  }

  const produce_record& record() const {
    BOOST_TEST_REQUIRE(records.size() == 1u);
    return records[0];
  }

  static headers headers_of(const produce_record& x) {
    std::vector<schemas::header> all;
    x.record.append_headers(all);
    headers result;
    for (auto& [name, value] : all)
      result.emplace(name, value);
    return result;
  }

  routes_ptr rules = test::rules_of(
    {test::nsp("/"),
     test::nsp(
       "/chat",
       {with(mapping("json:{id}", "t.json", {"json"}), value_format::json),
        with(mapping("args:{id}", "t.args", {"args"}), value_format::args),
        [] {
          auto x = mapping("raw", "t.raw", {"raw"});
          x.room_from = "";
          x.format = value_format::raw;
          return x;
        }(),
        with(mapping("env:{id}", "t.env", {"env"}), value_format::envelope)})});
  socket_ptr socket
    = std::make_shared<const socket_identity>(socket_identity{"socket-1", 1});
  std::vector<emit_answered> answers;
  emitter_actor emitter = spawn_emitter_probe();
  std::vector<produce_record> records;
  int batches = 0; ///< in which these came
  producer_actor producer = spawn_producer_probe();
  inbound_router_actor router
    = keep(spawn_inbound_router(executor, {rules, "cluster", "p-"}, producer));

private:
  emitter_actor spawn_emitter_probe() {
    return keep_probe(system.spawn([this](emitter_actor::pointer) {
      return emitter_actor::behavior_type{[this](emits_answered& x) {
        std::move(x.all.begin(), x.all.end(), std::back_inserter(answers));
      }};
    }));
  }

  producer_actor spawn_producer_probe() {
    return keep_probe(system.spawn([this](producer_actor::pointer) {
      return producer_actor::behavior_type{
        [this](produce_records& x) {
          ++batches;
          std::move(x.all.begin(), x.all.end(), std::back_inserter(records));
        },
        [](producer_event) {},
        [](const declare_topics&) {},
        [](query_status) { return producer_status{}; },
        [](drain) {},
      };
    }));
  }
};

BOOST_FIXTURE_TEST_SUITE(an_inbound_router, fixture)

BOOST_AUTO_TEST_CASE(makes_a_record_of_an_event) {
  emit("json", R"({"room":"json:7","text":"hi"})");
  auto& x = record();
  BOOST_TEST(x.route->settings.topic == "t.json");
  BOOST_TEST(x.key == "7");
  BOOST_TEST(x.record.value() == R"({"room":"json:7","text":"hi"})");
  BOOST_TEST(x.ack.ack_id == "1");
  BOOST_TEST(x.ack.socket == socket);
  BOOST_TEST(x.cost == 77u);
  BOOST_TEST((x.emitter == emitter));
  BOOST_TEST(answers.empty());
}

BOOST_AUTO_TEST_CASE(passes_the_events_trace_on) {
  emit("json",
       R"({"room":"json:7","trace":{"tracestate":"a=1","traceparent":)"
       R"("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}})");
  auto all = headers_of(record());
  BOOST_TEST(all["traceparent"]
             == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  BOOST_TEST(all["tracestate"] == "a=1");
}

BOOST_AUTO_TEST_CASE(stores_an_event_whose_trace_is_bad_without_it) {
  emit("json", R"({"room":"json:7","trace":"00-0"})");
  auto all = headers_of(record());
  BOOST_TEST(all.count("traceparent") == 0u);
  BOOST_TEST(all.count("tracestate") == 0u);
}

const std::string recorded
  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const std::string not_recorded
  = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

std::string traced(const std::string& parent) {
  return R"({"room":"json:7","trace":{"tracestate":"a=1","traceparent":")"
         + parent + "\"}}";
}

BOOST_AUTO_TEST_CASE(takes_its_sockets_trace_where_an_event_has_none) {
  passed_trace trace{*parse_traceparent(recorded), "b=2"};
  socket = std::make_shared<const socket_identity>(socket_identity{
    "socket-1", 1, {}, std::make_shared<const passed_trace>(trace)});
  emit("json", R"({"room":"json:7"})");
  auto all = headers_of(record());
  BOOST_TEST(all["traceparent"] == recorded);
  BOOST_TEST(all["tracestate"] == "b=2");
  emit("json", traced(not_recorded));
  all = headers_of(records.back());
  BOOST_TEST(all["traceparent"] == not_recorded);
  BOOST_TEST(all["tracestate"] == "a=1");
}

struct traced_emits : fixture {
  explicit traced_emits(std::uint32_t one_in = 0)
    : traces(std::make_shared<const tracer>(span_queue_options{100, 100, 1s},
                                            one_in, [] {})) {
    router = keep(spawn_inbound_router(
      executor, {rules, "cluster", "p-", 1'000, traces}, producer));
  }

  std::vector<schemas::span> spans() const {
    return traces->waiting().take({}, true);
  }

  /// What its attributes say, as text.
  static std::map<std::string_view, std::string>
  attributes_of(const schemas::span& x) {
    std::map<std::string_view, std::string> result;
    for (auto& [name, value] : x.attributes)
      result[name] = std::holds_alternative<std::string>(value)
                       ? std::get<std::string>(value)
                       : std::to_string(std::get<std::int64_t>(value));
    return result;
  }

  tracer_ptr traces;
};

BOOST_FIXTURE_TEST_CASE(records_an_emit_below_what_is_recorded, traced_emits) {
  emit("json", traced(recorded));
  auto& x = record();
  BOOST_TEST_REQUIRE((x.ack.span != nullptr));
  auto context = x.ack.span->context();
  auto ack = x.ack;
  auto all = headers_of(x);
  BOOST_TEST(all["traceparent"] == to_traceparent(context));
  BOOST_TEST(all["traceparent"] != recorded);
  BOOST_TEST(all["tracestate"] == "a=1");
  records.clear();
  end_span(ack, {emit_errc::none, {}, 3, 17});
  auto ended = spans();
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST(ended[0].name == "emit");
  BOOST_TEST((ended[0].context == context));
  BOOST_TEST((ended[0].parent == parse_traceparent(recorded)->span_id));
  BOOST_TEST(ended[0].error == "");
  auto said = attributes_of(ended[0]);
  BOOST_TEST(said["messaging.system"] == "kafka");
  BOOST_TEST(said["messaging.destination.name"] == "t.json");
  BOOST_TEST(said["messaging.destination.partition.id"] == "3");
  BOOST_TEST(said["messaging.kafka.offset"] == "17");
  BOOST_TEST(said["weir.namespace"] == "/chat");
  BOOST_TEST(said["weir.room"] == "json:7");
  BOOST_TEST(said["weir.event"] == "json");
  BOOST_TEST(said["weir.socket_id"] == "socket-1");
}

BOOST_FIXTURE_TEST_CASE(passes_on_what_is_not_recorded_as_it_is, traced_emits) {
  emit("json", traced(not_recorded));
  BOOST_TEST((record().ack.span == nullptr));
  BOOST_TEST(headers_of(record())["traceparent"] == not_recorded);
  emit("json", R"({"room":"json:7"})");
  BOOST_TEST((records.back().ack.span == nullptr));
  BOOST_TEST(headers_of(records.back()).count("traceparent") == 0u);
}

struct all_emits : traced_emits {
  all_emits() : traced_emits(1) {}
};

BOOST_FIXTURE_TEST_CASE(begins_traces_of_its_own, all_emits) {
  emit("json", R"({"room":"json:7"})");
  auto& x = record();
  BOOST_TEST_REQUIRE((x.ack.span != nullptr));
  BOOST_TEST(headers_of(x)["traceparent"]
             == to_traceparent(x.ack.span->context()));
  BOOST_TEST(headers_of(x).count("tracestate") == 0u);
}

BOOST_FIXTURE_TEST_CASE(records_why_an_emit_is_refused, traced_emits) {
  // Two arguments are more than the format json takes.
  emit("json", traced(recorded) + ",2");
  BOOST_TEST(records.empty());
  auto ended = spans();
  BOOST_TEST_REQUIRE(ended.size() == 1u);
  BOOST_TEST(attributes_of(ended[0])["error.type"] == "invalid_payload");
  BOOST_TEST(ended[0].error != "");
}

BOOST_AUTO_TEST_CASE(maps_an_event_as_the_connection_that_has_read_it) {
  auto changed = [this](routes_ptr former) {
    return std::make_shared<const routes>(
      std::vector{test::nsp("/"),
                  test::nsp("/chat",
                            {mapping("json:{id}", "t.other", {"json"})})},
      std::size_t{100}, std::move(former));
  }(rules);
  auto late = event_of("json", R"({"room":"json:7"})", "2");
  late.rules = &changed->at(1);
  emit_together(event_of("json", R"({"room":"json:7"})", "1"), std::move(late));
  BOOST_TEST_REQUIRE(records.size() == 2u);
  BOOST_TEST(records[0].route->settings.topic == "t.json");
  BOOST_TEST(records[0].key == "7");
  BOOST_TEST(records[1].route->settings.topic == "t.other");
  BOOST_TEST(records[1].key == "json:7");
}

BOOST_AUTO_TEST_CASE(makes_one_message_of_what_comes_in_one) {
  emit_together(event_of("json", R"({"room":"json:1"})", "1"),
                event_of("other", "1", "2"), // refused
                event_of("args", R"({"room":"args:2"})", "3"),
                event_of("json", R"({"room":"json:1"})", "4"));
  BOOST_TEST(batches == 1);
  BOOST_TEST_REQUIRE(records.size() == 3u);
  BOOST_TEST(records[0].ack.ack_id == "1");
  BOOST_TEST(records[1].ack.ack_id == "3");
  BOOST_TEST(records[2].ack.ack_id == "4");
  BOOST_TEST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].ack.ack_id == "2");
  emit("other", "1");
  BOOST_TEST(batches == 1); // there is nothing to store
}

BOOST_AUTO_TEST_CASE(takes_nothing_that_members_could_not_be_sent) {
  router = keep(spawn_inbound_router(
    executor, {rules, "cluster", "p-", /* max_event: */ 300}, producer));
  auto text = std::string(300, 'x');
  emit("json", R"({"room":"json:7","text":")" + text + R"("})");
  BOOST_TEST((error() == emit_errc::too_large));
  emit("json", R"({"room":"json:7"})");
  BOOST_TEST(records.size() == 1u);
  emit("raw", placeholder, "1", {text});
  BOOST_TEST(records.size() == 1u);
  BOOST_TEST((answers.back().error == emit_errc::too_large));
}

BOOST_AUTO_TEST_CASE(describes_the_event_in_the_records_headers) {
  emit("json", R"({"room":"json:7"})");
  auto all = headers_of(record());
  BOOST_TEST(all["ce_specversion"] == "1.0");
  BOOST_TEST(all["ce_id"] == "p-0");
  BOOST_TEST(all["ce_type"] == "json");
  BOOST_TEST(all["ce_source"] == "/weir/cluster/chat");
  BOOST_TEST(all["ce_subject"] == "json:7");
  BOOST_TEST(all["ce_time"].size() == 24u);
  BOOST_TEST(all["content-type"] == "application/json");
  BOOST_TEST(all["ce_weirsid"] == "socket-1");
  BOOST_TEST(all["ce_weirack"] == "1");
  BOOST_TEST(all.count("ce_weiruser") == 0u);
}

BOOST_AUTO_TEST_CASE(names_the_user_in_the_records_headers) {
  socket = std::make_shared<const socket_identity>(
    socket_identity{"socket-1", 1, "auth0|\xc3\xa9"});
  emit("json", R"({"room":"json:7"})");
  BOOST_TEST(headers_of(record())["ce_weiruser"] == "auth0|\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(says_when_no_ack_is_wanted) {
  emit("json", R"({"room":"json:7"})", "");
  BOOST_TEST(headers_of(record()).count("ce_weirack") == 0u);
}

BOOST_AUTO_TEST_CASE(gives_each_record_its_own_id) {
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i)
    emit("json", R"({"room":"json:7"})");
  for (auto& x : records)
    ids.insert(headers_of(x)["ce_id"]);
  BOOST_TEST(ids.size() == 3u);
}

BOOST_AUTO_TEST_CASE(takes_the_clients_id_where_there_is_one) {
  emit("json", R"({"room":"json:7","id":"abc"})");
  emit("json", R"({"room":"json:7","id":"\u00e9"})");
  emit("json", R"({"room":"json:7","id":-17})");
  emit("json", R"({"room":"json:7","id":")" + std::string(128, 'x') + "\"}");
  emit("json", R"({"room":"json:7"})");
  BOOST_TEST_REQUIRE(records.size() == 5u);
  BOOST_TEST(headers_of(records[0])["ce_id"] == "abc");
  BOOST_TEST(headers_of(records[1])["ce_id"] == "\u00e9");
  BOOST_TEST(headers_of(records[2])["ce_id"] == "-17");
  BOOST_TEST(headers_of(records[3])["ce_id"] == std::string(128, 'x'));
  BOOST_TEST(headers_of(records[4])["ce_id"] == "p-0");
  BOOST_TEST(records[0].identity.has_value());
  BOOST_TEST(!records[4].identity);
}

BOOST_AUTO_TEST_CASE(knows_a_repeated_event_on_any_connection) {
  const std::string args = R"({"room":"env:7","id":"a"},)"
                           + std::string{placeholder};
  emit("env", args, "1", {"bytes"});
  socket = std::make_shared<const socket_identity>(socket_identity{"other", 1});
  emit("env", args, "", {"bytes"});
  BOOST_TEST_REQUIRE(records.size() == 2u);
  BOOST_TEST((records[0].identity->id == records[1].identity->id));
  BOOST_TEST((records[0].identity->content == records[1].identity->content));
}

BOOST_AUTO_TEST_CASE(tells_events_apart_by_id_key_and_topic) {
  emit("env", R"({"room":"env:7","id":"a"})");
  emit("env", R"({"room":"env:7","id":"b"})");
  emit("env", R"({"room":"env:8","id":"a"})");
  emit("args", R"({"room":"args:7","id":"a"})");
  for (std::size_t i = 0; i < records.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      BOOST_TEST((records[i].identity->id != records[j].identity->id));
}

BOOST_AUTO_TEST_CASE(tells_apart_what_events_of_one_id_say) {
  const std::string args = R"({"room":"env:7","id":"a"},)"
                           + std::string{placeholder};
  emit("env", args, "1", {"bytes"});
  emit("env", args, "1", {"Bytes"});
  emit("env", args + ",1", "1", {"bytes"});
  for (std::size_t i = 0; i < records.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      BOOST_TEST((records[i].identity->id == records[j].identity->id));
      BOOST_TEST(
        (records[i].identity->content != records[j].identity->content));
    }
}

BOOST_AUTO_TEST_CASE(keeps_all_arguments_where_the_mapping_says_so) {
  emit("args", R"({"room":"args:7"},1.50,"b")");
  BOOST_TEST(record().record.value() == R"([{"room":"args:7"},1.50,"b"])");
}

BOOST_AUTO_TEST_CASE(keeps_bytes_as_they_are_where_the_mapping_says_so) {
  emit("raw", placeholder, "1", {std::string("\x00\xff", 2)});
  BOOST_TEST(record().record.value() == std::string("\x00\xff", 2));
  BOOST_TEST(record().key == "raw");
  BOOST_TEST(headers_of(record())["content-type"]
             == "application/octet-stream");
}

BOOST_AUTO_TEST_CASE(keeps_everything_in_an_envelope) {
  auto args = R"({"room":"env:7"},)" + std::string{placeholder};
  emit("env", args, "1", {"bytes"});
  auto all = headers_of(record());
  std::vector<schemas::header> views{all.begin(), all.end()};
  schemas::incoming_event event;
  decode_record(schemas::format::envelope, "default", record().record.value(),
                true, views, event);
  BOOST_TEST((event.error == schemas::codec_errc::none));
  BOOST_TEST(event.json == "[" + args + "]");
  BOOST_TEST(event.name == "env");
  BOOST_TEST_REQUIRE(event.attachments.size() == 1u);
  BOOST_TEST(event.attachments[0] == "bytes");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_inbound_router_refuses, fixture)

BOOST_AUTO_TEST_CASE(an_event_that_is_not_mapped) {
  emit("other", "1");
  BOOST_TEST(error() == emit_errc::unknown_event);
}

BOOST_AUTO_TEST_CASE(a_room_that_no_mapping_of_the_event_has) {
  emit("json", R"({"room":"args:7"})");
  BOOST_TEST(error() == emit_errc::unknown_room);
}

BOOST_AUTO_TEST_CASE(an_event_that_names_no_room) {
  emit("json", "1");
  BOOST_TEST(error() == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(what_is_no_id_where_one_belongs) {
  for (auto id :
       {"1.5", "1e3", "true", "null", "\"\"", "{}", "[1]", "\"\\ud800\""}) {
    emit("json", R"({"room":"json:7","id":)" + std::string{id} + "}");
    BOOST_TEST(error() == emit_errc::invalid_payload, id);
    BOOST_TEST(answers[0].message.find("/0/id") != std::string::npos);
    answers.clear();
  }
  emit("json", R"({"room":"json:7","id":")" + std::string(129, 'x') + "\"}");
  BOOST_TEST(error() == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(several_arguments_where_one_is_stored) {
  emit("json", R"({"room":"json:7"},2)");
  BOOST_TEST(error() == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(attachments_where_json_is_stored) {
  emit("args", R"({"room":"args:7"},)" + std::string{placeholder}, "1", {"b"});
  BOOST_TEST(error() == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(json_where_bytes_are_stored) {
  emit("raw", "1");
  BOOST_TEST(error() == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
