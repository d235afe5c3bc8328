#pragma once

// How the codecs of this folder print what people and scripts read.

#include <string>

namespace google::protobuf {
class Message;
} // namespace google::protobuf

namespace weir::schemas {

/// In Protobuf's own JSON mapping, with the names that the .proto file has, and
/// with what is zero or empty.
std::string print(const google::protobuf::Message& message);

} // namespace weir::schemas
