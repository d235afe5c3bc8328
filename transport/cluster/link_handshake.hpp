#pragma once

// What two nodes say to each other before a connection becomes a link. Nothing
// of it is CAF's or TLS's; these begin with the byte after it.
//
//   frame      length (2 bytes, big-endian) kind (1 byte) rest
//
//   dialer                                  acceptor
//     'g' greeting              ──►
//                               ◄──  'g' greeting
//     'p' proof                 ──►                        with a secret only
//                               ◄──  'p' proof             likewise
//     'c' consent               ──►
//                               ◄──  'w' welcome
//   either of them, instead:         'r' refusal
//
//   greeting   "weir" format (1 byte) flags (1 byte) nonce (32 bytes) hello
//   flags      1: proves that it knows the secret; 2: TLS follows
//   proof      32 bytes
//   refusal    code (1 byte) a sentence
//
// The dialer proves first: whoever finds the port gets nothing to guess the
// secret by. Its consent is the last word but one, the welcome the last: a link
// exists where it was sent, and where it was received.

#include "transport/cluster/hello.hpp"
#include "transport/cluster/link_proof.hpp"
#include "transport/cluster/refusal.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace weir::cluster {

/// What one side says, and how it judges the other one.
struct link_terms {
  hello local;
  /// Derived from the cluster's secret; nothing: there is none.
  std::optional<link_key> key;
  /// Whether what follows is encrypted; both have to say the same.
  bool tls = false;
  /// Asked once about a peer that has proved that it belongs here. Empty: it is
  /// welcome; otherwise the sentence that it is refused with.
  std::function<std::string(const hello& peer, bool dialed)> admit;
};

enum class handshake_state {
  ongoing,
  done,    ///< once the output is written, the connection is a link
  refused, ///< once the output is written, it is to be closed
  failed,  ///< it is to be closed
};

/// One side of a handshake: bytes in, bytes out. No socket, no clock.
class link_handshake {
public:
  /// Begins with a greeting to be written. The terms outlive the handshake.
  static link_handshake dial(const link_terms& terms, const nonce& once);

  /// Waits for the other side's greeting.
  static link_handshake accept(const link_terms& terms, const nonce& once);

  /// How many bytes to read next. To read more would take what follows.
  std::size_t wanted() const { return wanted_; }

  /// Takes what was read.
  /// Requires: it is `wanted()` bytes, and the state is `ongoing`.
  void receive(std::string_view bytes);

  /// What is to be written, each byte once.
  std::string take_output();

  handshake_state state() const { return state_; }

  /// Who is at the other end; nothing before its greeting. Not proved before
  /// the state is `done`.
  const std::optional<hello>& peer() const { return peer_; }

  /// Why it was refused, by which side, or the sentence why it failed.
  const refusal& reason() const { return reason_; }
  bool refused_by_peer() const { return by_peer_; }

private:
  using step = void (link_handshake::*)(std::string_view body);

  link_handshake(const link_terms& terms, link_role role, const nonce& once);

  void on_frame(std::string_view frame);
  void on_refusal(std::string_view body);
  void on_greeting(std::string_view body);
  void on_proof(std::string_view body);
  void on_consent(std::string_view body);
  void on_welcome(std::string_view body);

  bool read_greeting(std::string_view body);
  refusal judge_greeting(unsigned char flags) const;
  /// Asks `admit`; refuses if it does not welcome the peer.
  bool is_admitted();
  void go_on_after_proofs();

  void expect(char kind, step next);
  void send(char kind, std::string_view body);
  void refuse(refusal why);
  void fail(std::string why);
  std::string proof_of(link_role role) const;

  const link_terms* terms_;
  link_role role_;
  handshake_state state_ = handshake_state::ongoing;
  std::size_t wanted_;
  bool reads_length_ = true;
  char expected_kind_ = 0;
  step next_ = nullptr;
  std::string output_;
  std::string greeting_;       ///< ours
  std::string peers_greeting_; ///< as it came
  std::optional<hello> peer_;
  refusal reason_;
  bool by_peer_ = false;
};

} // namespace weir::cluster
