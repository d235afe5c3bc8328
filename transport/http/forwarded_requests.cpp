#include "transport/http/forwarded_requests.hpp"

#include "transport/http/handshake_info.hpp"
#include "transport/http/request_error.hpp"

#include <string>
#include <utility>

namespace weir::http {

poll_answer unknown_session() {
  return {400, "application/json", to_json(request_error::unknown_sid)};
}

/// One of them: sees its client go away, and gives back what it has reserved.
struct forwarded_requests::waiting final : engineio::exchange_owner {
  waiting(forwarded_requests& all, poll_id number, std::string_view tag,
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

  std::weak_ptr<forwarded_requests> polls;
  std::shared_ptr<poll_budget> used;
  poll_id id;
  std::string node;
  std::shared_ptr<http_session> from;
  std::size_t bytes;
  engineio::steady_timer timer;
};

forwarded_requests::forwarded_requests(
  std::shared_ptr<engineio::loop> on,
  std::shared_ptr<request_forwarder> forwarder,
  std::shared_ptr<poll_budget> used)
  : loop_(std::move(on)),
    forwarder_(std::move(forwarder)),
    used_(std::move(used)),
    last_(poll_id{loop_->index()} << loop_shift) {
}

forwarded_requests::~forwarded_requests() = default;

void forwarded_requests::discard() {
  waiting_.clear();
}

void forwarded_requests::forward(http_session& from, std::string_view node) {
  auto& x = from.message();
  forward(from, node,
          {std::string{x.method_string()}, std::string{x.target()},
           std::string{x[boost::beast::http::field::content_type]},
           std::move(x.body()), user_of(from, loop_->settings())});
}

void forwarded_requests::forward_too_large(http_session& from,
                                           std::string_view node) {
  forward(from, node,
          {std::string{too_large_post},
           std::string{from.message().target()},
           {},
           {},
           user_of(from, loop_->settings())});
}

void forwarded_requests::forward(http_session& from, std::string_view node,
                                 poll_request request) {
  auto bytes = request.body.size();
  if (!reserve(bytes)) {
    forwarder_->on_refused();
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
  forwarder_->forward(node, id, std::move(request));
  if (stopping_)
    forwarder_->complete_now(node, id);
}

void forwarded_requests::complete_now() {
  stopping_ = true;
  for (auto& [id, x] : waiting_)
    forwarder_->complete_now(x->node, id);
}

/// The last body that fits may be of any size: it is bounded by itself.
bool forwarded_requests::reserve(std::size_t bytes) {
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
std::chrono::milliseconds forwarded_requests::timeout() const {
  auto& settings = loop_->settings();
  return settings.engineio.ping_interval + settings.engineio.ping_timeout
         + settings.kafka.delivery_timeout;
}

std::shared_ptr<forwarded_requests::waiting>
forwarded_requests::take(poll_id id) {
  auto x = waiting_.extract(id);
  return x ? std::move(x.mapped()) : nullptr;
}

std::shared_ptr<http_session> forwarded_requests::answer(poll_id id,
                                                         poll_answer x) {
  auto to = take(id);
  if (!to)
    return nullptr;
  if (stopping_) // or the client would come back over this connection
    to->from->close_after_answer();
  to->from->respond({x.status, x.content_type, std::move(x.body)});
  return to->from;
}

void forwarded_requests::on_aborted(poll_id id) {
  if (auto x = take(id))
    forwarder_->cancel(x->node, id);
}

void forwarded_requests::on_timeout(poll_id id) {
  auto found = waiting_.find(id);
  if (found == waiting_.end())
    return;
  forwarder_->cancel(found->second->node, id);
  answer(id, unknown_session());
}

} // namespace weir::http
