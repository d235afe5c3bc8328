// weirctl: asks the admin endpoint of a node, for people and for scripts.

#include "config/escaped.hpp"
#include "tools/status_table.hpp"
#include "transport/http/admin_client.hpp"

#include <boost/json.hpp>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace weir;

/// What a script can tell by.
enum exit_code {
  done = 0,
  not_done = 1,   ///< not ready, not found, or refused
  bad_usage = 2,  ///< of this program
  no_answer = 3,  ///< from the node
  incomplete = 4, ///< some nodes have not answered
};

struct settings {
  http::admin_target where;
  std::string token_file;
  std::uint32_t seconds = 10;
  bool json = false;
};

// -- questions ----------------------------------------------------------------

/// For a path, or a value in a query.
std::string encoded(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      result += c;
    else
      result += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

/// Names and values; those that are empty are left out.
using parameters = std::vector<std::pair<std::string, std::string>>;

std::string target_of(std::string path, const parameters& query) {
  auto separator = '?';
  for (auto& [name, value] : query)
    if (!value.empty()) {
      path += separator + name + '=' + encoded(value);
      separator = '&';
    }
  return path;
}

/// An answer, read.
struct reply {
  exit_code code = done;
  std::string text;           ///< as it came
  boost::json::object object; ///< empty: it is no JSON
};

exit_code code_of(unsigned status, const boost::json::object& x) {
  auto* partial = x.if_contains("partial");
  if (status >= 200 && status < 300)
    return partial && partial->is_bool() && partial->get_bool() ? incomplete
                                                                : done;
  return status == 503 && x.contains("silent_nodes") ? incomplete : not_done;
}

/// As it is, or as a JSON string if that would do something to a terminal.
std::string printable(std::string text) {
  if (is_plain(text))
    return text;
  std::string result;
  append_quoted(result, text);
  return result;
}

/// Tells stderr why there is nothing to show.
reply ask(const settings& how, const std::string& method,
          const std::string& target) {
  auto answer = http::ask_admin(how.where, method, target);
  if (!answer.problem.empty()) {
    std::cerr << "weirctl: " << answer.problem << '\n';
    return {no_answer, {}, {}};
  }
  reply result;
  result.text = std::move(answer.body);
  boost::system::error_code error;
  auto value = boost::json::parse(result.text, error);
  if (!error && value.is_object())
    result.object = std::move(value.as_object());
  result.code = code_of(answer.status, result.object);
  auto is_error = result.object.empty() || result.object.contains("error");
  if (is_error)
    std::cerr << "weirctl: the node answers " << answer.status << ": "
              << printable(result.text.substr(0, result.text.find('\n')))
              << '\n';
  return result;
}

/// Who is missing, and whether there is more.
void tell_rest(const reply& x) {
  if (auto* silent = x.object.if_contains("silent_nodes");
      silent && silent->is_array() && !silent->as_array().empty())
    std::cerr << "weirctl: these nodes do not answer: "
              << boost::json::serialize(*silent) << '\n';
}

std::string next_of(const reply& x) {
  auto* next = x.object.if_contains("next");
  return next && next->is_string() ? std::string{next->as_string()} : "";
}

// -- commands -----------------------------------------------------------------

/// Prints one answer.
exit_code show(const settings& how, const std::string& target,
               bool in_detail = false) {
  auto x = ask(how, "GET", target);
  if (x.object.empty() || x.object.contains("error"))
    return x.code;
  std::cout << (how.json ? x.text : status_table(x.object, in_detail));
  tell_rest(x);
  return x.code;
}

/// Prints a list, all of it or a page.
exit_code show_pages(const settings& how, const std::string& path,
                     parameters query, std::string after, bool all) {
  query.emplace_back("after", "");
  for (auto code = done;;) {
    query.back().second = after;
    auto x = ask(how, "GET", target_of(path, query));
    if (x.code != done)
      code = x.code;
    if (x.object.empty() || x.object.contains("error"))
      return code;
    std::cout << (how.json ? x.text : status_table(x.object));
    tell_rest(x);
    after = next_of(x);
    if (after.empty())
      return code;
    if (!all) {
      std::cerr << "weirctl: there are more: --all, or --after '"
                << printable(after) << "'\n";
      return code;
    }
  }
}

/// Whether the node is ready, its cluster, and how far reading is.
exit_code show_status(const settings& how) {
  auto ready = ask(how, "GET", "/readyz");
  if (ready.code == no_answer)
    return no_answer;
  auto nodes = ask(how, "GET", "/v1/nodes");
  auto partitions = ask(how, "GET", "/v1/partitions");
  if (how.json) {
    boost::json::object all{{"readiness", ready.object},
                            {"nodes", nodes.object["nodes"]},
                            {"partitions", partitions.object["partitions"]}};
    std::cout << boost::json::serialize(all) << '\n';
  } else {
    std::cout << "ready  " << (ready.code == done ? "yes" : "no") << '\n';
    if (auto* reasons = ready.object.if_contains("reasons");
        reasons && reasons->is_array())
      for (auto& why : reasons->as_array())
        std::cout << "  because " << boost::json::serialize(why) << '\n';
    if (partitions.code != no_answer)
      std::cout << "lag    " << lag_line(partitions.object) << '\n';
    if (nodes.code == done)
      std::cout << '\n' << status_table(nodes.object);
  }
  tell_rest(partitions);
  for (auto code : {ready.code, nodes.code})
    if (code != done)
      return code;
  return partitions.code;
}

/// The same, again and again.
exit_code show_top(const settings& how, double interval, std::uint32_t times) {
  for (std::uint32_t i = 1;; ++i) {
    if (isatty(STDOUT_FILENO) != 0 && !how.json)
      std::cout << "\x1b[H\x1b[2J";
    auto code = show_status(how);
    std::cout << std::flush;
    if (i == times)
      return code;
    std::this_thread::sleep_for(std::chrono::duration<double>{interval});
  }
}

struct unwanted {
  std::string sid, user, room, nsp;
};

std::string target_of(const unwanted& x) {
  if (!x.sid.empty())
    return "/v1/connections/" + encoded(x.sid);
  if (!x.user.empty())
    return "/v1/users/" + encoded(x.user) + "/connections";
  return target_of("/v1/connections", {{"room", x.room}, {"namespace", x.nsp}});
}

exit_code disconnect(const settings& how, const unwanted& x) {
  auto y = ask(how, "DELETE", target_of(x));
  if (auto* found = y.object.if_contains("disconnected")) {
    if (how.json)
      std::cout << y.text;
    else
      std::cout << "disconnected " << boost::json::serialize(*found) << '\n';
    tell_rest(y);
  }
  return y.code;
}

// -- the command line ---------------------------------------------------------

/// Does what the command line says.
class command_line {
public:
  command_line() {
    app_.set_version_flag("--version", "weirctl " WEIR_VERSION);
    app_.require_subcommand(1);
    app_.fallthrough();
    add_common();
    add_lists();
    add_actions();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      return app_.exit(e) == 0 ? done : bad_usage;
    }
    how_.where.timeout = std::chrono::seconds{how_.seconds};
    if (!read_token())
      return bad_usage;
    return command_();
  }

private:
  void add_common() {
    app_
      .add_option("--url", how_.where.url,
                  "the admin endpoint of any node of the cluster")
      ->envname("WEIRCTL_URL")
      ->capture_default_str();
    app_
      .add_option("--token-file", how_.token_file,
                  "holds the token of [admin]; or WEIRCTL_TOKEN has it")
      ->envname("WEIRCTL_TOKEN_FILE");
    app_
      .add_option("--ca", how_.where.ca,
                  "the authority of its certificate (PEM)")
      ->envname("WEIRCTL_CA");
    app_.add_option("--timeout", how_.seconds, "seconds for an answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
    app_.add_flag("--json", how_.json, "print what the endpoint answers");
  }

  CLI::App& add(std::string name, std::string what,
                std::function<exit_code()> f) {
    auto& result = *app_.add_subcommand(std::move(name), std::move(what));
    result.callback([this, f = std::move(f)] { command_ = f; });
    return result;
  }

  void add_node(CLI::App& x) {
    x.add_option("--node", node_, "only of this node; otherwise of all");
  }

  void add_lists() {
    add("status", "is the node ready, who is there, how much is not read yet",
        [this] { return show_status(how_); });
    auto& top = add("top", "the same, again and again",
                    [this] { return show_top(how_, interval_, times_); });
    top.add_option("--interval", interval_, "seconds between")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
    top.add_option("--times", times_, "how often; 0: until it is stopped");
    for (auto& [name, what] :
         {std::pair{"nodes", "the nodes, as one of them sees them"},
          std::pair{"partitions", "who reads which partition, and how far"}})
      add_node(add(name, what, [this, path = std::string{"/v1/"} + name] {
        return show(how_, target_of(path, {{"node", node_}}));
      }));
    add_load();
    add_rooms();
    add_connections();
  }

  void add_load() {
    auto& actors
      = add("actors", "actors by type, and what waits for them", [this] {
          return show(how_, target_of("/v1/actors",
                                      {{"node", node_},
                                       {"busiest", busiest_ ? "true" : ""}}));
        });
    actors.add_flag("--busiest", busiest_, "and the ten busiest");
    add_node(actors);
    auto& hot
      = add("hot", "rooms, keys and partitions of which there is most", [this] {
          return show(how_, target_of("/v1/hot",
                                      {{"node", node_}, {"limit", limit_}}));
        });
    hot.add_option("--limit", limit_, "rows of each kind (10)");
    add_node(hot);
  }

  void add_paging(CLI::App& x) {
    add_node(x);
    x.add_option("--limit", limit_, "rows of a page (100)");
    x.add_option("--after", after_, "go on behind this one");
    x.add_flag("--all", all_, "all pages");
    x.add_option("--namespace", nsp_, "of Socket.IO");
  }

  void add_rooms() {
    auto& x
      = add("rooms", "rooms with members; or one of them, in detail", [this] {
          return one_.empty()
                   ? show_pages(how_, "/v1/rooms",
                                {{"node", node_},
                                 {"namespace", nsp_},
                                 {"prefix", prefix_},
                                 {"topic", topic_},
                                 {"limit", limit_}},
                                after_, all_)
                   : show(how_,
                          target_of("/v1/rooms/" + encoded(one_),
                                    {{"node", node_}, {"namespace", nsp_}}),
                          true);
        });
    x.add_option("ROOM", one_, "its name");
    x.add_option("--prefix", prefix_, "what names begin with");
    x.add_option("--topic", topic_, "where their records are");
    add_paging(x);
  }

  void add_connections() {
    auto& x = add("connections", "clients; or one of them, in detail", [this] {
      if (!one_.empty())
        return show(how_,
                    target_of("/v1/connections/" + encoded(one_),
                              {{"node", node_}}),
                    true);
      return show_pages(how_, "/v1/connections",
                        {{"node", node_},
                         {"namespace", nsp_},
                         {"user", user_},
                         {"room", room_},
                         {"address", address_},
                         {"behind", behind_ ? "true" : ""},
                         {"paused", paused_ ? "true" : ""},
                         {"limit", limit_}},
                        after_, all_);
    });
    x.add_option("SID", one_, "its id, or that of a socket of its");
    x.add_option("--user", user_, "of this user");
    x.add_option("--room", room_, "in this room");
    x.add_option("--address", address_, "from this address");
    x.add_flag("--behind", behind_, "that are behind in a room");
    x.add_flag("--paused", paused_, "that are not read");
    add_paging(x);
  }

  void add_actions() {
    auto& x = add("disconnect", "send clients away, on whatever node they are",
                  [this] { return disconnect(how_, whom_); });
    auto& who = *x.add_option_group("who", "one of");
    who.add_option("--sid", whom_.sid, "a connection, or a socket");
    who.add_option("--user", whom_.user, "all sockets of a user");
    who.add_option("--room", whom_.room, "the members of a room");
    who.require_option(1);
    x.add_option("--namespace", whom_.nsp, "of the room");
  }

  /// False: there is none where there should be one, and stderr tells.
  bool read_token() {
    if (how_.token_file.empty()) {
      if (auto* token = std::getenv("WEIRCTL_TOKEN"))
        how_.where.token = token;
      return true;
    }
    std::ifstream file{how_.token_file};
    if (std::getline(file, how_.where.token) && !how_.where.token.empty())
      return true;
    std::cerr << "weirctl: " << how_.token_file << " holds no token\n";
    return false;
  }

  CLI::App app_{"Asks a node of Weir how it and its cluster are."};
  settings how_;
  std::function<exit_code()> command_;
  std::string one_, node_, nsp_, prefix_, topic_, user_, room_, address_,
    limit_, after_;
  bool all_ = false, behind_ = false, paused_ = false, busiest_ = false;
  double interval_ = 2;
  std::uint32_t times_ = 0;
  unwanted whom_;
};

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return command_line{}.run(argc, argv);
}
