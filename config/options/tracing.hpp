#pragma once

#include "config/options/units.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// [tracing]: where spans go, by OTLP over HTTP. Without `url` there are none.
struct tracing_options {
  /// `http://...` or `https://...`, with the path.
  std::string url;
  /// The authority that its certificate is signed by (PEM); empty: those that
  /// the system trusts.
  std::string ca;
  /// Of emits that come without a trace, one in so many begins one; 0: none.
  std::uint32_t sample_one_in = 0;
  /// Spans that wait at most; what comes on top of them is dropped.
  std::uint32_t queue = 2'048;
  /// Spans that are sent at once, at most.
  std::uint32_t batch = 512;
  /// A span waits so long for others to go with it.
  milliseconds delay = seconds{5};
  /// An answer that comes later is none.
  milliseconds timeout = seconds{10};

  bool operator==(const tracing_options&) const = default;

  bool is_configured() const { return !url.empty(); }
};

} // namespace weir
