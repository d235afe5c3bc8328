#include "actors/client/user_connections.hpp"

namespace weir {

user_connections::slot user_connections::admit(const std::string& user,
                                               bool in_any_case) {
  {
    std::scoped_lock lock{mutex_};
    auto& n = by_user_[user];
    if (n >= limit_ && !in_any_case)
      return nullptr; // `n` is not 0
    ++n;
  }
  return {this,
          [me = shared_from_this(), user](const void*) { me->release(user); }};
}

std::size_t user_connections::users() const {
  std::scoped_lock lock{mutex_};
  return by_user_.size();
}

void user_connections::release(const std::string& user) {
  std::scoped_lock lock{mutex_};
  auto found = by_user_.find(user);
  if (--found->second == 0)
    by_user_.erase(found);
}

} // namespace weir
