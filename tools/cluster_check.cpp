#include "tools/cluster_check.hpp"

#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir {

namespace {

using boost::json::object;

/// Milliseconds that a join may wait, as while a partition moves.
constexpr std::int64_t long_wait = 5000;

template <class Texts>
boost::json::array array_of(const Texts& all) {
  return boost::json::array(all.begin(), all.end());
}

/// Looks at each list for what is worth a line.
class examination {
public:
  explicit examination(const question_settings& how) : how_(how) {}

  /// Of the node that is asked, which knows best itself.
  void look_at_readiness() {
    auto answer = ask_for("/readyz");
    for (auto& why : rows(answer.object, "reasons"))
      if (why.is_string())
        find("not ready: " + std::string{why.as_string()});
  }

  void look_at_nodes() {
    auto answer = ask_for("/v1/nodes");
    const object* first = nullptr;
    auto& nodes = rows(answer.object, "nodes");
    for (auto& y : nodes) {
      auto& x = row(y);
      auto mappings = text(x, "mappings");
      auto name = text(x, "name");
      look_at_state(name, text(x, "state"));
      if (&y != &nodes.front()) // itself
        for (auto& why : reasons_of(x))
          find("node " + name + " is not ready: " + why);
      if (mappings == "-" || mappings.empty()) // it has not said what it has
        continue;
      if (first == nullptr)
        first = &x;
      compare("mappings", "mappings", *first, x);
      compare("token_keys", "keys of tokens (auth.jwt.jwks)", *first, x);
    }
  }

  void look_at_partitions(std::int64_t max_lag) {
    auto answer = ask_for("/v1/partitions");
    for (auto& y : rows(answer.object, "partitions")) {
      auto& x = row(y);
      auto name = "partition " + text(x, "topic") + '/' + text(x, "partition");
      if (number(x, "lag") > max_lag)
        find(name + " is " + text(x, "lag") + " records behind on node "
             + text(x, "node"));
      if (is_set(x, "interim"))
        find(name + " is read by node " + text(x, "node")
             + " in place of one that is gone");
    }
  }

  /// By node; `look_at_rooms` says in which rooms.
  void look_at_members() {
    each_count("weir_members_lagging",
               [this](const std::string& node, const std::string& n) {
                 find("node " + node + " has " + n
                      + " members of rooms that are behind (weirctl "
                        "connections --behind)");
               });
  }

  void look_at_rooms() {
    std::string after;
    do {
      auto answer = ask_for(
        target_of("/v1/rooms", {{"limit", "1000"}, {"after", after}}));
      for (auto& x : rows(answer.object, "rooms"))
        look_at(row(x));
      after = next_of(answer);
    } while (!after.empty());
  }

  /// What is no fault of the cluster's.
  void look_at_records() {
    note("weir_records_skipped_total",
         " records that no client can read were skipped (weirctl rooms)");
    note("weir_keys_misplaced_total",
         " records lay in another partition than their key's: a back end has "
         "another partitioner (weirctl hot)");
  }

  const std::vector<std::string>& findings() const { return findings_; }
  const std::vector<std::string>& notes() const { return notes_; }

  /// Without findings nothing is wrong only where all has been looked at.
  object to_json() const {
    return {{"findings", array_of(findings_)},
            {"notes", array_of(notes_)},
            {"complete", worst_ == done},
            {"unanswered", array_of(unanswered_)},
            {"silent_nodes", array_of(silent_)}};
  }

  /// What the questions have come to.
  exit_code code() const {
    return worst_ == done && !findings_.empty() ? not_done : worst_;
  }

private:
  void look_at_state(const std::string& name, const std::string& state) {
    if (state == "left") // as somebody wanted
      notes_.push_back("node " + name + " has left the cluster");
    else if (state != "up")
      find("node " + name + " is " + state);
  }

  /// What nodes are reloaded for, one after the other.
  void compare(const char* field, const std::string& what, const object& a,
               const object& b) {
    if (text(a, field) != text(b, field))
      find("node " + text(b, "name") + " has other " + what + " than node "
           + text(a, "name") + " (weirctl reload)");
  }

  void look_at(const object& room) {
    auto name = "room " + text(room, "name") + " of " + text(room, "namespace");
    for (auto& y : rows(room, "nodes")) {
      auto& x = row(y);
      if (auto why = text(x, "problem"); why != "-")
        find(name + " gets nothing on node " + text(x, "node") + ": " + why);
      if (number(x, "waiting_ms") > long_wait)
        find(name + " has joins on node " + text(x, "node")
             + " that are not answered, " + text(x, "waiting_joins")
             + " of them, the first for " + text(x, "waiting_ms") + " ms");
      if (number(x, "members_lagging") > 0)
        find(name + " has " + text(x, "members_lagging")
             + " members behind on node " + text(x, "node"));
    }
  }

  reply ask_for(const std::string& target) {
    if (worst_ == no_answer)
      return {};
    auto result = ask(how_, "GET", target);
    tell_silent_once(result);
    // Why a node is not ready is a finding, and others are more than that.
    if (result.code > not_done || !result.is_there())
      worst_ = std::max(worst_, result.code);
    if (!result.problem.empty())
      unanswered_.push_back(target + ": " + result.problem);
    return result;
  }

  void tell_silent_once(const reply& x) {
    auto is_new = false;
    for (auto& node : rows(x.object, "silent_nodes"))
      if (node.is_string())
        is_new = silent_.emplace(node.as_string()).second || is_new;
    if (is_new)
      tell_silent(x);
  }

  /// `f` takes each node that has any, and how many.
  template <class F>
  void each_count(const std::string& metric, F f) {
    auto answer = ask_for(target_of("/v1/metrics", {{"names", metric}}));
    for (auto& y : rows(answer.object, "metrics"))
      if (auto& x = row(y); text(x, "name") == metric && number(x, "value") > 0)
        f(text(x, "node"), text(x, "value"));
  }

  void note(const std::string& metric, const std::string& what) {
    each_count(metric, [&](const std::string& node, const std::string& n) {
      notes_.push_back("since node " + node + " has started, " + n + what);
    });
  }

  void find(std::string what) { findings_.push_back(std::move(what)); }

  const question_settings& how_;
  std::vector<std::string> findings_, notes_;
  std::vector<std::string> unanswered_; ///< which questions, and why
  std::set<std::string> silent_;        ///< of which stderr has been told
  exit_code worst_ = done;
};

} // namespace

exit_code check_cluster(const question_settings& how, std::int64_t max_lag) {
  examination x{how};
  x.look_at_readiness();
  x.look_at_nodes();
  x.look_at_partitions(max_lag);
  x.look_at_members();
  x.look_at_rooms();
  x.look_at_records();
  if (how.json) {
    std::cout << boost::json::serialize(x.to_json()) << '\n';
    return x.code();
  }
  for (auto& y : x.findings())
    std::cout << printable(y) << '\n';
  if (x.code() == done)
    std::cout << "nothing is wrong\n";
  for (auto& y : x.notes())
    std::cout << "note: " << printable(y) << '\n';
  return x.code();
}

} // namespace weir
