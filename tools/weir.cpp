// weir: one node.

#include "actors/cluster/link_certificates.hpp"
#include "actors/cluster/link_settings.hpp"
#include "actors/contract/operation.hpp"
#include "actors/contract/routes.hpp"
#include "actors/contract/type_ids.hpp"
#include "actors/node/gateway.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "config/load.hpp"
#include "config/log.hpp"
#include "config/memory_bound.hpp"
#include "tools/version.hpp"
#include "transport/asio/failure.hpp"
#include "transport/auth/key_set.hpp"
#include "transport/auth/webhook.hpp"
#include "transport/http/descriptors.hpp"
#include "transport/kafka/access_check.hpp"
#include "transport/kafka/embedded_broker.hpp"
#include "transport/kafka/settings_check.hpp"
#include "transport/otlp/exporter.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/init_global_meta_objects.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace weir;

/// Time from a stop's end until the process ends whatever still runs.
constexpr auto exit_timeout = std::chrono::seconds{5};

/// From one look at the certificates' files to the next.
constexpr timespec certificate_interval{2, 0};

config_sources sources_of(std::string file,
                          std::vector<std::string> overrides) {
  config_sources result{std::move(file), {}, std::move(overrides)};
  for (auto** x = environ; *x != nullptr; ++x) {
    std::string_view text = *x;
    auto equals = text.find('=');
    if (text.starts_with("WEIR_") && equals != std::string_view::npos)
      result.environment.emplace_back(text.substr(0, equals),
                                      text.substr(equals + 1));
  }
  return result;
}

/// `use` throws what begins with a key.
template <class F>
void check_files(loaded_config& config, F use) {
  try {
    use();
  } catch (const std::exception& e) {
    const std::string_view what = e.what();
    add_error(config, std::string{what.substr(0, what.find(':'))}, e.what());
  }
}

/// Adds what only those can tell who use it, as they would at the start.
void check_by_use(loaded_config& config) {
  auto& x = config.value;
  for (auto& y : kafka::check_settings(x.kafka, x.cluster))
    add_error(config, y.path, y.problem);
  if (x.auth.jwt.is_configured())
    for (auto& y : auth::load_keys(x.auth.jwt).problems)
      add_error(config, y.path, y.path + ": " + y.text);
  if (x.auth.webhook.is_configured())
    if (auto y = auth::check_webhook(x.auth.webhook))
      add_error(config, y->path, y->path + ": " + y->text);
  if (x.tracing.is_configured())
    if (auto y = otlp::check_exporter(x.tracing))
      add_error(config, y->path, y->path + ": " + y->text);
  check_files(config, [&] { http::open_tls(x.server.tls, "server.tls"); });
  check_files(config, [&] { http::open_tls(x.admin.tls, "admin.tls"); });
  if (!x.cluster.tls.certificate.empty())
    check_files(config, [&] { link_certificates{x.cluster.tls}; });
}

/// Prints what is wrong; true: nothing is.
bool is_valid(const loaded_config& config) {
  for (auto& x : config.errors)
    std::cerr << to_string(x) << '\n';
  return config.errors.empty();
}

/// What it may cost, for a configuration that is right.
void print_bound(const options& settings, std::uint32_t partitions) {
  config::memory_assumptions assumed{
    .partitions = partitions,
    .cores = std::max(std::thread::hardware_concurrency(), 1U)};
  auto memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES))
                * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  auto fit = clients_that_fit(settings, assumed, memory);
  std::cout << to_text(memory_bound_of(settings, assumed))
            << config::to_text(fit, settings, memory);
}

/// What the configuration's credentials may do in Kafka. True: enough.
bool check_kafka(const options& settings) {
  if (settings.kafka.embedded) {
    std::cout << "Kafka: the embedded broker lets everybody do everything\n";
    return true;
  }
  const routes rules{settings.namespaces};
  auto written = rules.written_topics();
  std::vector<kafka::topic_use> topics;
  for (auto& x : rules.topics())
    topics.push_back({x, written.contains(x)});
  auto found = kafka::check_access(settings.kafka, settings.cluster, topics);
  std::cout << to_text(found);
  return found.is_sufficient();
}

