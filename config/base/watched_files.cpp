#include "config/base/watched_files.hpp"

#include <system_error>

namespace weir {

std::vector<std::filesystem::file_time_type>
stamps_of(const std::vector<std::string>& files) {
  std::vector<std::filesystem::file_time_type> result;
  for (auto& file : files) {
    std::error_code ignored;
    // not on a loop: the node starts, or the signals' thread looks
    result.push_back(std::filesystem::last_write_time(file, ignored));
  }
  return result;
}

} // namespace weir
