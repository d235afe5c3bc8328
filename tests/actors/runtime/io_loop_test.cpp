#include "actors/runtime/io_loop.hpp" // unit under test

#include "actors/contract/records.hpp"
#include "actors/contract/relay.hpp"
#include "actors/runtime/metrics/node.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/intrusive_ptr.hpp>
#include <caf/make_counted.hpp>
#include <caf/ref_counted.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <new>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace weir {

namespace {

using namespace std::chrono_literals;

/// A timer on a loop needs none.
/// On a loop a timer needs no actor, and says so if it asks one.
struct no_actor_type {
  template <class F>
  caf::disposable run_delayed(std::chrono::milliseconds, F) {
    BOOST_FAIL("a timer on a loop asks an actor");
    return {};
  }
};

no_actor_type nobody;
no_actor_type* const no_actor = &nobody;

/// Remembers what it got, and on which threads it ran.
struct sink_state {
  static inline const char* name = "test.sink";

  sink_state(subscriber_actor::pointer, std::vector<std::int64_t>* offsets,
             std::set<std::thread::id>* threads)
    : offsets(offsets), threads(threads) {}

  subscriber_actor::behavior_type make_behavior() {
    return {
      [this](const record_batch& x) {
        offsets->push_back(x.from);
        threads->insert(std::this_thread::get_id());
      },
      [](const keys_added&) {},
      [](const local_event&) {},
    };
  }

  std::vector<std::int64_t>* offsets;
  std::set<std::thread::id>* threads;
};

struct fixture {
  fixture() : runner([this] { context.run(); }) {}

  ~fixture() {
    work.reset();
    runner.join();
  }

  /// Runs `f` on the loop and waits until it is done.
  template <class F>
  void on_loop_thread(F f) {
    std::promise<void> done;
    boost::asio::post(context, [&] {
      f();
      done.set_value();
    });
    done.get_future().get();
  }

  void end(const subscriber_actor& x) {
    caf::scoped_actor self{system};
    self->send_exit(x, caf::exit_reason::user_shutdown);
    self->wait_for(x);
  }

  caf::actor_system_config cfg;
  caf::actor_system system{cfg};
  boost::asio::io_context context{1};
  io_loop loop{system, context};
  actor_executor executor{system, &loop};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
    context.get_executor()};
  std::vector<std::int64_t> offsets;
  std::set<std::thread::id> threads;
  std::thread runner;
};

BOOST_FIXTURE_TEST_SUITE(an_io_loop, fixture)

BOOST_AUTO_TEST_CASE(runs_its_actors_on_its_own_thread_whoever_sends) {
  constexpr std::int64_t senders = 4, each = 5'000;
  auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets, &threads);
  std::vector<std::thread> pool;
  for (std::int64_t s = 0; s < senders; ++s)
    pool.emplace_back([&, s] {
      for (std::int64_t i = 0; i < each; ++i)
        caf::anon_send(sink, record_batch{0, s * each + i, 0, {}});
    });
  for (auto& x : pool)
    x.join();
  end(sink);
  BOOST_TEST_REQUIRE(offsets.size() == std::size_t(senders * each));
  BOOST_TEST(threads.size() == 1u);
  BOOST_TEST((*threads.begin() == runner.get_id()));
  for (std::int64_t s = 0; s < senders; ++s) { // each sender's order is kept
    auto next = s * each;
    for (auto offset : offsets)
      if (offset / each == s)
        BOOST_TEST_REQUIRE(offset == next++);
  }
}

