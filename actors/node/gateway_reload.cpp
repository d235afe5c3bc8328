#include "actors/node/gateway_state.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics.hpp"
#include "config/fingerprint.hpp"
#include "config/log.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace weir {

namespace {

/// How long a reload waits for connections to have other mappings; CONTROLLER
/// wants its answer soon after that.
constexpr auto switch_patience = std::chrono::seconds{1};

std::vector<std::string> sentences(const options& x,
                                   const read_topics::problems& problems) {
  std::vector<std::string> result;
  for (auto& [topic, why] : problems)
    result.push_back(config_reload::problem_of(x, topic, why));
  return result;
}

} // namespace

/// One that stops is about to read nothing again. A second one that came
/// while the first waits for readers might have another opinion of what is
/// new.
caf::result<config_reloaded> gateway_state::on_reload() {
  if (stopping)
    return config_reload::refuse({"the node is about to stop"});
  if (topics.is_adding())
    return config_reload::refuse({"another reload is under way, which waits "
                                  "for topics that are new: try again"});
  auto next = reload.read();
  if (!next.problems.empty())
    return config_reload::refuse(std::move(next.problems));
  auto answer = self->make_response_promise<config_reloaded>();
  if (topics.missing(*next.rules).empty())
    use(std::move(next), answer);
  else
    add_topics(std::move(next), answer);
  return answer;
}

/// Mappings have them only once they have readers.
void gateway_state::add_topics(config_reload::candidate next,
                               reload_answer answer) {
  auto added = topics.missing(*next.rules);
  try {
    if (ports.broker)
      ports.broker->add({added.begin(), added.end()});
  } catch (const std::runtime_error& e) {
    answer.deliver(config_reload::refuse({e.what()}));
    return;
  }
  auto rules_to_come = next.rules;
  topics.add(*rules_to_come, [this, next = std::move(next),
                              answer](const auto& problems) mutable {
    if (stopping)
      answer.deliver(config_reload::refuse({"the node is about to stop"}));
    else if (problems.empty())
      use(std::move(next), answer);
    else
      answer.deliver(config_reload::refuse(sentences(next.settings, problems)));
  });
}

void gateway_state::use(config_reload::candidate next, reload_answer answer) {
  auto former = rules();
  auto live = live_fingerprint(reload.now());
  auto result = reload.use(std::move(next));
  settings.server.drain_time = reload.now().server.drain_time;
  show_limits(self->system(), reload.now());
  if (auto x = live_fingerprint(reload.now()); x != live)
    tell(self, cluster, use_config{config_fingerprint(reload.now()), x});
  if (rules() != former)
    return hand_out_rules(std::move(result), std::move(answer));
  topics.keep(*former); // what is new is of no use, if anything is
  answer.deliver(std::move(result));
}

/// Joins come to ROOM DIRECTORY by the mappings of now, or by ones that it
/// knows to be former: so it is told before the connections. The answer comes
/// when all of them have these.
void gateway_state::hand_out_rules(config_reloaded done, reload_answer to) {
  struct open_answer {
    reload_answer to;
    config_reloaded content;
    std::size_t left;

    void one_less() {
      if (--left == 0)
        to.deliver(std::move(content));
    }
  };
  auto answer = std::make_shared<open_answer>(
    open_answer{std::move(to), std::move(done), censuses.size()});
  const use_routes news{rules()};
  tell(self, directory, news);
  topics.keep(*rules());
  tell(self, controller, news);
  tell(self, tail, news);
  contexts->change(rules());
  for (auto& x : censuses)
    self->request(x, switch_patience, news)
      .then([answer] { answer->one_less(); },
            [answer](const caf::error& e) {
              log::warning("a loop has yet to tell its connections of other "
                           "mappings",
                           {{"why", to_string(e)}});
              answer->one_less();
            });
}

} // namespace weir
