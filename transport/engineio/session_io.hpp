#pragma once

#include "transport/engineio/exchange.hpp"
#include "transport/engineio/loop.hpp"
#include "transport/engineio/packet_meter.hpp"
#include "transport/engineio/polling_transport.hpp"
#include "transport/engineio/session.hpp"
#include "transport/engineio/session_control.hpp"
#include "transport/engineio/websocket_transport.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace weir::engineio {

/// Wires a session to its transports, its timer and its owner. It is in its
/// loop's table while requests may name it; what happens after its end (a
/// WebSocket that waits for the client's close frame) keeps it alive a while.
class session_io final : public session_control,
                         public websocket_events,
                         public exchange_owner,
                         public flushable,
                         public std::enable_shared_from_this<session_io> {
public:
  /// What an upgrade request brings along.
  struct websocket_request {
    client_stream from;
    std::string answer; ///< the HTTP handshake's
    bool base64 = false;
  };

  session_io(std::shared_ptr<loop> on, handshake_info handshake,
             transport_kind transport, admission_slot slot = {});
  ~session_io() override;

  // -- for the HTTP side ------------------------------------------------------

  /// Enters the loop's table and queues the open packet; `get` is answered with
  /// it.
  void begin_polling(exchange_ptr get);
  void begin_websocket(websocket_request request);

  transport_kind kind() const { return machine_.transport(); }

  void on_get(const exchange_ptr& get);

  /// The header of a POST; false: it has been answered.
  bool on_post_header(const exchange_ptr& post);
  void on_post_body(std::string body);

  /// A request that is an error: answers it, and closes the session.
  void reject(exchange& request);

  /// Likewise for one whose body is over the limit. The client comes back: an
  /// error is what its GET is answered with, too.
  void reject_too_large(exchange& request);

  /// Whether a WebSocket may be opened in order to take the session over.
  bool may_upgrade() const { return machine_.may_probe(); }

  /// Requires: `may_upgrade()`.
  void begin_probe(websocket_request request);

  /// A WebSocket too many: it is opened and closed at once, which clients take
  /// for a close, while an HTTP answer other than 101 would be an error.
  void reject_upgrade(websocket_request request);

  /// Asks the owner to close, or closes where there is none.
  void ask_to_close();

  /// How many of these the owner has let go.
  std::size_t disconnect(const unwanted& whom);

  /// Closes from this side and tells the owner, as if the client had gone.
  void shut_down();

  bool is_over() const { return machine_.state() == session_state::closed; }

  /// Ends for want of memory.
  void on_out_of_memory() override;

  /// The server goes away with its loop: closes all, tells nobody.
  void discard();

  // -- session_control --------------------------------------------------------

  void attach(session_handler& handler) override;
  void detach() override;
  void send(shared_frames frames) override;
  void send(std::string_view frames) override;
  std::size_t outbox_size() const override;
  std::size_t outbox_limit() const override { return loop_->outbox_limit(); }
  void ask_drained() override { above_limit_ = true; }
  void pause_reading() override;
  void resume_reading() override;
  void close() override;
  void abort(port_event what, std::string_view why) override;
  std::string_view transport() const override;
  const handshake_info& handshake() const override { return handshake_; }

private:
  // -- events -----------------------------------------------------------------

  void on_websocket_frame() override { note_packet(); }
  void on_websocket_packet(websocket_transport& from, const packet* x) override;
  void on_websocket_failed(websocket_transport& from,
                           websocket_close code) override;
  void on_websocket_written(websocket_transport& from) override;
  void on_websocket_ended(websocket_transport& from,
                          close_reason reason) override;
  void on_websocket_gone(websocket_transport& from) override;
  void on_aborted(const exchange& request) override;
  void on_complete_now(const exchange& request) override;
  void flush() override;
  void on_time();

  // -- decisions --------------------------------------------------------------

  void apply(decision x, const packet* message = nullptr);
  /// Likewise, of what came over the session's own transport.
  void apply_packet(const packet* x);
  void deliver(const packet& message);
  void note_fault(port_event what, std::string_view why);
  void take_over();
  void drop_probe();
  void end(close_reason reason);
  void close_with(websocket_close code);
  void end_websocket(close_reason reason);
  void do_linger();

  // -- the rest ---------------------------------------------------------------

  void begin(bool offer_websocket);
  void count_session(transport_kind x, int change);
  bool is_closing() const { return machine_.state() >= session_state::closing; }
  void send_packet(packet_type type, std::string_view data = {});
  std::shared_ptr<websocket_transport> make_websocket(websocket_request& x);
  /// What is taken of the client is counted, and it may be held back for it.
  void note_packet();
  void hold_back(packet_meter::duration pause);
  void on_hold_over();
  bool reads() const;
  void update_reading();
  void take_post();
  void cork();
  void check_drained();
  void arm_timer();

  template <class Frames>
  void queue(Frames&& frames);

  std::shared_ptr<loop> loop_;
  admission_slot slot_; ///< among the sessions that there may be
  outbox_share outbox_share_;
  session machine_;
  handshake_info handshake_;
  session_handler* handler_ = nullptr;
  std::unique_ptr<polling_transport> polling_;
  std::shared_ptr<websocket_transport> websocket_;
  std::shared_ptr<websocket_transport> probe_;
  packet_meter meter_;
  packet_meter::time_point packet_at_{}; ///< when the last one was taken
  std::unique_ptr<steady_timer> hold_;   ///< null: it was never held back
  steady_timer timer_;
  session::time_point timer_at_ = session::time_point::max();
  bool attached_ = false;
  bool paused_ = false;      ///< by its owner
  bool held_ = false;        ///< it has sent too many packets: not read for now
  bool above_limit_ = false; ///< the outbox was, and is not half empty since
  bool corked_ = false;      ///< `flush` will be called
  bool closing_ = false;     ///< the owner has closed it
  bool aborted_ = false;     ///< because of what the client did
  bool recalled_ = false;    ///< it is over, but the client is to come back
};

} // namespace weir::engineio
