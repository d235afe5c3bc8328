#include "transport/cluster/link_handshake.hpp"

#include "config/base/big_endian.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace weir::cluster {

namespace {

using enum handshake_state;

constexpr std::size_t length_size = 2;
constexpr std::string_view magic = "weir";
constexpr char format = 1;
/// Before the hello of a greeting.
constexpr std::size_t greeting_head = magic.size() + 2 + nonce{}.size();
constexpr unsigned char proves = 1;
constexpr unsigned char encrypts = 2;
constexpr std::size_t max_frame = 1 + greeting_head + max_hello;
constexpr std::size_t max_sentence = 1024;

constexpr auto not_a_node = "the other side does not speak as a node of Weir";

/// What comes from outside ends up in a log.
std::string printable(std::string_view text) {
  std::string result{text.substr(0, max_sentence)};
  std::replace_if(
    result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; },
    '?');
  return result;
}

/// Codes of later versions have a sentence as well.
refusal_code code_of(char byte) {
  auto code = static_cast<refusal_code>(byte);
  return code > refusal_code::none && code < refusal_code::not_admitted
           ? code
           : refusal_code::not_admitted;
}

unsigned char flags_of(const link_terms& terms) {
  return static_cast<unsigned char>((terms.key ? proves : 0)
                                    | (terms.tls ? encrypts : 0));
}

std::string make_greeting(const link_terms& terms, const nonce& once) {
  std::string result{magic};
  result += format;
  result += static_cast<char>(flags_of(terms));
  result.append(reinterpret_cast<const char*>(once.data()), once.size());
  return result + encode(terms.local);
}

} // namespace

link_handshake link_handshake::dial(const link_terms& terms,
                                    const nonce& once) {
  link_handshake result{terms, link_role::dialer, once};
  result.send('g', result.greeting_);
  return result;
}

link_handshake link_handshake::accept(const link_terms& terms,
                                      const nonce& once) {
  return {terms, link_role::acceptor, once};
}

link_handshake::link_handshake(const link_terms& terms, link_role role,
                               const nonce& once)
  : terms_(&terms),
    role_(role),
    wanted_(length_size),
    greeting_(make_greeting(terms, once)) {
  expect('g', &link_handshake::on_greeting);
}

void link_handshake::receive(std::string_view bytes) {
  assert(bytes.size() == wanted_ && state_ == handshake_state::ongoing);
  if (!reads_length_) {
    reads_length_ = true;
    wanted_ = length_size;
    return on_frame(bytes);
  }
  auto length = from_big_endian<std::uint16_t>(bytes);
  if (length == 0 || length > max_frame)
    return fail(not_a_node);
  reads_length_ = false;
  wanted_ = length;
}

std::string link_handshake::take_output() {
  return std::exchange(output_, {});
}

// -- frames -------------------------------------------------------------------

void link_handshake::on_frame(std::string_view frame) {
  auto kind = frame.front();
  auto body = frame.substr(1);
  if (kind == 'r')
    on_refusal(body);
  else if (kind == expected_kind_)
    (this->*next_)(body);
  else
    fail(not_a_node);
}

void link_handshake::on_refusal(std::string_view body) {
  if (body.size() < 2) // a code without a sentence tells an operator nothing
    return fail(not_a_node);
  state_ = refused;
  by_peer_ = true;
  reason_ = {code_of(body.front()), printable(body.substr(1))};
}

void link_handshake::on_greeting(std::string_view body) {
  if (!read_greeting(body))
    return;
  peers_greeting_ = body;
  auto why = judge_greeting(static_cast<unsigned char>(body[magic.size() + 1]));
  if (why.code != refusal_code::none)
    return refuse(std::move(why));
  if (role_ == link_role::acceptor) {
    send('g', greeting_);
    if (terms_->key)
      expect('p', &link_handshake::on_proof);
    else
      expect('c', &link_handshake::on_consent);
  } else if (terms_->key) {
    send('p', proof_of(link_role::dialer));
    expect('p', &link_handshake::on_proof);
  } else {
    go_on_after_proofs();
  }
}

