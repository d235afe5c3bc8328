#pragma once

// The body of a polling request or its answer: packets as text, with a record
// separator between them (Engine.IO v4).
//
//   <packet>[0x1e <packet>]...

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::engineio {

/// Appends the first of `frames` (see frames.hpp) as one packet and returns
/// the size of that frame.
std::size_t append_first_frame(std::string& payload, std::string_view frames);

/// Cuts a payload into the texts of its packets. An empty payload is one empty
/// text, which is no packet: what the reference calls a parse error.
class payload_reader {
public:
  explicit payload_reader(std::string_view payload) : rest_(payload) {}

  /// The next packet's text; nothing at the end.
  std::optional<std::string_view> next();

  /// What is still to come; a new reader may continue with it unless `done()`.
  std::string_view rest() const { return rest_; }

  bool done() const { return done_; }

private:
  std::string_view rest_;
  bool done_ = false;
};

} // namespace weir::engineio
