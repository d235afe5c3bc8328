#include "actors/node/ui_session.hpp" // unit under test

#include "tests/support/deterministic_actor_system.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/printing.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

using texts = std::vector<std::string>;

struct fixture : test::deterministic_actor_system {
  fixture() {
    session->before_call = [this] { lend_thread_to(actor); };
    run();
  }

  /// The client sends a packet; what the session answers.
  texts feed(std::string_view text) {
    session->feed(text);
    run();
    return session->take();
  }

  texts answer(bool is_admitted) {
    tell(actor, ui_verdict{is_admitted});
    return session->take();
  }

  void enter() {
    feed(R"(0/admin,{"username":"a"})");
    answer(true);
  }

  static ui_events frames(const std::string& text) {
    auto result = std::make_shared<std::string>();
    engineio::append_text_message(*result, text);
    return {std::move(result)};
  }

  std::vector<ui_entry> entries;
  std::vector<ui_command> commands;
  admin_ui_actor ui = spawn_probe<admin_ui_actor>(&entries, &commands);
  std::shared_ptr<test::fake_session> session
    = std::make_shared<test::fake_session>();
  ui_session_actor actor = keep(spawn_ui_session(executor, ui, session, "id"));
};

BOOST_FIXTURE_TEST_SUITE(a_ui_session, fixture)

BOOST_AUTO_TEST_CASE(asks_whether_the_page_may_come_in) {
  BOOST_TEST(feed(R"(0/admin,{"username":"a"})").empty());
  BOOST_TEST_REQUIRE(entries.size() == 1u);
  BOOST_TEST(entries[0].credentials == R"({"username":"a"})");
  BOOST_TEST(entries[0].from == "127.0.0.1");
  BOOST_TEST(answer(true) == texts{R"(0/admin,{"sid":"id"})"});
}

BOOST_AUTO_TEST_CASE(refuses_with_the_words_that_the_page_knows) {
  feed("0/admin,{}");
  BOOST_TEST(answer(false)
             == texts{R"(4/admin,{"message":"invalid credentials"})"});
  BOOST_TEST(session->is_open());
  feed(R"(0/admin,{"username":"a"})");
  BOOST_TEST(answer(true) == texts{R"(0/admin,{"sid":"id"})"});
}

BOOST_AUTO_TEST_CASE(is_over_after_three_passwords) {
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(session->is_open());
    feed("0/admin,{}");
    answer(false);
  }
  BOOST_TEST(!session->is_open());
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(has_no_other_namespace) {
  BOOST_TEST(feed("0") == texts{R"(4{"message":"Invalid namespace"})"});
  BOOST_TEST(feed("0/chat,")
             == texts{R"(4/chat,{"message":"Invalid namespace"})"});
  BOOST_TEST(entries.empty());
}

BOOST_AUTO_TEST_CASE(hands_on_what_the_page_wants_once_it_is_in) {
  enter();
  feed(R"(2/admin,["join","/","r","s"])");
  BOOST_TEST_REQUIRE(commands.size() == 1u);
  BOOST_TEST(commands[0].name == "join");
  BOOST_TEST(commands[0].args == R"("/","r","s")");
  BOOST_TEST(commands[0].from == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_a_page_that_is_not_in) {
  feed(R"(2/admin,["_disconnect","/",true,"s"])");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(commands.empty());
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(takes_nothing_from_a_page_that_waits) {
  feed("0/admin,{}");
  feed(R"(2/admin,["_disconnect","/",true,"s"])");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(commands.empty());
}

BOOST_AUTO_TEST_CASE(lets_nobody_enter_twice) {
  enter();
  feed("0/admin,{}");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(entries.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ends_with_what_is_no_packet) {
  feed("9");
  BOOST_TEST(session->is_aborted());
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(sends_what_there_is) {
  enter();
  tell(actor, frames("one"));
  BOOST_TEST(session->take() == texts{"one"});
}

BOOST_AUTO_TEST_CASE(closes_a_page_that_does_not_read) {
  enter();
  session->limit = 10;
  session->stop_reading();
  tell(actor, frames("1234"));
  BOOST_TEST(session->is_open());
  tell(actor, frames("5678"));
  BOOST_TEST(!session->is_open());
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(closes_a_page_that_does_not_enter) {
  advance(44s);
  BOOST_TEST(session->is_open());
  advance(2s);
  BOOST_TEST(!session->is_open());
}

BOOST_AUTO_TEST_CASE(stays_as_long_as_the_page_does) {
  enter();
  advance(1h);
  BOOST_TEST(session->is_open());
  session->hang_up();
  run();
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(ends_with_the_admin_ui) {
  enter();
  end(ui);
  BOOST_TEST(!session->is_open());
  BOOST_TEST(is_over(actor));
}

BOOST_AUTO_TEST_CASE(ends_when_the_page_leaves) {
  enter();
  feed("1/admin,");
  BOOST_TEST(!session->is_open());
  BOOST_TEST(!session->is_aborted());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace weir