/// Those that end the node, and those that would if nobody took them.
sigset_t taken_signals() {
  sigset_t result;
  sigemptyset(&result);
  for (auto number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2})
    sigaddset(&result, number);
  return result;
}

/// Files that are read again while the node runs.
struct reloadable {
  std::string what;
  std::function<bool()> has_changed;
  std::function<void()> reload;
};

using reloadables = std::vector<reloadable>;

void read_again(const reloadable& x) {
  try {
    x.reload();
    log::info("files read again", {{"what", x.what}});
  } catch (const std::exception& e) {
    log::error("files not read again: the former stay in use",
               {{"what", x.what}, {"why", reason_of(e)}});
  }
}

void on_other_signal(int number, const gateway_actor& gateway) {
  if (number == SIGHUP)
    tell_anonymously(gateway, reload_config{});
  else
    log::limited(log_level::warning,
                 "signal ignored: SIGTERM stops the node, SIGHUP has the "
                 "configuration read again",
                 strsignal(number), {{"signal", strsignal(number)}});
}

/// Comes back with SIGTERM or SIGINT.
void wait_for_stop(const reloadables& all, const gateway_actor& gateway) {
  auto signals = taken_signals();
  for (;;) {
    auto number = sigtimedwait(&signals, nullptr, &certificate_interval);
    if (number == SIGTERM || number == SIGINT)
      return;
    if (number > 0) {
      on_other_signal(number, gateway);
      continue;
    }
    for (auto& x : all)
      if (x.has_changed())
        read_again(x);
  }
}

reloadables reloadables_of(const node_ports& x) {
  reloadables result;
  auto add = [&](std::string what, auto files) {
    if (files)
      result.push_back({std::move(what),
                        [files] { return files->has_changed(); },
                        [files] { files->reload(); }});
  };
  add("certificates", x.client_tls);
  add("certificates", x.operator_tls);
  add("certificates of links", x.links_tls);
  add("keys of tokens", x.token_keys);
  return result;
}

/// The first signal drains, the second ends the process at once.
void handle_signals(const gateway_actor& gateway, reloadables all) {
  std::thread{[gateway, all = std::move(all)] {
    wait_for_stop(all, gateway);
    tell_anonymously(gateway, drain{});
    wait_for_stop(all, gateway);
    log::warning("stopped at once by a second signal");
    _exit(1);
  }}.detach();
}

/// Before anything is opened: a socket or file that takes the number of stderr
/// would get what is written there.
void open_standard_descriptors() {
  for (int i : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(i, F_GETFD) == -1 && open("/dev/null", O_RDWR) != i)
      _exit(EXIT_FAILURE);
}

/// Ends the process when the node cannot start: actors that were spawned
/// before the failure would wait for loops that never run.
gateway_actor start(actor_executor executor, options settings, io_loops& loops,
                    node_ports& ports, load_options load) {
  try {
    return spawn_gateway(executor, std::move(settings), loops, ports,
                         std::move(load));
  } catch (const std::exception& e) {
    std::cerr << "weir: " << reason_of(e) << '\n';
    _exit(EXIT_FAILURE);
  }
}

/// Sessions without a socket of their own are of no use.
void prepare_descriptors(const options& settings) {
  auto limit = http::raise_descriptor_limit();
  auto fit = http::client_descriptors(settings, limit);
  if (fit < settings.server.max_connections)
    log::warning("fewer clients can connect than server.max_connections says",
                 {{"max_connections", settings.server.max_connections},
                  {"open_files", limit},
                  {"sockets", fit},
                  {"do", "raise the limit of open files (ulimit -Hn, "
                         "LimitNOFILE=), or lower server.max_connections"}});
}

