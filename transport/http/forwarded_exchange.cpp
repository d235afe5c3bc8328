#include "transport/http/forwarded_exchange.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace weir::http {

void forwarded_exchange::respond(unsigned status, std::string_view content_type,
                                 std::string body) {
  if (auto respond = std::exchange(respond_, nullptr))
    respond({status, std::string{content_type}, std::move(body)});
}

void forwarded_exchange::cancel() {
  boost::asio::post(executor_, [me = shared_from_this()] { me->on_aborted(); });
}

void forwarded_exchange::complete_now() {
  boost::asio::post(executor_,
                    [me = shared_from_this()] { me->on_complete_now(); });
}

void forwarded_exchange::on_aborted() {
  if (!std::exchange(respond_, nullptr))
    return;
  if (auto owner = owner_.lock())
    owner->on_aborted(*this);
}

void forwarded_exchange::on_complete_now() {
  auto owner = owner_.lock();
  if (respond_ && owner)
    owner->on_complete_now(*this);
}

} // namespace weir::http
