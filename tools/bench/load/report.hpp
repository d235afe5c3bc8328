#pragma once

// What a run found, and how it is printed: one JSON object.

#include "tools/bench/load/histogram.hpp"
#include "tools/bench/load/order_checker.hpp"
#include "tools/bench/load/process_usage.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace weir::bench {

/// A JSON object under construction.
class json_object {
public:
  json_object& add(const std::string& key, double value);
  json_object& add(const std::string& key, std::uint64_t value);
  json_object& add(const std::string& key, const json_object& value);
  json_object& add(const std::string& key,
                   const std::vector<json_object>& values);
  json_object& add_text(const std::string& key, const std::string& plain);
  std::string text() const { return '{' + members_ + '}'; }

private:
  json_object& add_raw(const std::string& key, const std::string& value);
  std::string members_;
};

/// Errors that are not violations: nobody was told anything wrong.
struct load_errors {
  /// Emits that were answered with an error.
  std::uint64_t refused = 0;
  /// Emits without an answer at the end of the drain.
  std::uint64_t unanswered = 0;
  /// Deliveries that could not be read.
  std::uint64_t malformed = 0;
  std::uint64_t disconnected = 0;
  /// Open loop: emits left out because too many were on their way.
  std::uint64_t left_out = 0;

  std::uint64_t total() const {
    return refused + unanswered + malformed + disconnected + left_out;
  }
};

/// Counted only between the end of the warm-up and the end of the emitting.
struct load_report {
  double seconds = 0;
  std::uint64_t acks = 0;
  std::uint64_t deliveries = 0;
  histogram delivery_latency;
  histogram ack_latency;
  std::vector<cpu_meter::reading> cpu;
  /// Before anything was measured; the server had not answered in time.
  std::uint64_t joins_repeated = 0;
  /// Seconds from the end of the emitting until everybody had everything.
  double drained_after = 0;
  load_errors errors;
  violations found;

  bool sound() const { return found.total() == 0 && errors.total() == 0; }
};

json_object to_json(const histogram& times); ///< in milliseconds
json_object to_json(const cpu_meter::reading& x);
/// Adds the cores that each watched process took (`cpu_cores`), and their
/// parts, user and system, in all and by thread (`cpu_parts`).
void add_cpu(json_object& out, const std::vector<cpu_meter::reading>& cpu);
json_object to_json(const violations& found);
json_object to_json(const load_errors& errors);
std::string to_json(const load_report& report);

} // namespace weir::bench
