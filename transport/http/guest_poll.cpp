#include "transport/http/guest_poll.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace weir::http {

void guest_poll::respond(unsigned status, std::string_view content_type,
                         std::string body) {
  if (auto respond = std::exchange(respond_, nullptr))
    respond({status, std::string{content_type}, std::move(body)});
}

void guest_poll::abort() {
  boost::asio::post(executor_, [me = shared_from_this()] { me->on_aborted(); });
}

void guest_poll::hurry() {
  boost::asio::post(executor_, [me = shared_from_this()] { me->on_hurried(); });
}

void guest_poll::on_aborted() {
  if (!std::exchange(respond_, nullptr))
    return;
  if (auto owner = owner_.lock())
    owner->on_aborted(*this);
}

void guest_poll::on_hurried() {
  auto owner = owner_.lock();
  if (respond_ && owner)
    owner->on_hurried(*this);
}

} // namespace weir::http
