#include "transport/http/foreign_polls.hpp"

#include "transport/http/handshake_info.hpp"
#include "transport/http/request_error.hpp"

#include <string>
#include <utility>

namespace weir::http {

poll_answer unknown_session() {
  return {400, "application/json", to_json(request_error::unknown_sid)};
}

/// One of them: sees its client go away, and gives back what it has reserved.
struct foreign_polls::waiting final : engineio::exchange_owner {
  waiting(foreign_polls& all, poll_id number, std::string_view tag,
          std::shared_ptr<http_session> request, std::size_t reserved)
    : polls(all.weak_from_this()),
      used(all.used_),
      id(number),
      node(tag),
      from(std::move(request)),
      bytes(reserved),
      timer(all.loop_->get_executor(), all.timeout()) {}

  ~waiting() {
    --used->polls;
    used->bytes -= bytes;
  }

  void on_aborted(const engineio::exchange&) override {
    if (auto all = polls.lock())
      all->on_aborted(id);
  }

  std::weak_ptr<foreign_polls> polls;
  std::shared_ptr<poll_budget> used;
  poll_id id;
  std::string node;
  std::shared_ptr<http_session> from;
  std::size_t bytes;
  engineio::steady_timer timer;
};

foreign_polls::foreign_polls(std::shared_ptr<engineio::loop> on,
                             std::shared_ptr<poll_carrier> carrier,
                             std::shared_ptr<poll_budget> used)
  : loop_(std::move(on)),
    carrier_(std::move(carrier)),
    used_(std::move(used)),
    last_(poll_id{loop_->index()} << loop_shift) {
}

foreign_polls::~foreign_polls() = default;

void foreign_polls::discard() {
  waiting_.clear();
}

void foreign_polls::forward(http_session& from, std::string_view node) {
  auto& x = from.message();
  forward(from, node,
          {std::string{x.method_string()}, std::string{x.target()},
           std::string{x[boost::beast::http::field::content_type]},
           std::move(x.body()), user_of(from, loop_->settings())});
}

void foreign_polls::forward_too_large(http_session& from,
                                      std::string_view node) {
  forward(from, node,
          {std::string{too_large_post},
           std::string{from.message().target()},
           {},
           {},
           user_of(from, loop_->settings())});
}

void foreign_polls::forward(http_session& from, std::string_view node,
                            poll_request request) {
  auto bytes = request.body.size();
  if (!reserve(bytes)) {
    carrier_->on_refused();
    from.respond({503, "text/plain", "too many requests for other nodes\n"});
    return;
  }
  auto id = ++last_;
  auto x = std::make_shared<waiting>(*this, id, node, from.shared_from_this(),
                                     bytes);
  waiting_.emplace(id, x);
  from.watch(x);
  x->timer.async_wait([me = weak_from_this(), id](boost::system::error_code e) {
    auto self = me.lock();
    if (!e && self)
      self->on_timeout(id);
  });
  carrier_->forward(node, id, std::move(request));
  if (stopping_)
    carrier_->hurry(node, id);
}

void foreign_polls::hurry() {
  stopping_ = true;
  for (auto& [id, x] : waiting_)
    carrier_->hurry(x->node, id);
}

/// The last body that fits may be of any size: it is bounded by itself.
bool foreign_polls::reserve(std::size_t bytes) {
  auto& limits = loop_->settings().limits;
  auto polls = used_->polls++;
  auto before = used_->bytes.fetch_add(bytes);
  if (polls < limits.forwarded_polls
      && (bytes == 0 || before < limits.forwarded_bytes))
    return true;
  --used_->polls;
  used_->bytes -= bytes;
  return false;
}

/// A session answers a GET with a ping at the latest, and a POST when Kafka has
/// taken what it held: what takes longer than all of these has been lost.
std::chrono::milliseconds foreign_polls::timeout() const {
  auto& settings = loop_->settings();
  return settings.engineio.ping_interval + settings.engineio.ping_timeout
         + settings.kafka.delivery_timeout;
}

std::shared_ptr<foreign_polls::waiting> foreign_polls::take(poll_id id) {
  auto x = waiting_.extract(id);
  return x ? std::move(x.mapped()) : nullptr;
}

std::shared_ptr<http_session> foreign_polls::answer(poll_id id, poll_answer x) {
  auto to = take(id);
  if (!to)
    return nullptr;
  if (stopping_) // or the client would come back over this connection
    to->from->close_after_answer();
  to->from->respond({x.status, x.content_type, std::move(x.body)});
  return to->from;
}

void foreign_polls::on_aborted(poll_id id) {
  if (auto x = take(id))
    carrier_->abort(x->node, id);
}

void foreign_polls::on_timeout(poll_id id) {
  auto found = waiting_.find(id);
  if (found == waiting_.end())
    return;
  carrier_->abort(found->second->node, id);
  answer(id, unknown_session());
}

} // namespace weir::http
