#pragma once

#include "config/options/tracing.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace weir::otlp {

/// What a collector gets at once.
struct span_batch {
  std::string body; ///< of the request; empty: nothing is to be sent
  std::size_t spans = 0;
};

/// What has become of an attempt to send one.
struct export_result {
  enum class outcome {
    exported,
    retried, ///< not yet taken: it is sent again
    failed,  ///< given up
  };

  outcome what = outcome::failed;
  std::size_t spans = 0;
  std::string problem; ///< why it is not exported
  std::string answer;  ///< the body of what a collector has said that took it
};

/// Whose spans they are. `take` and `due` are called on the exporter's thread,
/// `tell` there, and by who calls `finish`.
struct span_ports {
  using instant = std::chrono::steady_clock::time_point;

  /// What is due; `at_end`: whatever there is.
  std::function<span_batch(instant now, bool at_end)> take;
  /// When something may be due of which `wake` does not tell.
  std::function<instant(instant now)> due;
  std::function<void(const export_result& x)> tell;
};

/// Sends batches of spans to a collector (OTLP/HTTP, Protobuf), one after the
/// other, on a thread of its own. One that the collector cannot take now is sent
/// again, as `export_schedule` says; meanwhile the spans wait with whoever makes
/// them.
class exporter {
public:
  /// Throws std::runtime_error where the options are of no use; see
  /// `check_exporter`.
  exporter(const tracing_options& settings, span_ports ports);

  /// What is not sent yet is lost, without a word.
  ~exporter();

  /// A batch is full. Thread-safe, does not wait.
  void wake();

  /// Sends what there is, for as long as `time`, and waits for that; tells of
  /// what it could not send. It is the end: nothing is sent afterwards.
  void finish(std::chrono::milliseconds time);

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

/// What is wrong with the options; the path is that of a key.
struct exporter_problem {
  std::string path;
  std::string text;
};
std::optional<exporter_problem> check_exporter(const tracing_options& x);

} // namespace weir::otlp
