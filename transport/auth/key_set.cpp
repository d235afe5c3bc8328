#include "transport/auth/key_set.hpp"

#include "config/options/fixed_bounds.hpp"

namespace weir::auth {

std::vector<const verification_key*>
key_set::candidates(algorithm x, std::string_view id) const {
  std::vector<const verification_key*> named;
  std::vector<const verification_key*> others;
  for (auto& key : keys_) {
    if (!key.fits(x))
      continue;
    auto is_named = !id.empty() && key.id() == id;
    auto may_be = id.empty() || key.id().empty();
    if (is_named)
      named.push_back(&key);
    else if (may_be)
      others.push_back(&key);
  }
  auto& result = named.empty() ? others : named;
  if (result.size() > max_key_tries)
    result.resize(max_key_tries);
  return std::move(result);
}

} // namespace weir::auth
