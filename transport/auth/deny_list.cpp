#include "transport/auth/deny_list.hpp"

#include <utility>

namespace weir::auth {

deny_list::verdict deny_list::look_up(std::string_view user,
                                      std::string_view token_id) const {
  const std::scoped_lock guard{mutex_};
  if (is_full_ || !problem_.empty())
    return verdict::unknown;
  auto is_denied = names_.contains(user)
                   || (!token_id.empty() && names_.contains(token_id));
  return is_denied ? verdict::denied : verdict::allowed;
}

bool deny_list::add(std::string_view name) {
  const std::scoped_lock guard{mutex_};
  if (names_.contains(name))
    return false;
  auto size = name.size() + per_name;
  if (bytes_ + size > max_bytes_) {
    is_full_ = true;
    return true;
  }
  names_.emplace(name);
  bytes_ += size;
  return true;
}

void deny_list::remove(std::string_view name) {
  const std::scoped_lock guard{mutex_};
  auto i = names_.find(name);
  if (i == names_.end())
    return;
  bytes_ -= i->size() + per_name;
  names_.erase(i);
}

/// At once, so that nobody is looked up in between.
void deny_list::restart() {
  const std::scoped_lock guard{mutex_};
  names_.clear();
  bytes_ = 0;
  is_full_ = false;
  problem_ = unread;
}

void deny_list::set_problem(std::string problem) {
  const std::scoped_lock guard{mutex_};
  problem_ = std::move(problem);
}

std::string deny_list::problem() const {
  const std::scoped_lock guard{mutex_};
  return is_full_ ? "it has more than auth.deny_memory allows" : problem_;
}

bool deny_list::is_full() const {
  const std::scoped_lock guard{mutex_};
  return is_full_;
}

std::size_t deny_list::size() const {
  const std::scoped_lock guard{mutex_};
  return names_.size();
}

} // namespace weir::auth
