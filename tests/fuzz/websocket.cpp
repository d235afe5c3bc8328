// Input: a byte that says how the rest is cut, then what a client sends over a
// WebSocket.

#include "config/base/utf8.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "transport/engineio/websocket_decoder.hpp"

#include <algorithm>
#include <string_view>

using namespace weir;
using namespace weir::engineio;
using weir::fuzz::require;

namespace {

using status = websocket_decoder::status;

constexpr std::size_t max_message = 512;

std::string frame(unsigned char first, std::string_view bytes) {
  std::string result{static_cast<char>(first),
                     static_cast<char>(0x80U | bytes.size()),
                     0,
                     0,
                     0,
                     0};
  return result.append(bytes);
}

void check(const websocket_decoder::result& x, std::size_t size) {
  if (x.what == status::failed)
    return;
  if (x.what == status::incomplete)
    return require(x.needed > size, "more is needed than there is");
  require(x.consumed > 0 && x.consumed <= size, "a frame is of the input");
  require(x.bytes.size() <= max_message, "a message has a limit");
  if (x.what == status::text)
    require(is_utf8(x.bytes), "a text is UTF-8");
}

/// What is delivered of an input that comes in pieces of so many bytes. Frames
/// are unmasked where they are, so each run has a copy.
std::string delivered(std::string_view input, std::size_t piece) {
  websocket_decoder decoder{max_message};
  std::string buffer, log;
  while (true) {
    auto x = decoder.next(buffer);
    check(x, buffer.size());
    if (x.what == status::failed)
      return log + "failed" + std::to_string(static_cast<int>(x.code));
    if (x.what == status::incomplete) {
      if (input.empty())
        return log;
      buffer += input.substr(0, piece);
      input.remove_prefix(std::min(input.size(), piece));
      continue;
    }
    if (x.what != status::skipped)
      log.append(1, static_cast<char>(x.what)).append(x.bytes) += '\n';
    buffer.erase(0, x.consumed);
  }
}

} // namespace

std::vector<std::string> fuzz::corpus() {
  const std::string whole{'\0'}, by_three{'\2'};
  return {
    whole + frame(0x81, "42[\"a\"]"),
    by_three + frame(0x82, "bytes") + frame(0x89, "ping") + frame(0x8a, ""),
    by_three + frame(0x01, "h\xc3") + frame(0x89, "") + frame(0x80, "\xa9"),
    whole + frame(0x88, "\x03\xe9"),
    whole + "\x81\xfe\x01\x2c",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.empty())
    return 0;
  auto piece = static_cast<std::size_t>(input.front() & 0x0f) + 1;
  input.remove_prefix(1);
  require(delivered(input, piece) == delivered(input, input.size() + 1),
          "what is delivered does not depend on how it came");
  return 0;
}
