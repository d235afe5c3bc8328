// Input: what somebody says to a node's port for other nodes; or after a "!" to
// a node that has dialed him.

#include "transport/cluster/link_handshake.hpp"

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/transport/cluster/hellos.hpp"

#include <string_view>

using namespace weir;
using namespace weir::cluster;
using weir::fuzz::require;

namespace {

link_terms terms(const std::string& node, bool has_secret) {
  link_terms result{.local = test::hello_of(node),
                    .admit = [](auto&, bool) { return std::string{}; }};
  if (has_secret)
    result.key.emplace("the secret of this test");
  return result;
}

/// All that a node would say that is dialed, or that dials, to its like.
std::string said(bool dials) {
  auto a = terms("a", false), b = terms("b", false);
  auto dialer = link_handshake::dial(a, {}),
       acceptor = link_handshake::accept(b, {});
  std::string by_dialer, by_acceptor;
  auto pass = [](link_handshake& from, link_handshake& to, std::string& log) {
    auto bytes = from.take_output();
    log += bytes;
    while (!bytes.empty() && to.state() == handshake_state::ongoing) {
      auto n = to.wanted();
      to.receive(bytes.substr(0, n));
      bytes.erase(0, n);
    }
  };
  for (auto i = 0; i < 4; ++i) {
    pass(dialer, acceptor, by_dialer);
    pass(acceptor, dialer, by_acceptor);
  }
  return dials ? by_dialer : by_acceptor;
}

void check(std::string_view input, bool dials, bool has_secret) {
  auto all = terms("a", has_secret);
  auto x = dials ? link_handshake::dial(all, {})
                 : link_handshake::accept(all, {});
  while (x.state() == handshake_state::ongoing) {
    auto n = x.wanted();
    require(n > 0 && n <= 2 * max_hello, "a frame has a limit");
    if (input.size() < n)
      return;
    x.receive(input.substr(0, n));
    input.remove_prefix(n);
  }
  x.take_output();
  if (x.state() == handshake_state::done) {
    require(!has_secret, "nobody gets in without the secret");
    require(x.peer() && decode_hello(encode(*x.peer())) == x.peer(),
            "who is let in has said who he is");
  } else {
    require(!x.reason().why.empty(), "there is a reason");
  }
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  return {said(true), "!" + said(false)};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  auto dials = input.starts_with('!');
  if (dials)
    input.remove_prefix(1);
  for (auto has_secret : {false, true})
    check(input, dials, has_secret);
  return 0;
}