int run(options settings, load_options load) {
  log::configure(settings.log);
  prepare_descriptors(settings);
  caf::actor_system_config cfg;
  cfg.set("caf.scheduler.max-threads", 1); // for GATEWAY and ADMIN
  cfg.set("caf.scheduler.policy", "sharing");
  std::shared_ptr<http::tls_port> client_tls, operator_tls;
  std::shared_ptr<link_certificates> links_tls;
  try {
    client_tls = http::open_tls(settings.server.tls, "server.tls");
    operator_tls = http::open_tls(settings.admin.tls, "admin.tls");
    links_tls = open_link_certificates(settings.cluster);
  } catch (const std::exception& e) {
    std::cerr << "weir: " << reason_of(e) << '\n';
    return EXIT_FAILURE;
  }
  configure_links(cfg, settings.cluster);
  caf::actor_system system{cfg};
  auto threads = settings.server.io_threads;
  auto drain_time = settings.server.drain_time;
  io_loops loops{system, threads};
  node_ports ports{std::move(client_tls), std::move(operator_tls),
                   std::move(links_tls)};
  caf::error why;
  {
    auto gateway = start(actor_executor{system}, std::move(settings), loops,
                         ports, std::move(load));
    handle_signals(gateway, reloadables_of(ports));
    caf::scoped_actor self{system};
    self->monitor(gateway);
    self->receive([&](const caf::down_msg& x) { why = x.reason; });
  }
  if (ports.traces)
    ports.traces->finish(drain_time);
  std::thread{[code = why ? EXIT_FAILURE : EXIT_SUCCESS] {
    std::this_thread::sleep_for(exit_timeout); // not on a loop: its own thread
    log::warning("stopped without waiting any longer");
    _exit(code); // librdkafka waits for a broker that hangs
  }}.detach();
  system.await_all_actors_done();
  loops.stop();
  log::info("stopped");
  return why ? EXIT_FAILURE : EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  open_standard_descriptors();
  CLI::App app{"Weir: Socket.IO clients talk through Apache Kafka."};
  std::string file;
  std::vector<std::string> overrides;
  app.set_version_flag("--version", version_text);
  app.add_option("FILE", file, "the configuration (TOML)");
  app
    .add_option("--set", overrides,
                "override a key: --set server.listen=127.0.0.1:0")
    ->allow_extra_args(false);
  auto* check = app.add_subcommand("check", "say what is wrong with a "
                                            "configuration, without starting");
  check->add_option("FILE", file, "the configuration (TOML)")->required();
  check->add_option("--set", overrides, "override a key")
    ->allow_extra_args(false);
  std::uint32_t partitions = config::memory_assumptions{}.partitions;
  check
    ->add_option("--partitions", partitions,
                 "of each topic in Kafka, for the sum of the memory limits")
    ->capture_default_str();
  auto asks_kafka = false;
  check->add_flag("--kafka", asks_kafka,
                  "also ask Kafka what the configuration's credentials may do");
  CLI11_PARSE(app, argc, argv);

  auto load = [sources = sources_of(file, overrides)] {
    auto result = load_config(sources);
    if (result.errors.empty())
      check_by_use(result);
    return result;
  };
  auto config = load();
  if (!is_valid(config))
    return EXIT_FAILURE;
  if (*check) {
    std::cout << file << ": ok\n";
    if (config.value.kafka.embedded)
      std::cout << kafka::embedded_broker_limits << '\n';
    print_bound(config.value, partitions);
    auto is_good = !asks_kafka || check_kafka(config.value);
    return is_good && std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  auto signals = taken_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr); // inherited by every thread
  std::signal(SIGPIPE, SIG_IGN);
  weir::init_type_ids();
  caf::io::middleman::init_global_meta_objects();
  caf::core::init_global_meta_objects();
  return run(std::move(config.value), std::move(load));
}
