#pragma once

// What weirctl asks a node's admin endpoint, and what it makes of the answer.

#include "transport/http/admin_client.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// What a script can tell by.
enum exit_code {
  done = 0,
  not_done = 1,    ///< not ready, not found, or refused
  bad_usage = 2,   ///< of this program: what no node would do
  no_answer = 3,   ///< from the node, or what has answered is none
  incomplete = 4,  ///< some nodes have not answered
  lost_output = 5, ///< nobody has got what is printed
};

struct question_settings {
  http::admin_target where;
  bool json = false; ///< answers are printed as they come
};

/// For a path, or a value in a query.
std::string encoded(std::string_view text);

/// Names and values; those that are empty are left out.
using parameters = std::vector<std::pair<std::string, std::string>>;

std::string target_of(std::string path, const parameters& query);

/// An answer, read.
struct reply {
  exit_code code = done;
  std::string text{};           ///< as it came
  boost::json::object object{}; ///< empty: no endpoint of a node says that
  std::string problem{};        ///< why there is nothing to show

  /// There is something to show. Otherwise it says nothing about the cluster.
  bool is_there() const { return !object.empty() && !object.contains("error"); }
};

/// Tells stderr why there is nothing to show.
reply ask(const question_settings& how, const std::string& method,
          const std::string& target, const std::string& body = {});

/// Tells stderr which nodes have not answered.
void tell_silent(const reply& x);

/// What gets the page behind this one; empty: it is the last one.
std::string next_of(const reply& x);

/// As it is, or as a JSON string if that would do something to a terminal.
std::string printable(std::string text);

} // namespace weir
