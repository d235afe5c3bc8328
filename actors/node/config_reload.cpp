#include "actors/node/config_reload.hpp"

#include "config/log.hpp"
#include "transport/asio/failure.hpp"

#include <exception>
#include <utility>

namespace weir {

namespace {

/// As many as an answer, or a line of the log, may have.
constexpr std::size_t most_problems = 20;

/// Whoever ends late, when the node stops, has pointers into it.
void keep_permanently(routes_ptr x) {
  static auto& kept = *new std::vector<routes_ptr>;
  kept.push_back(std::move(x));
}

std::string joined(const std::vector<std::string>& all) {
  std::string result;
  for (auto& x : all)
    result += (result.empty() ? "" : ", ") + x;
  return result.empty() ? "nothing" : result;
}

} // namespace

config_reload::config_reload(load_options load, options now, node_ports& ports,
                             std::shared_ptr<loop_contexts> contexts)
  : load_(std::move(load)),
    now_(std::move(now)),
    rules_(
      std::make_shared<const routes>(now_.namespaces, now_.limits.room_name)),
    ports_(ports),
    contexts_(std::move(contexts)) {
}

config_reload::candidate config_reload::read() const {
  if (!load_)
    return {{}, rules_, {}, {"this node has no configuration to read again"}};
  auto loaded = load_();
  candidate result{std::move(loaded.value), rules_, {}, {}};
  for (auto& x : loaded.errors)
    result.problems.push_back(to_string(x));
  if (!result.problems.empty())
    return result;
  auto& to = result.settings;
  auto change = config::change_between(now_, to);
  result.problems = problems_with(change, to);
  result.changed = std::move(change.live);
  if (result.problems.empty() && to.namespaces != now_.namespaces)
    result.rules = std::make_shared<const routes>(to.namespaces,
                                                  to.limits.room_name, rules_);
  return result;
}

config_reloaded config_reload::use(candidate x) {
  try {
    for (auto& use : prepare(x.settings))
      use();
  } catch (const std::exception& e) {
    return refuse({reason_of(e)});
  }
  apply(x);
  now_ = std::move(x.settings);
  log::info("configuration read again", {{"changed", joined(x.changed)}});
  return {std::move(x.changed), {}};
}

config_reloaded config_reload::refuse(std::vector<std::string> problems) {
  for (auto& x : problems)
    log::error("configuration not read again: nothing changes", {{"why", x}});
  if (problems.size() > most_problems)
    problems.resize(most_problems);
  return {{}, std::move(problems)};
}

std::vector<std::string>
config_reload::problems_with(const config::config_change& change,
                             const options& to) const {
  std::vector<std::string> result;
  for (auto& x : change.fixed)
    result.push_back(x + " cannot change while the node runs: restart it");
  if (!result.empty() || to.namespaces == now_.namespaces)
    return result;
  if (rules_->version() == most_routes)
    result.push_back("mappings have changed as often as a node allows: "
                     "restart it");
  return result;
}

std::string config_reload::problem_of(const options& x,
                                      const std::string& topic,
                                      const std::string& why) {
  auto said = "topic \"" + topic + "\": " + why;
  for (std::size_t i = 0; i < x.namespaces.size(); ++i) {
    auto& all = x.namespaces[i].mappings;
    for (std::size_t j = 0; j < all.size(); ++j)
      if (all[j].topic == topic)
        return "namespace[" + std::to_string(i) + "].mapping["
               + std::to_string(j) + "]: " + said;
  }
  return said;
}

/// Also files that are called as before may have become other ones.
std::vector<std::function<void()>> config_reload::prepare(const options& to) {
  std::vector<std::function<void()>> result;
  auto add = [&result](std::string what, std::function<void()> use) {
    result.push_back([what = std::move(what), use = std::move(use)] {
      use();
      log::info("files read again", {{"what", what}});
    });
  };
  if (ports_.client_tls)
    add("certificates", ports_.client_tls->prepare(to.server.tls));
  if (ports_.operator_tls)
    add("certificates", ports_.operator_tls->prepare(to.admin.tls));
  if (ports_.links_tls)
    add("certificates of links", ports_.links_tls->prepare(to.cluster.tls));
  if (ports_.token_keys)
    add("keys of tokens", ports_.token_keys->prepare(to.auth.jwt));
  return result;
}

void config_reload::apply(const candidate& x) {
  auto& to = x.settings;
  if (to.log != now_.log)
    log::configure(to.log);
  if (to.limits != now_.limits)
    contexts_->change(to.limits);
  if (x.rules != rules_) {
    rules_ = x.rules;
    keep_permanently(rules_);
  }
  ports_.clients->change(to);
  ports_.operators->set_token(to.admin.token);
}

} // namespace weir
