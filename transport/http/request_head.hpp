#pragma once

// What a request's bytes must look like before anybody reads a meaning into
// them (RFC 9112):
//
//   <method> SP <target> SP HTTP/1.<0 or 1> CRLF
//   *( <token> ":" <value> CRLF )
//   CRLF
//
// Whatever two readers could understand differently (line ends, folded lines,
// lengths, hosts) is refused here: otherwise a body that one of them does not
// see would be the next request of the other.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::http {

/// A field's value without the white space around it.
std::string_view trimmed(std::string_view x);

/// Whether it is a name such as those of fields.
bool is_token(std::string_view x);

/// Finds the end of a request's line and headers among bytes that come bit by
/// bit, without looking at any of them twice.
class head_scanner {
public:
  enum class status : std::uint8_t {
    incomplete,
    complete, ///< `size` bytes, with the empty line
    bad,      ///< a byte that has no place there
    too_large
  };

  explicit head_scanner(std::size_t limit) : limit_(limit) {}

  /// `bytes` begins where it did in the last call, and may have grown.
  status scan(std::string_view bytes);

  std::size_t size() const { return seen_; }

private:
  std::size_t limit_;
  std::size_t seen_ = 0;
  std::size_t line_ = 0; ///< where the current one begins
};

/// How a request's body is sent. `length` is 0 for one that is chunked.
struct body_framing {
  bool chunked = false;
  std::uint64_t length = 0;

  bool is_empty() const { return !chunked && length == 0; }
};

struct head_verdict {
  /// 0: nothing is wrong. Otherwise the answer's, after which the connection
  /// must be closed: nobody can tell where the next request would begin.
  unsigned status = 0;
  body_framing body = {};
};

/// Requires: `head` is what `head_scanner` has found to be complete.
head_verdict judge_head(std::string_view head);

} // namespace weir::http
