#pragma once

#include "transport/engineio/loop.hpp"
#include "transport/http/http_session.hpp"
#include "transport/http/request_forwarder.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace weir::http {

/// How much of this node's clients is on its way to other nodes; of all loops.
struct poll_budget {
  std::atomic<std::size_t> polls{0};
  std::atomic<std::size_t> bytes{0};
};

/// The polling requests of one loop that other nodes are to answer. Used on
/// that loop only.
class forwarded_requests
  : public std::enable_shared_from_this<forwarded_requests> {
public:
  forwarded_requests(std::shared_ptr<engineio::loop> on,
                     std::shared_ptr<request_forwarder> forwarder,
                     std::shared_ptr<poll_budget> used);
  ~forwarded_requests();

  /// Passes the request on to the node with this tag; it has been read to its
  /// end. Over the limits it is answered 503.
  void forward(http_session& from, std::string_view node);

  /// Likewise for a POST that has not been read, since it is too large.
  void forward_too_large(http_session& from, std::string_view node);

  /// This node stops: clients are to ask elsewhere, from now on.
  void complete_now();

  /// The loop runs no more: lets go of what refers back to it.
  void discard();

  /// Whom it has answered; null: nothing waits for this answer (any more).
  std::shared_ptr<http_session> answer(poll_id id, poll_answer x);

  /// The loop that such an answer belongs to.
  static std::size_t loop_of(poll_id id) { return id >> loop_shift; }

private:
  struct waiting;

  static constexpr int loop_shift = 48;

  void forward(http_session& from, std::string_view node, poll_request request);
  bool reserve(std::size_t bytes);
  std::chrono::milliseconds timeout() const;
  void on_aborted(poll_id id);
  void on_timeout(poll_id id);
  std::shared_ptr<waiting> take(poll_id id);

  std::shared_ptr<engineio::loop> loop_;
  std::shared_ptr<request_forwarder> forwarder_;
  std::shared_ptr<poll_budget> used_;
  std::unordered_map<poll_id, std::shared_ptr<waiting>> waiting_;
  poll_id last_;
  bool stopping_ = false;
};

} // namespace weir::http
