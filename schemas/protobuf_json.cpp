#include "schemas/protobuf_json.hpp"

#include <google/protobuf/util/json_util.h>

namespace weir::schemas {

std::string print(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string result;
  // Fails only for types that these messages do not hold (Any).
  auto status = google::protobuf::util::MessageToJsonString(message, &result,
                                                            options);
  return status.ok() ? result : "{}";
}

} // namespace weir::schemas
