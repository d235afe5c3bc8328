#include "config/keys.hpp"

#include "config/address.hpp"
#include "config/network.hpp"

namespace weir::config {

namespace {

using namespace std::chrono_literals;

// A time as good as never that still fits every timer.
constexpr auto max_timeout = std::chrono::milliseconds{24h};

keys<cors_options> cors_keys() {
  using o = cors_options;
  return {
    value("origins", &o::origins, list(text(check_origin))),
    value("credentials", &o::credentials, flag()),
  };
}

keys<tls_sni_options> tls_sni_keys() {
  using o = tls_sni_options;
  return {
    value("hosts", &o::hosts, list(text(check_host_pattern))),
    value("certificate", &o::certificate, text()),
    value("key", &o::key, text()),
  };
}

keys<tls_options> tls_keys() {
  using o = tls_options;
  return {
    value("certificate", &o::certificate, text()),
    value("key", &o::key, text()),
    value("client_ca", &o::client_ca, text()),
    value("min_version", &o::min_version,
          choice<tls_version>(
            {{"1.2", tls_version::v1_2}, {"1.3", tls_version::v1_3}})),
    tables("sni", &o::sni, tls_sni_keys()),
  };
}

keys<server_options> server_keys() {
  using o = server_options;
  return {
    value("listen", &o::listen, text(check_listen)),
    value("path", &o::path, text(check_path)),
    value("echo_path", &o::echo_path, text(check_optional_path)),
    value("io_threads", &o::io_threads, number(0, 256)),
    value("header_timeout", &o::header_timeout, duration(10ms, max_timeout)),
    value("max_header", &o::max_header, size(1 * kib, 1 * mib)),
    value("max_url", &o::max_url, size(256, 1 * mib)),
    value("max_connections", &o::max_connections, number(1, 10'000'000)),
    value("connect_timeout", &o::connect_timeout, duration(10ms, max_timeout)),
    value("drain_time", &o::drain_time, duration(0ms, 1h)),
    value("files", &o::files, text()),
    value("client_files", &o::client_files, text()),
    value("max_file_bytes", &o::max_file_bytes, size(1 * kib, 64 * gib)),
    value("trust_proxy", &o::trust_proxy, list(text(check_network))),
    value("health", &o::health, flag()),
    table("cors", &o::cors, cors_keys()),
    table("tls", &o::tls, tls_keys()),
  };
}

keys<engineio_options> engineio_keys() {
  using o = engineio_options;
  return {
    value("ping_interval", &o::ping_interval, duration(10ms, max_timeout)),
    value("ping_timeout", &o::ping_timeout, duration(10ms, max_timeout)),
    value("upgrade_timeout", &o::upgrade_timeout, duration(10ms, max_timeout)),
    value("max_payload", &o::max_payload, size(64, 256 * mib)),
    value("transports", &o::transports,
          list(name_of({"polling", "websocket"}))),
    planned<o>("allow_eio3"),
    planned<o>("compression"),
    planned<o>("cookie"),
  };
}

keys<kafka_options> kafka_keys() {
  using o = kafka_options;
  return {
    value("embedded", &o::embedded, flag()),
    value("brokers", &o::brokers, text(check_brokers)),
    value("group", &o::group, text(check_optional_identifier)),
    value("delivery_timeout", &o::delivery_timeout,
          duration(10ms, max_timeout)),
    value("embedded_partitions", &o::embedded_partitions, number(1, 1'000)),
    free_table("properties", &o::properties),
    free_table("producer", &o::producer),
    free_table("consumer", &o::consumer),
  };
}

keys<cluster_tls_options> cluster_tls_keys() {
  using o = cluster_tls_options;
  return {
    value("certificate", &o::certificate, text()),
    value("key", &o::key, text()),
    value("ca", &o::ca, text()),
  };
}

keys<cluster_options> cluster_keys() {
  using o = cluster_options;
  return {
    value("name", &o::name, text(check_identifier)),
    value("node", &o::node, text(check_identifier)),
    value("secret", &o::secret, hidden_text(check_secret)),
    value("secret_file", &o::secret_file, text()),
    value("listen", &o::listen, text(check_optional_listen)),
    value("advertise", &o::advertise, text(check_optional_peer)),
    value("seeds", &o::seeds, list(text(check_peer))),
    value("timeout", &o::timeout, duration(100ms, 10min)),
    table("tls", &o::tls, cluster_tls_keys()),
  };
}

keys<admin_options> admin_keys() {
  using o = admin_options;
  return {
    value("listen", &o::listen, text(check_listen)),
    value("token", &o::token, hidden_text(check_token)),
    value("token_file", &o::token_file, text()),
    value("ui", &o::ui, text()),
    value("ui_user", &o::ui_user, text(check_ui_user)),
    value("ui_password", &o::ui_password, hidden_text(check_bcrypt)),
    value("ui_password_file", &o::ui_password_file, text()),
    value("ui_origins", &o::ui_origins, list(text(check_exact_origin))),
    value("ui_read_only", &o::ui_read_only, flag()),
    value("ui_sockets", &o::ui_sockets, number(0, 10'000)),
    table("tls", &o::tls, tls_keys()),
  };
}

keys<auth_options> auth_keys() {
  using o = auth_options;
  return {
    value("certificate_user", &o::certificate_user,
          choice<certificate_name>({{"none", certificate_name::none},
                                    {"uri", certificate_name::uri},
                                    {"dns", certificate_name::dns},
                                    {"email", certificate_name::email}})),
    value("deny_topic", &o::deny_topic, text(check_optional_topic)),
    value("deny_memory", &o::deny_memory, size(1 * kib, 64 * gib)),
    table("jwt", &o::jwt, jwt_keys()),
    table("webhook", &o::webhook, webhook_keys()),
  };
}

keys<log_options> log_keys() {
  using o = log_options;
  return {
    value("level", &o::level,
          choice<log_level>({{"trace", log_level::trace},
                             {"debug", log_level::debug},
                             {"info", log_level::info},
                             {"warning", log_level::warning},
                             {"error", log_level::error}})),
    value("format", &o::format,
          choice<log_format>(
            {{"text", log_format::text}, {"json", log_format::json}})),
    value("limit_lines", &o::limit_lines, number(1, 1'000)),
    value("limit_interval", &o::limit_interval, duration(10ms, 1h)),
  };
}

keys<tracing_options> tracing_keys() {
  using o = tracing_options;
  return {
    value("url", &o::url, text()),
    value("ca", &o::ca, text()),
    value("sample_one_in", &o::sample_one_in, number(0, 1'000'000'000)),
    value("queue", &o::queue, number(1, 1'000'000)),
    value("batch", &o::batch, number(1, 10'000)),
    value("delay", &o::delay, duration(10ms, 1min)),
    value("timeout", &o::timeout, duration(10ms, 1min)),
  };
}

} // namespace

const keys<options>& option_keys() {
  using o = options;
  static const keys<options> result = {
    table("server", &o::server, server_keys()),
    table("engineio", &o::engineio, engineio_keys()),
    table("kafka", &o::kafka, kafka_keys()),
    table("cluster", &o::cluster, cluster_keys()),
    table("limits", &o::limits, limits_keys()),
    table("admin", &o::admin, admin_keys()),
    table("auth", &o::auth, auth_keys()),
    table("log", &o::log, log_keys()),
    table("tracing", &o::tracing, tracing_keys()),
    tables("namespace", &o::namespaces, namespace_keys()),
  };
  return result;
}

std::vector<std::string> changed_keys(const options& a, const options& b) {
  std::vector<std::string> result;
  compare_tables(a, b, {}, option_keys(), result);
  return result;
}

std::vector<key_path> key_paths() {
  std::vector<key_path> result;
  for (auto& key : option_keys())
    result.insert(result.end(), key.paths.begin(), key.paths.end());
  return result;
}

} // namespace weir::config