BOOST_AUTO_TEST_CASE(lets_others_have_their_turn_in_a_flood_of_messages) {
  auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets, &threads);
  std::size_t handled_before_it = 0;
  on_loop_thread([&] { // nothing is handled until this returns
    for (std::int64_t i = 0; i < 10'000; ++i)
      caf::anon_send(sink, record_batch{0, i, 0, {}});
    boost::asio::post(context, [&] { handled_before_it = offsets.size(); });
  });
  end(sink);
  BOOST_TEST(offsets.size() == 10'000u);
  BOOST_TEST(handled_before_it < 1'000u);
}

BOOST_AUTO_TEST_CASE(counts_its_actors) {
  auto* actors = gauge(system, metrics::actors, sink_state::name);
  {
    auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets,
                                                             &threads);
    BOOST_TEST(actors->value() == 1);
    end(sink);
  }
  on_loop_thread([] {}); // the loop has let go of it
  BOOST_TEST(actors->value() == 0);
}

BOOST_AUTO_TEST_CASE(counts_every_message_and_times_some) {
  constexpr std::int64_t all = 20'000;
  auto* mailbox = gauge(system, metrics::actor_mailbox, sink_state::name);
  auto* handled = count(system, metrics::actor_messages, sink_state::name);
  auto* waited = histogram(system, metrics::actor_mailbox_time,
                           sink_state::name);
  auto* took = histogram(system, metrics::actor_processing_time,
                         sink_state::name);
  auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets, &threads);
  on_loop_thread([&] { // nothing is handled until this returns
    for (std::int64_t i = 0; i < all; ++i)
      caf::anon_send(sink, record_batch{0, i, 0, {}});
    BOOST_TEST(mailbox->value() == all);
    std::this_thread::sleep_for(2ms); // they all wait for so long
  });
  end(sink);
  on_loop_thread([] {});
  BOOST_TEST(mailbox->value() == 0);
  BOOST_TEST(handled->value() == all + 1); // and its exit
  auto observed = [](const caf::telemetry::dbl_histogram* x) {
    std::int64_t result = 0;
    for (auto& bucket : x->buckets())
      result += bucket.count.value();
    return result;
  };
  BOOST_TEST(observed(waited) > all / 64 / 2);
  BOOST_TEST(observed(waited) < all / 64 * 2);
  BOOST_TEST(observed(took) == observed(waited));
  BOOST_TEST(waited->sum() >= 0.002 * double(observed(waited)));
  BOOST_TEST(took->sum() > 0);
}

BOOST_AUTO_TEST_CASE(counts_nothing_as_waiting_for_an_actor_that_has_ended) {
  auto* mailbox = gauge(system, metrics::actor_mailbox, sink_state::name);
  for (int round = 0; round < 50; ++round) {
    auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets,
                                                             &threads);
    std::atomic<bool> go = true;
    std::vector<std::thread> senders;
    for (int i = 0; i < 3; ++i)
      senders.emplace_back([&] {
        while (go)
          caf::anon_send(sink, record_batch{0, 0, 0, {}});
      });
    end(sink); // with messages behind it in its mailbox, and more to come
    go = false;
    for (auto& x : senders)
      x.join();
    caf::anon_send(sink, record_batch{0, 0, 0, {}});
    on_loop_thread([] {});
    BOOST_TEST(mailbox->value() == 0);
  }
}

BOOST_AUTO_TEST_CASE(drops_what_only_streams_of_cafs_would_send) {
  auto* mailbox = gauge(system, metrics::actor_mailbox, sink_state::name);
  auto* handled = count(system, metrics::actor_messages, sink_state::name);
  auto sink = executor.spawn<subscriber_actor, sink_state>(&offsets, &threads);
  auto* receiver = caf::actor_cast<caf::actor_control_block*>(sink);
  receiver->enqueue(nullptr, caf::make_message_id(),
                    caf::make_message(caf::make<caf::upstream_msg::drop>(
                      caf::stream_slots{1, 1}, caf::actor_addr{})),
                    nullptr);
  caf::anon_send(sink, record_batch{0, 7, 0, {}});
  while (handled->value() < 2)
    std::this_thread::yield();
  BOOST_TEST(mailbox->value() == 0);
  end(sink);
  BOOST_TEST(offsets == std::vector<std::int64_t>{7},
             boost::test_tools::per_element());
}

