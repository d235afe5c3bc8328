#pragma once

#include "transport/kafka/consumer_impl.hpp"

namespace weir::kafka {

/// A consumer that shares its topics with the other members of its group.
struct consumer::group_member final : impl {
  using impl::impl;
  ~group_member() override { end(); }

  void count_partitions(const std::vector<std::string>& topics) override;
  void subscribe(const std::vector<std::string>& topics) override;
  void unsubscribe() override;
  void close() override { start_leave(); }
  void begin_end() override { start_leave(); }
};

} // namespace weir::kafka
