#pragma once

// Text of Socket.IO packets. Attachments follow as messages of their own.
//
// `nsp` is never written for "/". Arguments must be valid JSON: the decoder's
// `packet::args`, or text that was validated; placeholders as they stand in it.

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::socketio {

/// `0[nsp,]{"sid":"..."[,"pid":"..."]}`; an empty `pid`: the socket cannot be
/// recovered.
std::string encode_connect(std::string_view nsp, std::string_view socket_id,
                           std::string_view pid = {});

/// `4[nsp,]{"message":"..."[,"data":...]}`; `data` is JSON or empty.
std::string encode_connect_error(std::string_view nsp, std::string_view message,
                                 std::string_view data = {});

/// `1[nsp,]`
std::string encode_disconnect(std::string_view nsp);

/// `2[nsp,]["name",args...]`, or `5<n>-[nsp,]...` with attachments. `args` is
/// what stands between the brackets after the name: JSON values with commas,
/// or empty; its placeholders number the attachments.
std::string encode_event(std::string_view nsp, std::string_view name,
                         std::string_view args, std::size_t attachments = 0);

/// `3[nsp,]<id>[args...]`, or `6<n>-...` with attachments.
std::string encode_ack(std::string_view nsp, std::string_view ack_id,
                       std::string_view args, std::size_t attachments = 0);

} // namespace weir::socketio
