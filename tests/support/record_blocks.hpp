#pragma once

#include "actors/contract/record_block.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

inline kafka::record_view record_of(std::int64_t offset, std::string_view key,
                                    std::string_view value) {
  return {offset, 0, true, true, key, value, {}};
}

inline std::string block_of(const std::vector<kafka::record_view>& records) {
  std::string result;
  for (auto& x : records)
    append_record(result, x);
  return result;
}

/// "offset:key=value" of each record in the block.
inline std::vector<std::string> records_in(std::string_view block) {
  std::vector<std::string> result;
  kafka::record_view x;
  while (read_record(block, x))
    result.push_back(std::to_string(x.offset) + ":" + std::string{x.key} + "="
                     + std::string{x.value});
  return result;
}

} // namespace weir::test
