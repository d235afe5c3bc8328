// The options that all commands have.

#include "tools/command_line.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <utility>

namespace weir {

command_line::command_line() {
  app_.set_version_flag("--version", "weirctl " WEIR_VERSION);
  app_.require_subcommand(1);
  app_.fallthrough();
  add_common();
  add_lists();
  add_actions();
}

int command_line::run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app_.exit(e) == 0 ? done : bad_usage;
  }
  how_.where.timeout = tail_.timeout = std::chrono::seconds{seconds_};
  tail_.ca = how_.where.ca;
  if (!read_token())
    return bad_usage;
  return command_();
}

void command_line::add_common() {
  app_
    .add_option("--url", how_.where.url,
                "the admin endpoint of any node of the cluster")
    ->check(is_port_url)
    ->envname("WEIRCTL_URL")
    ->capture_default_str();
  app_
    .add_option("--token-file", token_file_,
                "holds the token of [admin]; or WEIRCTL_TOKEN has it")
    ->envname("WEIRCTL_TOKEN_FILE");
  app_
    .add_option("--ca", how_.where.ca, "the authority of its certificate (PEM)")
    ->check(CLI::ExistingFile)
    ->envname("WEIRCTL_CA");
  add_number(app_, "--timeout", seconds_, 1, 3600, "seconds for an answer")
    .capture_default_str();
  app_.add_flag("--json", how_.json, "print what the endpoint answers");
}

CLI::App& command_line::add(std::string name, std::string what,
                            std::function<exit_code()> f) {
  auto& result = *app_.add_subcommand(std::move(name), std::move(what));
  result.callback([this, f = std::move(f)] { command_ = f; });
  return result;
}

void command_line::add_node(CLI::App& x) {
  add_text(x, "--node", node_, "only of this node; otherwise of all");
}

/// A variable of a script that holds nothing would choose everything.
CLI::Option& command_line::add_text(CLI::App& x, std::string name,
                                    std::string& to, std::string what) {
  return *x.add_option(std::move(name), to, std::move(what))->check(is_a_text);
}

bool command_line::read_token() {
  if (token_file_.empty()) {
    if (auto* token = std::getenv("WEIRCTL_TOKEN"))
      how_.where.token = token;
    return true;
  }
  std::ifstream file{token_file_};
  if (std::getline(file, how_.where.token) && !how_.where.token.empty())
    return true;
  std::cerr << "weirctl: " << token_file_ << " holds no token\n";
  return false;
}

} // namespace weir
