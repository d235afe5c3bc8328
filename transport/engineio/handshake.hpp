#pragma once

#include "config/options/engineio.hpp"

#include <string>
#include <string_view>

namespace weir::engineio {

/// The data of the open packet: a JSON object with exactly the keys sid,
/// upgrades, pingInterval, pingTimeout and maxPayload, numbers in whole
/// milliseconds and bytes (there are clients that take nothing else).
std::string open_data(std::string_view sid, bool offer_websocket,
                      const engineio_options& settings);

} // namespace weir::engineio
