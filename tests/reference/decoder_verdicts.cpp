// What our decoders make of inputs on stdin, for parsers_test.mjs to compare
// with what the reference makes of them. A line is either
//
//   s <kind><hex> ...   the messages of one connection: t is text, b binary
//   p <hex>             the body of a polling request
//
// and gets a line of verdicts, one for each message or packet.

#include "config/base/utf8.hpp"
#include "transport/engineio/packet.hpp"
#include "transport/engineio/payload.hpp"
#include "transport/socketio/decoder.hpp"

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

using namespace weir;

namespace {

constexpr std::size_t depth = 128;
constexpr std::size_t max_bytes = 64;

std::string from_hex(std::string_view hex) {
  std::string result;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    result += static_cast<char>(
      std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return result;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result{'x'}; // so that it is never empty
  for (auto c : bytes) {
    result += digits[static_cast<unsigned char>(c) >> 4];
    result += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return result;
}

std::string verdict(const socketio::decoder::result& x) {
  if (x.error != socketio::decode_errc::none)
    return "closed " + to_hex(to_string(x.error));
  if (x.value == nullptr)
    return "pending";
  auto& packet = *x.value;
  std::string result{packet.refusal == socketio::refusal::none ? "packet"
                                                               : "refused"};
  ((result += ' ') += static_cast<char>(packet.type)) += ' ';
  result += to_hex(packet.nsp) + ' ' + to_hex(packet.ack_id) + ' ';
  if (packet.refusal != socketio::refusal::none)
    return result + to_hex(to_string(packet.refusal));
  result += to_hex(packet.json);
  for (auto bytes : packet.attachments)
    (result += ' ') += to_hex(bytes);
  return result;
}

void decode_messages(std::istream& messages) {
  socketio::decoder decoder{depth, max_bytes};
  for (std::string message; messages >> message;) {
    // A copy that ends with the message, for ASan.
    auto bytes = from_hex(std::string_view{message}.substr(1));
    auto result = message.front() == 'b' ? decoder.binary(bytes)
                                         : decoder.text(bytes);
    std::cout << verdict(result) << ';';
    if (result.error != socketio::decode_errc::none)
      return;
  }
}

void decode_payload(std::istream& line) {
  std::string hex;
  line >> hex;
  auto body = from_hex(hex);
  if (!is_utf8(body)) {
    std::cout << "error;";
    return;
  }
  engineio::payload_reader reader{body};
  std::string bytes;
  while (auto text = reader.next()) {
    auto x = engineio::parse_packet(*text, bytes);
    if (!x) {
      std::cout << "error;";
      return;
    }
    std::cout << (x->binary ? 'b' : static_cast<char>(x->type)) << ' '
              << to_hex(x->data) << ';';
  }
}

} // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words{line};
    char kind = 0;
    words >> kind;
    kind == 'p' ? decode_payload(words) : decode_messages(words);
    std::cout << '\n';
  }
}
