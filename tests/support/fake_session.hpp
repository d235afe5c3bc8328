#pragma once

#include "config/options/limits.hpp"
#include "transport/engineio/frames.hpp"
#include "transport/engineio/session_control.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::test {

/// A client without a transport: the test feeds what it sends, and reads the
/// Socket.IO packets that it would get.
class fake_session : public engineio::session_control {
public:
  /// What the node has for it; the fixture's.
  std::size_t limit = limits_options{}.outbox;

  /// Called before each call of the handler.
  std::function<void()> before_call = [] {};

  // -- what the client does ---------------------------------------------------

  void feed(std::string_view text) {
    before_call();
    if (handler_)
      handler_->on_text(text);
  }

  void feed_binary(std::string_view bytes) {
    before_call();
    if (handler_)
      handler_->on_binary(bytes);
  }

  /// From now on what is sent stays in the outbox.
  void stop_reading() { stalled_ = true; }

  void drain() {
    stalled_ = false;
    drain_asked_ = false;
    outbox_ = 0;
    before_call();
    if (handler_)
      handler_->on_drained();
  }

  void pong() {
    before_call();
    if (handler_)
      handler_->on_pong();
  }

  /// The node stops, not the client.
  void ask_to_close() {
    before_call();
    if (handler_)
      handler_->on_stopping();
  }

  /// An operator's wish.
  std::size_t disconnect(std::string id) {
    return disconnect({engineio::unwanted::kind::id, std::move(id)});
  }

  std::size_t disconnect(const engineio::unwanted& whom) {
    before_call();
    return handler_ ? handler_->disconnect(whom) : 0;
  }

  void hang_up() {
    before_call();
    if (auto* handler = std::exchange(handler_, nullptr))
      handler->on_closed(engineio::close_reason::transport_close);
  }

  /// The packets sent since the last call; attachments as "b:" and their bytes.
  std::vector<std::string> take() { return std::exchange(received_, {}); }

  bool is_read() const { return !paused_; }
  bool is_drain_asked() const { return drain_asked_; }
  bool is_open() const { return handler_ != nullptr; }
  bool is_aborted() const { return aborted_; }

  /// Of one that is aborted: why.
  engineio::port_event fault() const { return fault_; }

  bool is_attached() const { return attached_; }

  /// The request that began it: to be set before anything else.
  engineio::handshake_info& request() { return info_; }

  // -- session_control --------------------------------------------------------

  void attach(engineio::session_handler& handler) override {
    handler_ = &handler;
    attached_ = true;
  }

  void detach() override { close(); }

  void send(engineio::shared_frames frames) override {
    send(std::string_view{*frames});
  }

  void send(std::string_view frames) override {
    if (!is_open())
      return;
    if (stalled_)
      outbox_ += frames.size();
    while (!frames.empty()) {
      auto frame = engineio::next_frame(frames);
      received_.push_back(frame.op == engineio::opcode::text
                            ? std::string{frame.bytes.substr(1)}
                            : "b:" + std::string{frame.bytes});
      frames.remove_prefix(frame.size);
    }
  }

  std::size_t outbox_size() const override { return outbox_; }
  std::size_t outbox_limit() const override { return limit; }
  void ask_drained() override { drain_asked_ = true; }
  void pause_reading() override { paused_ = true; }
  void resume_reading() override { paused_ = false; }
  void close() override { handler_ = nullptr; }

  void abort(engineio::port_event what, std::string_view) override {
    aborted_ = true;
    fault_ = what;
    close();
  }

  std::string_view transport() const override { return "websocket"; }
  const engineio::handshake_info& handshake() const override { return info_; }

private:
  engineio::session_handler* handler_ = nullptr;
  engineio::handshake_info info_{"sid", "127.0.0.1", "/", "", {}};
  std::vector<std::string> received_;
  std::size_t outbox_ = 0;
  engineio::port_event fault_{};
  bool attached_ = false;
  bool drain_asked_ = false;
  bool stalled_ = false;
  bool paused_ = false;
  bool aborted_ = false;
};

} // namespace weir::test
