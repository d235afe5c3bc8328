#pragma once

// Every setting of a node: its name, default, bound and meaning, by the section
// of the TOML file that it is of in options/. A key has the name of the member
// that holds it ([engineio] ping_interval is options.engineio.ping_interval);
// `weir.example.toml` lists them all.

#include "config/options/admin.hpp"
#include "config/options/auth.hpp"
#include "config/options/cluster.hpp"
#include "config/options/engineio.hpp"
#include "config/options/kafka.hpp"
#include "config/options/limits.hpp"
#include "config/options/log.hpp"
#include "config/options/namespace.hpp"
#include "config/options/server.hpp"
#include "config/options/tracing.hpp"

#include <vector>

namespace weir {

struct options {
  server_options server;
  engineio_options engineio;
  kafka_options kafka;
  cluster_options cluster;
  limits_options limits;
  admin_options admin;
  auth_options auth;
  log_options log;
  tracing_options tracing;
  std::vector<namespace_options> namespaces;

  bool operator==(const options&) const = default;
};

} // namespace weir
