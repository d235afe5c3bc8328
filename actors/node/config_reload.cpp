#include "actors/node/config_reload.hpp"

#include "config/log.hpp"
#include "transport/asio/failure.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace weir {

namespace {

/// As many as an answer, or a line of the log, may have.
constexpr std::size_t most_problems = 20;

config_reloaded refused(std::vector<std::string> problems) {
  for (auto& x : problems)
    log::error("configuration not read again: nothing changes", {{"why", x}});
  if (problems.size() > most_problems)
    problems.resize(most_problems);
  return {{}, std::move(problems)};
}

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
    topics_(rules_->topics()),
    ports_(ports),
    contexts_(std::move(contexts)) {
}

config_reloaded config_reload::run() {
  if (!load_)
    return refused({"this node has no configuration to read again"});
  auto loaded = load_();
  std::vector<std::string> problems;
  for (auto& x : loaded.errors)
    problems.push_back(to_string(x));
  if (!problems.empty())
    return refused(std::move(problems));
  auto change = config::change_between(now_, loaded.value);
  problems = problems_with(change, loaded.value);
  if (!problems.empty())
    return refused(std::move(problems));
  try {
    for (auto& use : prepare(loaded.value))
      use();
  } catch (const std::exception& e) {
    return refused({reason_of(e)});
  }
  apply(loaded.value);
  now_ = std::move(loaded.value);
  log::info("configuration read again", {{"changed", joined(change.live)}});
  return {std::move(change.live), {}};
}

std::vector<std::string>
config_reload::problems_with(const config::config_change& change,
                             const options& to) const {
  std::vector<std::string> result;
  for (auto& x : change.fixed)
    result.push_back(x + " cannot change while the node runs: restart it");
  if (!result.empty() || to.namespaces == now_.namespaces)
    return result;
  result = new_topics(to);
  if (rules_->version() == most_routes)
    result.push_back("mappings have changed as often as a node allows: "
                     "restart it");
  return result;
}

std::vector<std::string> config_reload::new_topics(const options& to) const {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < to.namespaces.size(); ++i) {
    auto& all = to.namespaces[i].mappings;
    for (std::size_t j = 0; j < all.size(); ++j)
      if (!std::binary_search(topics_.begin(), topics_.end(), all[j].topic))
        result.push_back("namespace[" + std::to_string(i) + "].mapping["
                         + std::to_string(j) + "].topic: the node does not "
                         + "read \"" + all[j].topic
                         + "\", which no mapping had when it was started: "
                           "restart it");
  }
  return result;
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

void config_reload::apply(const options& to) {
  if (to.log != now_.log)
    log::configure(to.log);
  if (to.limits != now_.limits)
    contexts_->change(to.limits);
  if (to.namespaces != now_.namespaces) {
    rules_ = std::make_shared<const routes>(to.namespaces, to.limits.room_name,
                                            rules_);
    keep_permanently(rules_);
  }
  ports_.clients->change(to);
  ports_.operators->set_token(to.admin.token);
}

} // namespace weir
