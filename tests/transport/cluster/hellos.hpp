#pragma once

#include "transport/cluster/hello.hpp"

#include <string>

namespace weir::test {

/// A node of the cluster "weir".
inline cluster::hello hello_of(std::string node) {
  return {.cluster = "weir",
          .node = std::move(node),
          .incarnation = 1'700'000'000'000,
          .address = "127.0.0.1:7400",
          .config = "5f3a"};
}

} // namespace weir::test