/// Notes its turns; in the first of them there may be no memory.
struct test_job : caf::resumable, caf::ref_counted {
  explicit test_job(bool fails) : fails(fails) {}

  subtype_t subtype() const override { return caf::resumable::function_object; }

  resume_result resume(caf::execution_unit*, std::size_t) override {
    ++turns;
    if (std::exchange(fails, false))
      throw std::bad_alloc{};
    return caf::resumable::done;
  }

  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }

  bool fails;
  std::atomic<int> turns = 0;
};

// Those behind it have their turns, once, and it has another one.
BOOST_AUTO_TEST_CASE(gives_everybody_his_turn_where_one_has_no_memory) {
  std::vector<caf::intrusive_ptr<test_job>> jobs;
  for (int i = 0; i < 10; ++i)
    jobs.push_back(caf::make_counted<test_job>(i == 3 || i == 7));
  on_loop_thread([&] {
    for (auto& x : jobs) {
      x->ref(); // the loop's
      loop.exec_later(x.get());
    }
  });
  for (int i = 0; i < 3; ++i)
    on_loop_thread([] {});
  for (int i = 0; i < 10; ++i) {
    auto& x = jobs[static_cast<std::size_t>(i)];
    BOOST_TEST(x->turns == (i == 3 || i == 7 ? 2 : 1));
    BOOST_TEST(x->get_reference_count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(calls_a_timer_on_its_thread) {
  loop_timer timer;
  std::promise<std::thread::id> fired;
  on_loop_thread([&] {
    timer.start(no_actor, executor, 1ms,
                [&] { fired.set_value(std::this_thread::get_id()); });
  });
  BOOST_TEST((fired.get_future().get() == runner.get_id()));
}

BOOST_AUTO_TEST_CASE(calls_no_timer_that_is_cancelled_or_gone_or_started_over) {
  std::atomic<int> calls = 0;
  std::promise<void> last;
  loop_timer cancelled, restarted;
  auto gone = std::make_unique<loop_timer>();
  on_loop_thread([&] {
    auto start = [&](loop_timer& x, auto f) {
      x.start(no_actor, executor, 1ms, f);
    };
    start(cancelled, [&] { ++calls; });
    start(*gone, [&] { ++calls; });
    start(restarted, [&] { ++calls; });
    cancelled.cancel();
    gone.reset();
    start(restarted, [&] { last.set_value(); });
  });
  last.get_future().get();
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(calls_no_timer_that_is_cancelled_when_it_is_due_already) {
  std::atomic<int> calls = 0;
  loop_timer first, second;
  on_loop_thread([&] {
    // Both are due when the loop looks next; the first to be called cancels
    // the other, whose call is queued by then.
    first.start(no_actor, executor, 0ms, [&] {
      ++calls;
      second.cancel();
    });
    second.start(no_actor, executor, 0ms, [&] {
      ++calls;
      first.cancel();
    });
    std::this_thread::sleep_for(1ms);
  });
  on_loop_thread([] {});
  on_loop_thread([] {});
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(
  io_loops_give_out_executors_in_turn_and_end_their_threads) {
  caf::actor_system_config cfg;
  caf::actor_system system{cfg};
  io_loops loops{system, 2};
  BOOST_TEST(loops.size() == 2u);
  BOOST_TEST(loops.executor(0).loop() == loops.executor(2).loop());
  BOOST_TEST(loops.executor(0).loop() != loops.executor(1).loop());
  loops.start();
}

BOOST_AUTO_TEST_CASE(io_loops_go_on_where_there_was_no_memory) {
  caf::actor_system_config cfg;
  caf::actor_system system{cfg};
  io_loops loops{system, 1};
  loops.start();
  auto& context = loops.executor(0).loop()->context();
  for (int i = 0; i < 3; ++i) {
    std::promise<void> done;
    boost::asio::post(context, [] { throw std::bad_alloc{}; });
    boost::asio::post(context, [&] { done.set_value(); });
    done.get_future().get();
  }
}

} // namespace

} // namespace weir
