#include "transport/engineio/polling_transport.hpp"

#include "transport/engineio/payload.hpp"

#include <utility>

namespace weir::engineio {

namespace {

constexpr std::string_view payload_type = "text/plain; charset=UTF-8";
constexpr std::string_view other_type = "text/html";

/// python-socketio closes the connection when a payload has more packets.
constexpr int max_packets = 16;

} // namespace

bool polling_transport::begin_get(exchange_ptr get) {
  if (get_)
    return false;
  get_ = std::move(get);
  return true;
}

void polling_transport::flush(std::size_t max_payload) {
  if (!get_ || frames_.empty())
    return;
  std::string payload;
  for (int n = 0; n < max_packets && !frames_.empty(); ++n) {
    auto next = next_frame(frames_.front());
    // Base64 makes four characters of three bytes.
    auto size = next.op == opcode::binary ? next.bytes.size() / 3 * 4 + 5
                                          : next.bytes.size();
    if (!payload.empty() && payload.size() + size >= max_payload)
      break;
    frames_.consume(append_first_frame(payload, frames_.front()));
  }
  std::exchange(get_, nullptr)->respond(200, payload_type, std::move(payload));
}

void polling_transport::answer_get(packet_type type) {
  if (auto get = std::exchange(get_, nullptr))
    get->respond(200, payload_type, std::string(1, static_cast<char>(type)));
}

void polling_transport::refuse_get() {
  if (auto get = std::exchange(get_, nullptr))
    get->respond(400, other_type, {});
}

bool polling_transport::begin_post(exchange_ptr post) {
  if (post_)
    return false;
  post_ = std::move(post);
  return true;
}

void polling_transport::set_body(std::string body) {
  body_ = std::move(body);
  body_complete_ = true;
}

bool polling_transport::take_body(std::string& body) {
  if (!post_ || !std::exchange(body_complete_, false))
    return false;
  body = std::exchange(body_, {});
  return true;
}

void polling_transport::answer_post(bool accepted) {
  auto post = std::exchange(post_, nullptr);
  body_complete_ = false;
  body_ = {};
  if (post && accepted)
    post->respond(200, other_type, "ok");
  else if (post)
    post->respond(400, other_type, {});
}

bool polling_transport::forget(const exchange& request) {
  for (auto* x : {&get_, &post_}) {
    if (x->get() == &request) {
      x->reset();
      return true;
    }
  }
  return false;
}

} // namespace weir::engineio
