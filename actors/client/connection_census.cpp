#include "actors/client/connection_census.hpp"

#include "actors/runtime/caf_compat.hpp"

#include <caf/stateful_actor.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

namespace {

/// Looking at one takes some 100 ns, describing it some microseconds.
constexpr std::size_t looked_at_per_turn = 2000;
constexpr std::size_t described_per_turn = 100;

constexpr auto look_interval = std::chrono::milliseconds{100};

/// Goes over all connections, some in each turn.
class walk {
public:
  virtual ~walk() = default;

  /// Whether it is over.
  bool go_on(const connection_registry& all) {
    std::size_t looked_at = 0, done = 0;
    for (auto i = all.from(at_); i != all.end(); ++i) {
      if (++looked_at > looked_at_per_turn || done == described_per_turn) {
        at_ = i->first;
        return false;
      }
      if (is_enough(i->first))
        return true;
      done += visit(i->first, *i->second) ? 1 : 0;
    }
    return true;
  }

  virtual void answer(const connection_registry& all) = 0;

protected:
  explicit walk(std::string from) : at_(std::move(from)) {}

private:
  /// Whether those from this session's id on do not matter any more.
  virtual bool is_enough(std::string_view sid) = 0;

  /// Whether it was worth some microseconds.
  virtual bool visit(std::string_view sid, listed_connection& x) = 0;

  std::string at_; ///< the session's id to go on from
};

/// A question.
class survey final : public walk {
public:
  using asker = caf::typed_response_promise<connection_page>;

  survey(connection_question asked, asker to)
    : walk(asked.after), asked_(std::move(asked)), to_(std::move(to)) {}

  void answer(const connection_registry&) override {
    to_.deliver(std::move(page_));
  }

private:
  bool is_full() const { return page_.connections.size() >= asked_.limit; }

  bool is_enough(std::string_view) override { return page_.more; }

  bool visit(std::string_view sid, listed_connection& x) override {
    if ((!asked_.after.empty() && sid.substr(0, shown_sid) <= asked_.after)
        || !x.matches(asked_.filter))
      return false;
    if (is_full() && page_.connections.back().id != sid.substr(0, shown_sid)) {
      page_.more = true;
      return false;
    }
    page_.connections.push_back(
      x.describe(asked_.in_detail || !asked_.filter.id.empty()));
    return true;
  }

  connection_question asked_;
  asker to_;
  connection_page page_{};
};

/// How many there are.
class tally final : public walk {
public:
  using asker = caf::typed_response_promise<connection_counts>;

  tally(count_connections x, asker to)
    : walk({}), asked_(x), to_(std::move(to)) {}

  void answer(const connection_registry& all) override {
    auto now = departures::time_point::clock::now();
    if (asked_.with_left)
      sum_.left = all.left.latest(now);
    if (asked_.events != event_detail::none) {
      sum_.events = all.events->latest(now,
                                       asked_.events == event_detail::args);
      sum_.events_left_out = all.events->left_out();
      all.events->watch(now);
    }
    to_.deliver(std::move(sum_));
  }

private:
  bool is_enough(std::string_view) override { return false; }

  bool visit(std::string_view, listed_connection& x) override {
    x.add_to(sum_);
    return false;
  }

  count_connections asked_;
  asker to_;
  connection_counts sum_{};
};

/// An order.
class errand final : public walk {
public:
  using asker = caf::typed_response_promise<order_done>;

  errand(socket_order wanted, asker to)
    : walk({}), wanted_(std::move(wanted)), to_(std::move(to)) {}

  void answer(const connection_registry&) override {
    to_.deliver(std::move(sum_));
  }

private:
  bool is_enough(std::string_view) override { return false; }

  bool visit(std::string_view, listed_connection& x) override {
    auto one = x.follow(wanted_);
    sum_.sockets += one.sockets;
    if (!one.problem.empty())
      sum_.problem = std::move(one.problem);
    return one.sockets > 0;
  }

  socket_order wanted_;
  asker to_;
  order_done sum_{};
};

/// Other mappings.
class announcement final : public walk {
public:
  using asker = caf::typed_response_promise<void>;

  announcement(use_routes news, asker to)
    : walk({}), news_(std::move(news)), to_(std::move(to)) {}

  void answer(const connection_registry&) override { to_.deliver(); }

private:
  bool is_enough(std::string_view) override { return false; }

  bool visit(std::string_view, listed_connection& x) override {
    x.use(*news_.rules);
    return true;
  }

  use_routes news_;
  asker to_;
};

struct connection_census_state {
  static inline const char* name = "weir.connection-census";

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
      [this](connection_question& x) {
        return begin<survey, connection_page>(std::move(x));
      },
      [this](count_connections x) {
        return begin<tally, connection_counts>(x);
      },
      [this](socket_order& x) {
        return begin<errand, order_done>(std::move(x));
      },
      [this](const census_turn&) { on_turn(); },
      [this](use_routes& x) { return begin<announcement, void>(std::move(x)); },
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

  template <class Walk, class Answer, class Message>
  caf::typed_response_promise<Answer> begin(Message x) {
    auto result = self->make_response_promise<Answer>();
    walks.push_back(std::make_unique<Walk>(std::move(x), result));
    if (walks.size() == 1)
      tell(self, me(), census_turn{});
    return result;
  }

  void on_turn() {
    if (walks.front()->go_on(*all)) {
      walks.front()->answer(*all);
      walks.pop_front();
    }
    if (!walks.empty())
      tell(self, me(), census_turn{});
  }

  connection_census_actor me() const { return connection_census_actor{self}; }

  connection_census_actor::pointer self;
  actor_executor executor;
  std::shared_ptr<const connection_registry> all;
  std::shared_ptr<loop_meter> meter;
  std::shared_ptr<loop_heat> heat;
  loop_timer timer;
  std::deque<std::unique_ptr<walk>> walks; ///< bounded by what operators want
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
