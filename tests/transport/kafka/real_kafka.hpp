#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

namespace weir::kafka::test {

/// The address of a real Kafka, which is in the file that WEIR_TEST_KAFKA
/// names; empty: there is none.
inline std::string real_kafka() {
  auto* file = std::getenv("WEIR_TEST_KAFKA");
  std::string result;
  if (file != nullptr)
    std::ifstream{file} >> result;
  return result;
}

struct has_real_kafka {
  boost::test_tools::assertion_result
  operator()(boost::unit_test::test_unit_id) const {
    return !real_kafka().empty();
  }
};

/// Decorates a suite.
inline const boost::unit_test::precondition needs_real_kafka{has_real_kafka{}};

} // namespace weir::kafka::test
