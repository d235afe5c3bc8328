#include "transport/kafka/describe_group.hpp"

#include "transport/kafka/partition_list.hpp"

#include <array>
#include <span>

namespace weir::kafka {

namespace {

constexpr int request_timeout_ms = 5000;

using options_handle
  = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

std::string text(const char* x) {
  return x == nullptr ? "" : x;
}

// Whether asking again helps: nobody could answer just now.
bool is_transient(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
      return true;
    default:
      return false;
  }
}

group_description failure(rd_kafka_resp_err_t error, const std::string& why) {
  return {{}, why, is_transient(error), false};
}

group_member read_member(const rd_kafka_MemberDescription_t* x) {
  group_member result;
  result.id = text(rd_kafka_MemberDescription_consumer_id(x));
  result.instance = text(rd_kafka_MemberDescription_group_instance_id(x));
  result.client = text(rd_kafka_MemberDescription_client_id(x));
  result.host = text(rd_kafka_MemberDescription_host(x));
  if (auto* assignment = rd_kafka_MemberDescription_assignment(x))
    if (auto* list = rd_kafka_MemberAssignment_partitions(assignment))
      result.assigned = from_list(list);
  return result;
}

} // namespace

void describe_group(rd_kafka_t* client, const std::string& group,
                    rd_kafka_queue_t* queue) {
  const options_handle options{rd_kafka_AdminOptions_new(
    client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS)};
  std::array<char, 512> why{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), request_timeout_ms,
                                            why.data(), why.size());
  std::array<const char*, 1> groups{group.c_str()};
  rd_kafka_DescribeConsumerGroups(client, groups.data(), groups.size(),
                                  options.get(), queue);
}

group_description read_description(rd_kafka_event_t* event) {
  if (auto error = rd_kafka_event_error(event))
    return failure(error, text(rd_kafka_event_error_string(event)));
  std::size_t n = 0;
  auto* groups = rd_kafka_DescribeConsumerGroups_result_groups(
    rd_kafka_event_DescribeConsumerGroups_result(event), &n);
  group_description result;
  for (auto* group : std::span{groups, n}) {
    // Its own string may say no more than the request's name.
    if (auto* error = rd_kafka_ConsumerGroupDescription_error(group)) {
      auto code = rd_kafka_error_code(error);
      return failure(code, rd_kafka_err2str(code));
    }
    result.is_rebalancing = rd_kafka_ConsumerGroupDescription_state(group)
                            != RD_KAFKA_CONSUMER_GROUP_STATE_STABLE;
    auto count = rd_kafka_ConsumerGroupDescription_member_count(group);
    for (std::size_t i = 0; i < count; ++i)
      result.members.push_back(
        read_member(rd_kafka_ConsumerGroupDescription_member(group, i)));
  }
  return result;
}

} // namespace weir::kafka
