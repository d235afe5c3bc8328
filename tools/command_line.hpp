#pragma once

#include "tools/admin_commands.hpp"
#include "tools/admin_question.hpp"
#include "tools/argument_checks.hpp"
#include "tools/delivery_trace.hpp"
#include "transport/http/event_stream.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Does what weirctl's command line says.
class command_line {
public:
  command_line();
  int run(int argc, char** argv);

private:
  void add_common();
  CLI::App& add(std::string name, std::string what,
                std::function<exit_code()> f);
  void add_node(CLI::App& x);
  /// An option with a text, which is not empty.
  static CLI::Option& add_text(CLI::App& x, std::string name, std::string& to,
                               std::string what);
  template <class Number>
  static CLI::Option& add_number(CLI::App& x, std::string name, Number& to,
                                 std::uint64_t least, std::uint64_t most,
                                 std::string what) {
    return *x.add_option(std::move(name), to, std::move(what))
              ->check(is_number(least, most));
  }
  void add_lists();
  void add_load();
  /// Of a room it asks no admin endpoint.
  void add_tail();
  void add_partitions();
  void add_paging(CLI::App& x, std::string of_page);
  void add_rooms();
  void add_connections();
  void add_check();
  void add_why();
  void add_actions();
  /// Whom it is about.
  void add_sockets(CLI::App& x, bool with_room);
  parameters sockets(parameters more) const;
  void add_events();
  void add_memberships();
  void add_disconnect();
  /// False: there is none where there should be one, and stderr tells.
  bool read_token();

  CLI::App app_{"Asks a node of Weir how it and its cluster are."};
  question_settings how_;
  std::uint32_t seconds_ = 10;
  std::string token_file_;
  std::function<exit_code()> command_;
  std::string one_, node_, nsp_, prefix_, topic_, user_, room_, transport_,
    address_, limit_, after_, type_;
  bool all_ = false, behind_ = false, paused_ = false, busiest_ = false;
  top_settings top_;
  unwanted_clients whom_;
  trace_options trace_;
  http::event_stream_options tail_;
  std::string tail_room_, since_;
  std::uint64_t events_ = 0;
  std::string level_, event_;
  std::vector<std::string> words_;
  std::int64_t max_lag_ = 10'000;
};

} // namespace weir
