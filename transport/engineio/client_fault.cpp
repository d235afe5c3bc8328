#include "transport/engineio/client_fault.hpp"

#include "config/log.hpp"

#include <string>

namespace weir::engineio {

namespace {

std::string_view advice(port_event what) {
  switch (what) {
    case port_event::head_failed:
    case port_event::body_failed:
    case port_event::answer_failed:
      return "look at who it is; server.header_timeout is the limit";
    case port_event::upgrade_failed:
      return "look at who it is; engineio.upgrade_timeout is the limit";
    case port_event::connect_failed:
      return "look at who it is; server.connect_timeout is the limit";
    default:
      return "look at who it is";
  }
}

} // namespace

void note_fault(const tell_port_event& tell, port_event what,
                std::string_view from, std::string_view why) {
  if (tell)
    tell(what);
  std::string key{from};
  key.append(" ").append(why); // one fault of a client hides no other
  log::limited(log_level::warning, "a client is cut off", key,
               {{"from", from}, {"why", why}, {"do", advice(what)}});
}

} // namespace weir::engineio
