#pragma once

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir {

/// What the admin endpoint has answered at one time.
struct cluster_look {
  std::chrono::steady_clock::time_point at{};
  boost::json::object servers{};    ///< of /v1/servers
  boost::json::object metrics{};    ///< of /v1/metrics
  boost::json::object partitions{}; ///< of /v1/partitions
  boost::json::object hot{};        ///< of /v1/hot
};

/// What partitions are sorted by.
enum class partition_order : std::uint8_t { rate, lag };

/// What has been done in a second between two looks, as tables: of each node and
/// of all, of the partitions that have most, and of the hottest rooms. Plain
/// logic.
class cluster_rates {
public:
  /// `before` is empty at the first look: rates are "-" then, and they are for a
  /// node or partition that was not there before, or has started again.
  cluster_rates(const cluster_look& before, const cluster_look& now);

  std::string nodes() const;
  std::string partitions(partition_order by, std::size_t rows) const;
  std::string rooms(std::size_t rows) const;

private:
  const cluster_look& before_;
  const cluster_look& now_;
  double seconds_;
};

} // namespace weir
