#pragma once

#include "config/options/cluster.hpp"
#include "config/options/kafka.hpp"
#include "transport/kafka/handles.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::kafka {

/// librdkafka's configuration for this node's producer: our defaults, then
/// [kafka.properties], then [kafka.producer]. Throws std::runtime_error that
/// names the property which librdkafka does not take, or which would break a
/// promise (`enable.idempotence = false`).
conf_handle producer_conf(const kafka_options& settings);

/// Likewise for the producer that puts each record into a request of its own.
conf_handle one_by_one_conf(const kafka_options& settings);

/// Likewise for the member of the consumer group, with [kafka.consumer].
conf_handle consumer_conf(const kafka_options& settings,
                          const cluster_options& cluster);

/// Likewise for a reader that is in no group and which nobody polls; `purpose`
/// ends its `client.id`.
conf_handle outside_conf(const kafka_options& settings,
                         const cluster_options& cluster,
                         const std::string& purpose);

/// Where a partition starts of which nothing is committed, by
/// `auto.offset.reset`: a logical offset.
std::int64_t start_policy(const rd_kafka_conf_t* conf);

/// Which promise the property would break, or what to set instead; empty: none.
std::string_view broken_promise(std::string_view key, std::string_view value);

/// What `conf` holds for `key`; empty: nothing.
std::string property(const rd_kafka_conf_t* conf, const char* key);

/// Likewise for a number.
std::size_t number_property(const rd_kafka_conf_t* conf, const char* key);

/// Replaces what `conf` holds; throws as above.
void set_property(rd_kafka_conf_t* conf, const char* key,
                  const std::string& value);

/// A client from `conf`, which is used up. Throws std::runtime_error.
client_handle make_client(rd_kafka_type_t type, conf_handle conf);

} // namespace weir::kafka
