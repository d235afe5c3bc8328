#include "transport/engineio/packet.hpp"

#include "config/base/base64.hpp"

namespace weir::engineio {

std::optional<packet> parse_packet(std::string_view text, std::string& bytes) {
  if (text.empty())
    return std::nullopt;
  auto data = text.substr(1);
  if (text.front() >= '0' && text.front() <= '6')
    return packet{static_cast<packet_type>(text.front()), data};
  if (text.front() != 'b')
    return std::nullopt;
  bytes.clear();
  append_decoded_base64(bytes, data);
  return packet{packet_type::message, bytes, true};
}

} // namespace weir::engineio
