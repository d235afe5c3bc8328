#pragma once

#include "transport/kafka/error.hpp"

#include <string>
#include <string_view>

namespace weir::kafka {

/// What a line of librdkafka's log reports, by its level, which is syslog's;
/// empty: nothing. Where a partition's offset is gone, librdkafka goes on by
/// itself, and only its log tells of it.
inline kafka_error read_log_line(int level, std::string_view facility,
                                 std::string_view line) {
  constexpr int warning = 4;
  if (level > warning)
    return {};
  auto is_reset = facility == "OFFSET";
  return {is_reset ? "_AUTO_OFFSET_RESET" : "log",
          std::string{facility} + ": " + std::string{line}};
}

} // namespace weir::kafka
