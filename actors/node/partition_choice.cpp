#include "actors/node/partition_choice.hpp"

#include <algorithm>

namespace weir {

namespace {

schemas::partition_place place_of(const schemas::partition_status& x) {
  return {x.topic, x.partition};
}

} // namespace

std::string chosen_part(std::vector<schemas::partition_status> all,
                        const partition_choice& x) {
  std::erase_if(all, [&](auto& y) {
    return (!x.topic.empty() && y.topic != x.topic)
           || (x.after && place_of(y) <= *x.after);
  });
  std::sort(all.begin(), all.end(),
            [](auto& a, auto& b) { return place_of(a) < place_of(b); });
  auto more = all.size() > x.limit;
  if (more)
    all.resize(x.limit);
  return schemas::to_bytes(all, more);
}

} // namespace weir
