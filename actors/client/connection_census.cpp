#include "actors/client/connection_census.hpp"

#include "actors/runtime/caf_compat.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>
#include <utility>

namespace weir {

namespace {

/// Looking at one takes some 100 ns, describing it some microseconds.
constexpr std::size_t looked_at_per_turn = 2000;
constexpr std::size_t described_per_turn = 100;

constexpr auto look_interval = std::chrono::milliseconds{100};

struct connection_census_state {
  static inline const char* name = "weir.connection-census";

  using answer = caf::typed_response_promise<connection_page>;

  /// A question, and how far it is answered.
  struct survey {
    connection_question asked;
    answer to;
    std::string at{}; ///< the session's id to go on from
    connection_page page{};
  };

  connection_census_state(connection_census_actor::pointer self,
                          actor_executor executor,
                          std::shared_ptr<const connection_registry> all,
                          std::shared_ptr<loop_meter> meter,
                          std::shared_ptr<loop_heat> heat)
    : self(self),
      executor(executor),
      all(std::move(all)),
      meter(std::move(meter)),
      heat(std::move(heat)) {}

  connection_census_actor::behavior_type make_behavior() {
    look_at_loop();
    return {
      [this](connection_question& x) { return on_question(std::move(x)); },
      [this](const census_turn&) { on_turn(); },
      [this](const hot_question& x) {
        return hot_page{heat->describe(loop_heat::clock::now(), x.limit)};
      },
    };
  }

  /// A timer is late by what the loop does before it comes to it.
  void look_at_loop() {
    auto due = loop_meter::clock::now() + look_interval;
    timer.start(self, executor, look_interval, [this, due] {
      using std::chrono::duration_cast, std::chrono::microseconds;
      auto now = loop_meter::clock::now();
      meter->delay.add(duration_cast<microseconds>(now - due).count());
      heat->look_at(now);
      look_at_loop();
    });
  }

  answer on_question(connection_question x) {
    auto result = self->make_response_promise<connection_page>();
    auto from = x.after;
    surveys.push_back({std::move(x), result, std::move(from)});
    if (surveys.size() == 1)
      tell(self, me(), census_turn{});
    return result;
  }

  void on_turn() {
    if (auto& x = surveys.front(); go_on(x)) {
      x.to.deliver(std::move(x.page));
      surveys.pop_front();
    }
    if (!surveys.empty())
      tell(self, me(), census_turn{});
  }

  /// Whether it is complete.
  bool go_on(survey& x) const {
    auto& page = x.page;
    std::size_t looked_at = 0;
    const auto before = page.connections.size();
    for (auto i = all->from(x.at); i != all->end(); ++i) {
      auto& [sid, connection] = *i;
      if (++looked_at > looked_at_per_turn
          || page.connections.size() - before == described_per_turn) {
        x.at = sid;
        return false;
      }
      if (!is_wanted(x.asked, sid, *connection))
        continue;
      if (page.connections.size() >= x.asked.limit
          && page.connections.back().id != sid.substr(0, shown_sid))
        return page.more = true;
      page.connections.push_back(
        connection->describe(!x.asked.filter.id.empty()));
    }
    return true;
  }

  static bool is_wanted(const connection_question& x, std::string_view sid,
                        const listed_connection& y) {
    return (x.after.empty() || sid.substr(0, shown_sid) > x.after)
           && y.matches(x.filter);
  }

  connection_census_actor me() const { return connection_census_actor{self}; }

  connection_census_actor::pointer self;
  actor_executor executor;
  std::shared_ptr<const connection_registry> all;
  std::shared_ptr<loop_meter> meter;
  std::shared_ptr<loop_heat> heat;
  loop_timer timer;
  std::deque<survey> surveys; ///< bounded by what operators ask at a time
};

} // namespace

connection_census_actor
spawn_connection_census(actor_executor executor,
                        std::shared_ptr<const connection_registry> all,
                        std::shared_ptr<loop_meter> meter,
                        std::shared_ptr<loop_heat> heat) {
  return executor.spawn<connection_census_actor, connection_census_state>(
    executor, std::move(all), std::move(meter), std::move(heat));
}

} // namespace weir
