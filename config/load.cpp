#include "config/load.hpp"

#include "config/event_bounds.hpp"
#include "config/keys.hpp"
#include "config/names.hpp"
#include "config/overrides.hpp"
#include "config/report.hpp"
#include "config/secret.hpp"
#include "config/toml_file.hpp"
#include "config/validate.hpp"

#include <filesystem>

namespace weir {

namespace {

using namespace config;

/// Paths are named as seen from the file, wherever the program is started.
void resolve_path(std::string& path, const std::string& file) {
  if (!path.empty())
    path = (std::filesystem::path{file}.parent_path() / path)
             .lexically_normal()
             .string();
}

void resolve_paths(tls_options& x, const std::string& file) {
  for (auto* path : {&x.certificate, &x.key, &x.client_ca})
    resolve_path(*path, file);
  for (auto& y : x.sni) {
    resolve_path(y.certificate, file);
    resolve_path(y.key, file);
  }
}

/// Of what librdkafka gets, only the files that we read ourselves.
void resolve_paths(std::map<std::string, std::string>& properties,
                   const std::string& file) {
  for (auto& [name, value] : properties)
    if (!property_of_file(name).empty())
      resolve_path(value, file);
}

/// Returns false where nothing could be read at all.
bool read_file(const std::string& file, options& out, report& log) {
  auto tree = read_toml(file, log);
  if (!tree)
    return false;
  read_table(*tree, {}, option_keys(), out, log);
  auto& tls = out.cluster.tls;
  auto& jwt = out.auth.jwt;
  auto& webhook = out.auth.webhook;
  for (auto* path :
       {&out.server.files, &out.server.client_files, &tls.certificate, &tls.key,
        &tls.ca, &jwt.secret_file, &jwt.jwks_ca, &webhook.ca,
        &webhook.secret_file, &out.cluster.secret_file, &out.admin.token_file,
        &out.admin.ui, &out.admin.ui_password_file, &out.tracing.ca})
    resolve_path(*path, file);
  for (auto& path : jwt.keys)
    resolve_path(path, file);
  if (!is_url(jwt.jwks))
    resolve_path(jwt.jwks, file);
  for (auto* properties :
       {&out.kafka.properties, &out.kafka.producer, &out.kafka.consumer})
    resolve_paths(*properties, file);
  resolve_paths(out.server.tls, file);
  resolve_paths(out.admin.tls, file);
  return true;
}

/// For suggestions.
std::vector<std::string> usable_paths() {
  std::vector<std::string> result;
  for (auto& x : key_paths())
    if (x.kind != key_kind::planned)
      result.push_back(std::move(x.path));
  return result;
}

} // namespace

std::string to_string(const config_error& x) {
  auto result = x.source;
  if (x.line != 0)
    result += ":" + std::to_string(x.line) + ":" + std::to_string(x.column);
  return result + ": " + x.message;
}

loaded_config load_config(const config_sources& sources) {
  auto name = sources.file.empty() ? "configuration" : sources.file;
  loaded_config result;
  result.log = std::make_shared<report>(name, usable_paths());
  auto& log = *result.log;
  auto complete = sources.file.empty()
                  || read_file(sources.file, result.value, log);
  for (auto& x : sources.environment)
    apply_variable(x, result.value, log);
  for (auto& x : sources.overrides)
    apply_override(x, result.value, log);
  if (complete) {
    read_secret_files(result.value, log);
    derive_limits(result.value, log);
    derive_auth_limits(result.value, log);
    validate(result.value, log);
  }
  result.errors = log.in_order();
  return result;
}

void add_error(loaded_config& config, const std::string& path,
               const std::string& problem) {
  config.log->error(config.log->place_of(path), problem);
  config.errors = config.log->in_order();
}

} // namespace weir
