#pragma once

#include "transport/engineio/exchange.hpp"
#include "transport/engineio/outbox.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::engineio {

/// The long-polling transport of one session: at most one GET that waits for
/// packets, at most one POST whose packets wait to be taken, and the frames
/// for which there is no GET yet.
class polling_transport {
public:
  // -- out: frames wait for a GET ---------------------------------------------

  outbox& frames() { return frames_; }
  const outbox& frames() const { return frames_; }

  /// False: there is a GET already, which is an error of the client's.
  bool begin_get(exchange_ptr get);

  bool has_get() const { return get_ != nullptr; }
  bool is_get(const exchange& x) const { return get_.get() == &x; }

  /// Answers the GET, if both it and frames are there, with about `max_payload`
  /// bytes but one packet at least.
  void flush(std::size_t max_payload);

  /// Answers the GET, if it is there, with one packet out of turn.
  void answer_get(packet_type type);

  /// Answers the GET, if it is there, with an error: the client reconnects.
  /// A close packet would tell it as much, but python-socketio takes that for
  /// the server's last word and stays away.
  void refuse_get();

  // -- in: packets wait to be taken -------------------------------------------

  /// The header of a POST has come. False: another one is not done yet.
  bool begin_post(exchange_ptr post);

  bool has_post() const { return post_ != nullptr; }

  /// Its body has come.
  void set_body(std::string body);

  /// The body, or what was put back of it. Empty and false: not there yet.
  bool take_body(std::string& body);

  void put_back(std::string_view rest) { set_body(std::string{rest}); }

  /// Answers the POST, if it is there.
  void answer_post(bool accepted);

  // -- the end ----------------------------------------------------------------

  /// Forgets the request if it is one of ours; false: it is not.
  bool forget(const exchange& request);

private:
  outbox frames_;
  exchange_ptr get_;
  exchange_ptr post_;
  std::string body_;
  bool body_complete_ = false;
};

} // namespace weir::engineio
