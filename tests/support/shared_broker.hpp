#pragma once

#include "transport/kafka/embedded_broker.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir::test {

/// One embedded broker for all cases (librdkafka often needs a second to end
/// one) with topics of their own.
class shared_broker {
public:
  static constexpr std::uint32_t partitions = 2;

  static const std::string& bootstrap() {
    return instance().broker_.bootstrap();
  }

  /// An empty topic.
  static std::string take_topic() {
    auto& topics = instance().topics_;
    BOOST_TEST_REQUIRE(!topics.empty());
    auto result = topics.back();
    topics.pop_back();
    return result;
  }

private:
  static shared_broker& instance() {
    static shared_broker result;
    return result;
  }

  static std::vector<std::string> make_topics() {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < 20; ++i)
      result.push_back("topic-" + std::to_string(i));
    return result;
  }

  std::vector<std::string> topics_ = make_topics();
  kafka::embedded_broker broker_{topics_, partitions};
};

} // namespace weir::test
