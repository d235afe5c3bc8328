#pragma once

#include <caf/telemetry/gauge.hpp>

#include <cstdint>
#include <utility>

namespace weir {

/// What one of many adds to a gauge; nothing once it is gone.
class gauge_share {
public:
  explicit gauge_share(caf::telemetry::int_gauge* of) : of_(of) {}
  gauge_share(const gauge_share&) = delete;
  gauge_share& operator=(const gauge_share&) = delete;
  ~gauge_share() { show(0); }

  void show(std::int64_t x) { of_->inc(x - std::exchange(shown_, x)); }

private:
  caf::telemetry::int_gauge* of_;
  std::int64_t shown_ = 0;
};

} // namespace weir
