#include "transport/engineio/loop.hpp"

#include "transport/engineio/session_io.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace weir::engineio {

loop::loop(boost::asio::io_context& context, std::size_t index,
           std::shared_ptr<const options> settings, tell_port_event tell,
           std::shared_ptr<outbox_budget> outboxes)
  : context_(context),
    index_(index),
    settings_(std::move(settings)),
    tell_(std::move(tell)),
    outboxes_(outboxes
                ? std::move(outboxes)
                : std::make_shared<outbox_budget>(settings_->limits.outboxes)),
    read_buffer_(std::make_unique_for_overwrite<char[]>(buffer_size)) {
}

void loop::flush_later(std::shared_ptr<flushable> x) {
  corked_.push_back(std::move(x));
  if (corked_.size() == 1)
    boost::asio::post(context_, [self = shared_from_this()] { self->flush(); });
}

void loop::discard() {
  for (auto& x : sessions_.release())
    x->discard();
  corked_.clear();
}

void loop::flush() {
  flushing_.swap(corked_);
  for (auto& x : flushing_)
    contain(*x, [&x] { x->flush(); });
  flushing_.clear();
}

} // namespace weir::engineio
