#include "transport/engineio/echo.hpp"

#include "transport/engineio/frames.hpp"

#include <boost/asio/post.hpp>

#include <string>
#include <utility>

namespace weir::engineio {

class echo::owner final : public session_handler {
public:
  owner(echo& all, std::shared_ptr<session_control> session)
    : all_(all), session_(std::move(session)) {}

  void start() { session_->attach(*this); }

  void on_text(std::string_view text) override {
    std::string frames;
    append_text_message(frames, text);
    send(frames);
  }

  void on_binary(std::string_view bytes) override {
    std::string frames;
    append_binary_message(frames, bytes);
    send(frames);
  }

  void on_drained() override {}

  void on_stopping() override { close(); }

  void on_closed(close_reason) override { all_.forget(this); }

private:
  void send(std::string_view frames) {
    session_->send(frames);
    if (session_->outbox_size() > all_.loop_->settings().limits.outbox)
      close();
  }

  void close() {
    session_->close();
    all_.forget(this);
  }

  echo& all_;
  std::shared_ptr<session_control> session_;
};

echo::echo(std::shared_ptr<loop> on) : loop_(std::move(on)) {
}

echo::~echo() = default;

void echo::take(std::shared_ptr<session_control> session) {
  auto x = std::make_unique<owner>(*this, std::move(session));
  auto& taken = *owners_.emplace(x.get(), std::move(x)).first->second;
  taken.start();
}

/// Not from within the session's call.
void echo::forget(const owner* x) {
  boost::asio::post(loop_->context(), [this, x] { owners_.erase(x); });
}

} // namespace weir::engineio
