#pragma once

#include "transport/auth/https_url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::auth {

/// Whom certificates must be signed by. Held by each connection that was opened
/// with it, so that another one can take its place meanwhile.
using https_context_ptr = std::shared_ptr<boost::asio::ssl::context>;

/// What a server is asked.
struct https_request {
  https_url url;
  /// How long it may take, from looking up its address to the answer's end.
  std::chrono::milliseconds timeout;
  /// Bytes of the answer's body; a larger one is a problem.
  std::size_t max_answer = 0;
  /// Header lines besides those that every request has.
  std::vector<std::pair<std::string, std::string>> fields{};
  /// Sent by POST; empty: GET.
  std::string body{};
};

/// What a server has answered, or why it has not.
struct https_answer {
  std::string problem{}; ///< empty: there is an answer, with status 200
  std::string body{};
  std::string cache_control{};
  unsigned status = 0;       ///< 0: there is no answer
  std::string retry_after{}; ///< that header, as it is
  /// The connection was one that had served before, and has ended before any
  /// byte of an answer: with a new one there may be an answer.
  bool was_stale = false;
};

/// Asks, over a connection of its own, and calls `done` exactly once, within
/// the timeout. The server must show a certificate of its name; what redirects
/// is not followed.
void send_https(boost::asio::io_context& loop, https_context_ptr context,
                https_request request, std::function<void(https_answer)> done);

/// A context for that. `ca`: the authority that certificates are signed by
/// (PEM); empty: those that the system trusts. Throws.
https_context_ptr https_context(const std::string& ca);

} // namespace weir::auth
