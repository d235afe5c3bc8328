#pragma once

#include "transport/kafka/record.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace weir {

/// For logs and reasons: `chat/0, chat/3 and 5 more`.
inline std::string names_of(const std::vector<kafka::topic_partition>& all) {
  constexpr std::size_t max_named = 8;
  std::string result;
  for (std::size_t i = 0; i < std::min(all.size(), max_named); ++i)
    result += (i == 0 ? "" : ", ") + all[i].topic + "/"
              + std::to_string(all[i].partition);
  if (all.size() > max_named)
    result += " and " + std::to_string(all.size() - max_named) + " more";
  return result;
}

} // namespace weir
