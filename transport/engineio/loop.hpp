#pragma once

#include "config/options.hpp"
#include "transport/engineio/outbox_budget.hpp"
#include "transport/engineio/port_event.hpp"
#include "transport/engineio/session_table.hpp"
#include "transport/engineio/socket.hpp"
#include "transport/engineio/traffic.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir::engineio {

/// Holds output back until the end of the loop's turn.
class flushable {
public:
  virtual void flush() = 0;

  /// `flush` could not get memory: it has to end.
  virtual void on_out_of_memory() = 0;

protected:
  ~flushable() = default;
};

/// What the sessions of one I/O loop share. Used on that loop only.
class loop : public std::enable_shared_from_this<loop> {
public:
  /// Without `outboxes` it has a budget of its own.
  loop(boost::asio::io_context& context, std::size_t index,
       std::shared_ptr<const options> settings, tell_port_event tell = {},
       std::shared_ptr<outbox_budget> outboxes = nullptr);

  boost::asio::io_context& context() { return context_; }

  executor get_executor() { return context_.get_executor(); }

  std::size_t index() const { return index_; }

  const options& settings() const { return *settings_; }

  session_table& sessions() { return sessions_; }

  outbox_budget& outboxes() { return *outboxes_; }

  loop_traffic& traffic() { return traffic_; }
  const loop_traffic& traffic() const { return traffic_; }

  /// Bytes that one session's outbox may hold now.
  std::size_t outbox_limit() const {
    return outboxes_->limit(settings_->limits.outbox);
  }

  void tell(port_event x) const {
    if (tell_)
      tell_(x);
  }

  /// Calls `flush` once, after what the loop already has to do.
  void flush_later(std::shared_ptr<flushable> x);

  /// The loop runs no more: lets go of what refers back to it.
  void discard();

  /// Room to read into; holds nothing between two reads.
  std::span<char> read_buffer() { return {read_buffer_.get(), buffer_size}; }

  /// Room for decoded base64; valid until the next packet.
  std::string& decoded() { return decoded_; }

private:
  static constexpr std::size_t buffer_size = std::size_t{64} * 1024;

  void flush();

  boost::asio::io_context& context_;
  std::size_t index_;
  std::shared_ptr<const options> settings_;
  tell_port_event tell_;
  std::shared_ptr<outbox_budget> outboxes_;
  session_table sessions_;
  loop_traffic traffic_;
  std::vector<std::shared_ptr<flushable>> corked_;
  std::vector<std::shared_ptr<flushable>> flushing_; ///< keeps its memory
  std::unique_ptr<char[]> read_buffer_;
  std::string decoded_;
};

} // namespace weir::engineio
