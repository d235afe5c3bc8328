#pragma once

#include "transport/engineio/exchange.hpp"
#include "transport/engineio/socket.hpp"
#include "transport/http/request_forwarder.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir::http {

/// A polling request that another node has passed on, for a session of this
/// one: an exchange without a socket. Used on the session's loop, but for
/// `cancel` and `complete_now`.
class forwarded_exchange final
  : public engineio::exchange,
    public forwarded_handle,
    public std::enable_shared_from_this<forwarded_exchange> {
public:
  forwarded_exchange(engineio::executor on, respond_poll respond)
    : executor_(std::move(on)), respond_(std::move(respond)) {}

  // -- forwarded_handle -------------------------------------------------------

  void cancel() override;
  void complete_now() override;

  // -- exchange ---------------------------------------------------------------

  void respond(unsigned status, std::string_view content_type,
               std::string body) override;

  void watch(std::weak_ptr<engineio::exchange_owner> owner) override {
    owner_ = std::move(owner);
  }

private:
  void on_aborted();
  void on_complete_now();

  engineio::executor executor_;
  respond_poll respond_; ///< empty: it is answered, or given up
  std::weak_ptr<engineio::exchange_owner> owner_;
};

} // namespace weir::http
