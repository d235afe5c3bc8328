#pragma once

#include "transport/auth/https_url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace weir::auth {

/// What a server has answered, or why it has not.
struct https_answer {
  std::string problem; ///< empty: there is an answer, with status 200
  std::string body;
  std::string cache_control;
};

/// Asks for what is at the URL, over a connection of its own, and calls `done`
/// exactly once, within the timeout. The server must show a certificate of its
/// name; what redirects is not followed; a larger body than `max_key_file` is a
/// problem. `context` outlives this.
void https_get(boost::asio::io_context& loop,
               boost::asio::ssl::context& context, const https_url& url,
               std::chrono::milliseconds timeout,
               std::function<void(https_answer)> done);

} // namespace weir::auth
