#include "schemas/partition_page_codec.hpp"

#include "schemas/weir/v1/status.pb.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace weir::schemas {

std::string partition_cursor(const partition_place& x) {
  return x.topic + '/' + std::to_string(x.partition);
}

std::optional<partition_place> partition_place_of(std::string_view cursor) {
  constexpr std::size_t most_digits = 9;
  auto slash = std::min(cursor.find('/'), cursor.size());
  auto digits = cursor.substr(std::min(slash + 1, cursor.size()));
  partition_place result{std::string{cursor.substr(0, slash)}};
  auto* end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, result.partition);
  if (result.topic.empty() || digits.size() > most_digits
      || error != std::errc{} || stop != end || result.partition < 0)
    return std::nullopt;
  return result;
}

std::string to_bytes(const std::vector<partition_status>& partitions,
                     bool more) {
  auto result = to_bytes(partitions);
  v1::Partitions rest; // in Protobuf, what is appended is merged
  rest.set_next(more ? "more" : "");
  return result + rest.SerializeAsString();
}

} // namespace weir::schemas
