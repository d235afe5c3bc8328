#include "actors/kafka/deny_listener.hpp"

#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/auth.hpp"
#include "config/log.hpp"

#include <utility>

namespace weir {

namespace {

/// No token is larger.
constexpr std::size_t max_denied_name = 64 * kib;

} // namespace

deny_listener::deny_listener(caf::actor_system& system,
                             std::shared_ptr<auth::deny_list> list,
                             disconnector_actor disconnector)
  : list_(std::move(list)),
    disconnector_(std::move(disconnector)),
    names_(gauge(system, metrics::denied_names)) {
}

/// Who is here stays; those are sent away whom the topic denies now.
void deny_listener::on_restart() {
  list_->restart();
  names_->value(0);
}

/// First the list, then those who are here: whoever comes meanwhile is refused
/// or found.
void deny_listener::on_record(std::string_view key,
                              std::optional<std::string_view> value) {
  if (key.empty() || key.size() > max_denied_name)
    return; // of nobody
  if (!value)
    list_->remove(key);
  else if (list_->add(key) && was_known_)
    tell_anonymously(disconnector_, deny{std::string{key}});
  if (list_->is_full())
    log::limited(log_level::error,
                 "nobody is let in: more are denied than auth.deny_memory "
                 "allows; raise it and start the node again, or create the "
                 "topic again, with fewer",
                 "deny_memory", {{"names", list_->size()}});
  names_->value(static_cast<std::int64_t>(list_->size()));
}

void deny_listener::on_state(const std::string& problem) {
  list_->set_problem(problem);
  was_known_ = was_known_ || problem.empty();
  if (auto now = list_->problem(); now.empty())
    log::info("who is denied is known", {{"names", list_->size()}});
  else
    log::limited(log_level::warning,
                 "nobody is let in: who is denied is not known", now,
                 {{"why", now}});
}

} // namespace weir
