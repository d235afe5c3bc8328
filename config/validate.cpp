#include "config/validate.hpp"

#include "config/address.hpp"
#include "config/event_bounds.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::config {

namespace {

/// A librdkafka property that is not free, and what to do instead.
struct taken_property {
  std::string_view name;
  std::string_view instead;
};

constexpr std::array taken_properties = {
  taken_property{"bootstrap.servers", "use brokers in [kafka]"},
  taken_property{"metadata.broker.list", "use brokers in [kafka]"},
  taken_property{"group.id", "use group in [kafka]"},
  taken_property{"group.instance.id", "use node in [cluster]"},
  taken_property{"delivery.timeout.ms", "use delivery_timeout in [kafka]"},
  taken_property{"message.timeout.ms", "use delivery_timeout in [kafka]"},
  taken_property{"acks", "an acked emit is in Kafka only with acks=all"},
  taken_property{"request.required.acks",
                 "an acked emit is in Kafka only with acks=all"},
  taken_property{"enable.idempotence",
                 "without it a retry could store a record twice"},
  taken_property{"partitioner",
                 "rooms are found where murmur2_random puts their keys"},
  taken_property{"enable.auto.commit", "Weir commits what it has delivered"},
  taken_property{"enable.auto.offset.store",
                 "Weir commits what it has delivered"},
};

void validate_properties(const std::map<std::string, std::string>& x,
                         const std::string& path, report& log) {
  for (auto& taken : taken_properties)
    if (x.contains(std::string{taken.name}))
      log.error(log.place_of(path + "." + std::string{taken.name}),
                in_quotes(taken.name)
                  + " is set by Weir: " + std::string{taken.instead});
}

void validate_kafka(const kafka_options& x, report& log) {
  if (x.embedded && !x.brokers.empty())
    log.error_at("kafka.brokers",
                 "not together with embedded = true; set embedded = false, or "
                 "leave brokers out");
  if (!x.embedded && x.brokers.empty() && log.lacks("kafka", "brokers")
      && !log.is_unreadable("kafka.embedded"))
    log.error(log.place_of("kafka"),
              "no Kafka to connect to; in [kafka] set brokers = "
              "\"localhost:9092\", or embedded = true to try Weir without one");
  validate_properties(x.properties, "kafka.properties", log);
  validate_properties(x.producer, "kafka.producer", log);
  validate_properties(x.consumer, "kafka.consumer", log);
}

/// What can be read of its size: what cannot is an error when the node starts.
std::uintmax_t bytes_in(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code e;
  std::uintmax_t bytes = 0;
  for (auto i = fs::recursive_directory_iterator{folder, e};
       !e && i != fs::recursive_directory_iterator{}; i.increment(e)) {
    std::error_code ignored;
    auto size = i->is_regular_file(ignored) ? i->file_size(ignored) : 0;
    bytes += ignored ? 0 : size;
  }
  return bytes;
}

void validate_server(const server_options& x, report& log) {
  validate_folder(x.files, "server.files", x.max_file_bytes, log);
  validate_folder(x.client_files, "server.client_files", x.max_file_bytes, log);
  if (!x.echo_path.empty()
      && (x.path.starts_with(x.echo_path) || x.echo_path.starts_with(x.path)))
    log.error_at("server.echo_path", in_quotes(x.echo_path) + " and path, "
                                       + in_quotes(x.path)
                                       + ", must not lie within each other");
  auto& origins = x.cors.origins;
  if (x.cors.credentials && origins.empty()
      && log.lacks("server.cors", "origins"))
    log.error_at("server.cors.credentials",
                 "does nothing without origins; list them, or leave it out");
  if (x.cors.credentials
      && std::find(origins.begin(), origins.end(), "*") != origins.end())
    log.error_at("server.cors.credentials",
                 "not together with origins = [\"*\"]; list the origins");
}

void validate_admin(const options& x, report& log) {
  auto address = parse_address(x.admin.listen);
  if (!address)
    return; // already reported
  if (x.admin.token.empty() && !is_loopback(*address))
    log.error_at("admin.listen",
                 in_quotes(x.admin.listen)
                   + " can be reached from other machines; set a token in "
                     "[admin], or listen at \"127.0.0.1:"
                   + std::to_string(address->port) + "\"");
  auto clients = parse_address(x.server.listen);
  if (clients && share_a_port(*address, *clients))
    log.error_at("admin.listen", in_quotes(x.admin.listen)
                                   + " is also where [server] listens; choose "
                                     "another port");
}

} // namespace

void validate_folder(const std::string& folder, const std::string& path,
                     std::size_t max_bytes, report& log) {
  std::error_code ignored;
  if (folder.empty())
    return;
  if (!std::filesystem::is_directory(folder, ignored))
    log.error_at(path, in_quotes(folder)
                         + " is not a folder; relative ones start at the "
                           "configuration's own");
  else if (auto bytes = bytes_in(folder); bytes > max_bytes)
    log.error_at(path, in_quotes(folder) + " has " + std::to_string(bytes)
                         + " bytes of files, more than max_file_bytes; serve a "
                           "folder of less, or raise it");
}

void validate(const options& x, report& log) {
  validate_server(x.server, log);
  if (x.engineio.transports.empty())
    log.error_at("engineio.transports",
                 "clients need at least one of \"polling\", \"websocket\"");
  validate_kafka(x.kafka, log);
  validate_limits(x, log);
  validate_rates(x, log);
  validate_admin(x, log);
  validate_ui(x, log);
  validate_tls(x.server.tls, "server.tls", log);
  validate_tls(x.admin.tls, "admin.tls", log);
  validate_cluster(x, log);
  validate_auth(x, log);
  validate_tracing(x.tracing, log);
  validate_namespaces(x, log);
  validate_permissions(x, log);
  validate_effects(x, log);
}

} // namespace weir::config
