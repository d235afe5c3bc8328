#pragma once

#include "schemas/server_rows.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The sockets that have left a loop of late, and why, for operators who look
/// from time to time. It is used on that loop alone. Plain logic.
class departures {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::size_t most = 1000;
  static constexpr std::chrono::seconds life_time{10};

  void add(std::string_view nsp, std::string_view id, std::string_view reason,
           time_point now) {
    if (all_.size() == most)
      all_.pop_front();
    all_.push_back(
      {{std::string{nsp}, std::string{id}, std::string{reason}}, now});
  }

  /// The oldest first.
  std::vector<schemas::departure_status> latest(time_point now) const {
    std::vector<schemas::departure_status> result;
    for (auto& x : all_)
      if (x.when + life_time > now)
        result.push_back(x.what);
    return result;
  }

private:
  struct entry {
    schemas::departure_status what;
    time_point when;
  };

  std::deque<entry> all_;
};

} // namespace weir
