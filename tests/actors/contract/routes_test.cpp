#include "actors/contract/routes.hpp" // unit under test

#include "tests/support/printing.hpp"
#include "tests/support/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>

namespace weir {

namespace {

using test::mapping;
using test::nsp;

struct fixture {
  fixture() {
    auto chat = mapping("chat:{id}", "chat.messages", {"chat message", "edit"});
    chat.key = "{id}";
    auto pair = mapping("pair:{a}:{b}", "pairs", {"edit"});
    pair.room_from = "/1";
    pair.key = "{a}-{b}";
    pair.members_only = true;
    auto lobby = mapping("lobby", "lobby.messages", {"shout"});
    lobby.room_from = "";
    settings = nsp("/chat", {chat, pair, lobby});
    local_options typing;
    typing.events = {"typing"};
    typing.room_from = "/0/room";
    settings.locals = {typing};
  }

  destination resolve(std::string_view event, std::string_view args) const {
    return nsp_routes{3, settings}.resolve(event, args);
  }

  namespace_options settings;
};

BOOST_FIXTURE_TEST_SUITE(an_emitted_event, fixture)

BOOST_AUTO_TEST_CASE(goes_where_its_room_says) {
  nsp_routes rules{3, settings};
  auto to = rules.resolve("chat message", R"({"room":"chat:7"})");
  BOOST_TEST(to.error == emit_errc::none);
  BOOST_TEST(to.route == &rules.mappings()[0]);
  BOOST_TEST(to.route->nsp == 3);
  BOOST_TEST(to.room == "chat:7");
  BOOST_TEST(to.key == "7");
}

BOOST_AUTO_TEST_CASE(may_name_its_room_in_any_argument) {
  auto to = resolve("edit", R"(0,"pair:x:y")");
  BOOST_TEST(to.error == emit_errc::none);
  BOOST_TEST(to.key == "x-y");
  to = resolve("edit", R"({"room":"chat:7"})");
  BOOST_TEST(to.key == "7");
}

BOOST_AUTO_TEST_CASE(
  is_notified_of_the_first_place_where_it_could_name_its_room) {
  auto to = resolve("edit", "");
  BOOST_TEST(to.error == emit_errc::invalid_payload);
  BOOST_TEST(to.message.find("/0/room") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(needs_no_room_where_the_mapping_has_a_constant_one) {
  auto to = resolve("shout", "");
  BOOST_TEST(to.error == emit_errc::none);
  BOOST_TEST(to.room == "lobby");
  BOOST_TEST(to.key == "lobby");
}

BOOST_AUTO_TEST_CASE(is_refused_when_no_mapping_takes_it) {
  auto to = resolve("unheard of", R"({"room":"chat:7"})");
  BOOST_TEST(to.error == emit_errc::unknown_event);
  BOOST_TEST(!to.message.empty());
  BOOST_TEST(to.route == nullptr);
}

BOOST_AUTO_TEST_CASE(is_refused_when_no_mapping_of_it_has_the_room) {
  auto to = resolve("chat message", R"({"room":"lobby"})");
  BOOST_TEST(to.error == emit_errc::unknown_room);
}

BOOST_AUTO_TEST_CASE(is_refused_when_its_room_is_no_string) {
  for (auto args :
       {"", "{}", R"({"room":7})", "1", R"({"room":{"room":"chat:7"}})"})
    BOOST_TEST(resolve("chat message", args).error
               == emit_errc::invalid_payload);
}

BOOST_AUTO_TEST_CASE(is_refused_when_its_rooms_name_is_too_long) {
  auto args = [](std::size_t size) {
    return R"({"room":"chat:)" + std::string(size - 5, 'x') + "\"}";
  };
  BOOST_TEST(resolve("chat message", args(255)).error == emit_errc::none);
  BOOST_TEST(resolve("chat message", args(256)).error == emit_errc::too_large);
}

BOOST_AUTO_TEST_CASE(tells_the_client_where_its_room_belongs) {
  auto to = resolve("chat message", "");
  BOOST_TEST(to.message.find("/0/room") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_namespaces_rules, fixture)

BOOST_AUTO_TEST_CASE(find_the_mapping_of_a_room) {
  nsp_routes rules{0, settings};
  BOOST_TEST(rules.mapping_of("pair:x:y") == &rules.mappings()[1]);
  BOOST_TEST(rules.mapping_of("lobby") == &rules.mappings()[2]);
  BOOST_TEST(rules.mapping_of("chat:") == nullptr);
}

BOOST_AUTO_TEST_CASE(make_keys_of_rooms) {
  nsp_routes rules{0, settings};
  BOOST_TEST(*rules.mappings()[0].key_of("chat:7") == "7");
  BOOST_TEST(!rules.mappings()[0].key_of("other:7"));
  BOOST_TEST(*rules.mappings()[2].key_of("lobby") == "lobby");
}

BOOST_AUTO_TEST_CASE(know_local_events_and_their_rooms) {
  nsp_routes rules{0, settings};
  auto* rule = rules.local("typing");
  BOOST_TEST_REQUIRE(rule != nullptr);
  BOOST_TEST(rules.local("chat message") == nullptr);
  BOOST_TEST(rules.local_room(*rule, R"({"room":"chat:7"})") == "chat:7");
  BOOST_TEST(rules.local_room(*rule, "") == "");
}

BOOST_AUTO_TEST_CASE(say_whether_some_mapping_is_for_members_only) {
  BOOST_TEST((nsp_routes{0, settings}.has_members_only()));
  settings.mappings[1].members_only = false;
  BOOST_TEST(!(nsp_routes{0, settings}.has_members_only()));
}

BOOST_AUTO_TEST_CASE(name_the_events_of_records_that_have_no_name) {
  auto event = [](const mapping_options& x) {
    return mapping_route{0, x}.event;
  };
  auto x = mapping("room", "topic", {"first", "second"});
  BOOST_TEST(event(x) == "first");
  x.event = "configured";
  BOOST_TEST(event(x) == "configured");
  BOOST_TEST(event(mapping("room", "topic")) == "message");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_routes, fixture)

BOOST_AUTO_TEST_CASE(find_a_namespace_by_its_name) {
  auto rules = test::rules_of({nsp("/"), settings});
  BOOST_TEST_REQUIRE(rules->find("/chat") != nullptr);
  BOOST_TEST(rules->find("/chat")->index() == 1);
  BOOST_TEST(&rules->at(1) == rules->find("/chat"));
  BOOST_TEST(rules->find("/other") == nullptr);
  BOOST_TEST(rules->find("") == nullptr);
}

BOOST_AUTO_TEST_CASE(list_each_topic_once) {
  auto rules = test::rules_of(
    {nsp("/a", {mapping("x", "b.topic"), mapping("y", "a.topic")}),
     nsp("/b", {mapping("z", "b.topic")})});
  BOOST_TEST(rules->topics()
             == (std::vector<std::string>{"a.topic", "b.topic"}));
}

BOOST_AUTO_TEST_CASE(keep_those_that_they_follow) {
  auto first = test::rules_of({settings});
  std::weak_ptr<const routes> kept = first;
  auto* route = first->at(0).mapping_of("chat:1");
  auto next
    = std::make_shared<const routes>(std::vector<namespace_options>{settings},
                                     std::size_t{100}, std::move(first));
  BOOST_TEST(!kept.expired());
  BOOST_TEST(route->version == 1u);
  BOOST_TEST(next->version() == 2u);
  BOOST_TEST(next->at(0).mapping_of("chat:1")->version == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

/// One mapping, and what may become of it.
struct changing {
  routes_ptr follow(const mapping_options& x, routes_ptr former) const {
    return std::make_shared<const routes>(
      std::vector<namespace_options>{nsp("/", {x})}, std::size_t{100},
      std::move(former));
  }

  static const mapping_route& of(const routes_ptr& x) {
    return x->at(0).mappings()[0];
  }

  mapping_options before = mapping("chat:{id}", "chat", {"say"});
  routes_ptr first = test::rules_of({nsp("/", {before})});
};

BOOST_FIXTURE_TEST_SUITE(a_mapping_that_changes, changing)

BOOST_AUTO_TEST_CASE(has_the_same_rooms_whoever_may_do_what_in_them) {
  auto x = before;
  x.allow.join = {"authenticated"};
  x.members_only = true;
  x.events.push_back("tell");
  x.room_from = "/1";
  x.id_from = "/2";
  x.key = "chat:{id}"; // the room's name, as before
  auto next = follow(x, first);
  BOOST_TEST(of(next).is_like(of(first)));
  BOOST_TEST(of(next).mark() == 0u);
  BOOST_TEST(of(next).digest == of(first).digest);
}

BOOST_AUTO_TEST_CASE(has_other_rooms_where_their_records_or_events_are_others) {
  std::vector<std::function<void(mapping_options&)>> changes{
    [](auto& x) { x.room = "chat:{name}"; },
    [](auto& x) { x.topic = "other"; },
    [](auto& x) { x.key = "{id}"; },
    [](auto& x) { x.event = "shout"; },
    [](auto& x) {
      x.events = {"tell", "say"};
    }, // of records without a name
    [](auto& x) { x.echo = false; },
    [](auto& x) { x.history = 1; },
    [](auto& x) { x.format = value_format::args; },
    [](auto& x) { x.tombstones = tombstone_policy::skip; }};
  std::set<std::uint32_t> digests{of(first).digest};
  for (auto& change : changes) {
    auto x = before;
    change(x);
    auto next = follow(x, first);
    BOOST_TEST(!of(next).is_like(of(first)));
    BOOST_TEST(of(next).mark() == of(next).digest);
    digests.insert(of(next).digest);
  }
  BOOST_TEST(digests.size() == changes.size() + 1);
}

/// Who was away all the time must not take up where another one ended.
BOOST_AUTO_TEST_CASE(is_another_one_also_when_it_is_as_it_has_been) {
  auto x = before;
  x.key = "{id}";
  auto back = follow(before, follow(x, first));
  BOOST_TEST(of(back).is_like(of(first)));
  BOOST_TEST(of(back).mark() == of(first).digest);
  BOOST_TEST(!of(back).has_written(0));
  BOOST_TEST(of(back).has_written(of(first).digest));
  // and stays it
  BOOST_TEST(of(follow(before, back)).mark() == of(back).mark());
}

BOOST_AUTO_TEST_CASE(knows_the_offsets_of_its_own_rooms) {
  BOOST_TEST(of(first).has_written(0));
  BOOST_TEST(of(first).has_written(of(first).digest)); // of another node
  BOOST_TEST(!of(first).has_written(of(first).digest + 1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