void link_handshake::on_proof(std::string_view body) {
  auto dialed = role_ == link_role::dialer;
  auto right = proof_of(dialed ? link_role::acceptor : link_role::dialer);
  if (!equal(body, right))
    return refuse({refusal_code::secret, "the secrets of the two nodes differ; "
                                         "set the same secret in [cluster] on "
                                         "both"});
  if (!dialed)
    send('p', proof_of(link_role::acceptor));
  go_on_after_proofs();
}

void link_handshake::on_consent(std::string_view body) {
  if (!body.empty())
    return fail(not_a_node);
  if (!is_admitted())
    return;
  send('w', {});
  state_ = done;
}

void link_handshake::on_welcome(std::string_view body) {
  if (!body.empty())
    return fail(not_a_node);
  state_ = done;
}

// -- judging ------------------------------------------------------------------

bool link_handshake::read_greeting(std::string_view body) {
  auto is_greeting = body.size() > greeting_head && body.starts_with(magic);
  if (is_greeting && body[magic.size()] != format) {
    refuse({refusal_code::version,
            "the two nodes greet each other in different "
            "formats; upgrade a cluster version by "
            "version"});
    return false;
  }
  auto known = [](char flags) { return (flags & ~(proves | encrypts)) == 0; };
  if (is_greeting && known(body[magic.size() + 1]))
    peer_ = decode_hello(body.substr(greeting_head));
  if (!peer_)
    fail(not_a_node);
  return peer_.has_value();
}

refusal link_handshake::judge_greeting(unsigned char flags) const {
  auto why = check_compatible(terms_->local, *peer_);
  auto differ = flags ^ flags_of(*terms_);
  if (why.code != refusal_code::none || differ == 0)
    return why;
  auto which = differ & proves ? proves : encrypts;
  auto& with = flags & which ? *peer_ : terms_->local;
  auto& without = flags & which ? terms_->local : *peer_;
  auto names = [&](const std::string& what) {
    return "node \"" + with.node + "\" has " + what + ", node \"" + without.node
           + "\" has none; ";
  };
  if (which == proves)
    return {refusal_code::secret,
            names("a secret") + "set the same secret in [cluster] on both"};
  return {refusal_code::tls,
          names("TLS") + "set [cluster.tls] on both, or on neither"};
}

bool link_handshake::is_admitted() {
  auto why = terms_->admit(*peer_, role_ == link_role::dialer);
  if (why.empty())
    return true;
  refuse({refusal_code::not_admitted, std::move(why)});
  return false;
}

void link_handshake::go_on_after_proofs() {
  if (role_ == link_role::acceptor)
    return expect('c', &link_handshake::on_consent);
  if (!is_admitted())
    return;
  send('c', {});
  expect('w', &link_handshake::on_welcome);
}

// -- what it is made of -------------------------------------------------------

void link_handshake::expect(char kind, step next) {
  expected_kind_ = kind;
  next_ = next;
}

void link_handshake::send(char kind, std::string_view body) {
  put_big_endian(output_, static_cast<std::uint16_t>(1 + body.size()));
  output_ += kind;
  output_ += body;
}

void link_handshake::refuse(refusal why) {
  std::string body{static_cast<char>(why.code)};
  send('r', body + printable(why.why));
  state_ = refused;
  reason_ = std::move(why);
}

void link_handshake::fail(std::string why) {
  state_ = failed;
  reason_ = {refusal_code::none, std::move(why)};
}

std::string link_handshake::proof_of(link_role role) const {
  auto dialed = role_ == link_role::dialer;
  return terms_->key->prove(role, dialed ? greeting_ : peers_greeting_,
                            dialed ? peers_greeting_ : greeting_);
}

} // namespace weir::cluster
