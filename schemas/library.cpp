#include "schemas/library.hpp"

#include <google/protobuf/stubs/common.h>
#include <sodium.h>

namespace weir::schemas {

std::string library_versions() {
  return "Protobuf "
         + google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)
         + "\nlibsodium " + sodium_version_string();
}

} // namespace weir::schemas
