#pragma once

// Takes a request's body out of its bytes (RFC 9112, 7.1):
//
//   chunked = *( <1 to 16 hex digits> [ ";" <extension> ] CRLF <data> CRLF )
//             1*"0" [ ";" <extension> ] CRLF *( <token> ":" <value> CRLF ) CRLF
//
// It keeps none of the bytes, so that what a chunk needs beside its data costs
// no memory; extensions and trailers, which nobody here wants, are skipped and
// have a limit together.

#include "transport/http/request_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::http {

class request_body {
public:
  enum class status : std::uint8_t {
    incomplete,
    complete,
    bad,           ///< not chunks: where the body ends is unknown
    too_large,     ///< more data than `max_body`
    too_much_extra ///< more extensions and trailers than `max_extra`
  };

  struct result {
    status what = status::incomplete;
    std::size_t consumed = 0;
  };

  request_body() = default;
  /// Requires: a length that is known is at most `max_body`.
  request_body(body_framing framing, std::size_t max_body,
               std::size_t max_extra);

  /// Appends the data among `bytes` to `to`. Not called again once it was not
  /// `incomplete`.
  result take(std::string_view bytes, std::string& to);

private:
  enum class state : std::uint8_t {
    data,
    data_cr,
    data_lf,
    size,
    extension,
    size_lf,
    trailer, ///< the begin of a line
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    end
  };

  status take_byte(char c);
  status take_size(char c);
  status take_extra(char c, state next);
  status expect(char c, char expected, state next);
  std::size_t take_data(std::string_view bytes, std::string& to);

  bool chunked_ = false;
  state state_ = state::end;
  std::uint8_t digits_ = 0;
  std::uint64_t chunk_ = 0; ///< bytes of this one that are still to come
  std::uint64_t left_ = 0;  ///< of the body, at most
  std::size_t extra_ = 0;   ///< likewise
};

} // namespace weir::http
