#pragma once

#include "transport/auth/https_stream.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace weir::auth {

/// Asks one server again and again, over connections that are kept open between
/// two questions. Belongs to the thread that runs `loop`, and is destroyed when
/// that does not run any more.
class https_client {
public:
  /// After that a connection makes way for another one, which looks up the
  /// server's address and certificate again. Most servers keep an idle one for
  /// longer.
  static constexpr std::chrono::seconds stream_lifetime{30};

  https_client(boost::asio::io_context& loop, https_context_ptr context)
    : loop_(loop), context_(std::move(context)) {}

  /// As `send_https`; requests have the same URL and `max_answer`.
  /// `may_be_old`: whether a connection will do that has served before.
  void send(https_request request, bool may_be_old,
            std::function<void(https_answer)> done);

private:
  std::shared_ptr<https_stream> take(const https_url& to, bool may_be_old);

  boost::asio::io_context& loop_;
  https_context_ptr context_;
  std::vector<std::shared_ptr<https_stream>> idle_; ///< or ended since
};

} // namespace weir::auth
