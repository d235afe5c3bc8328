#include "transport/kafka/access_report.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace weir::kafka {

namespace {

/// For a shell.
std::string quoted(const std::string& x) {
  std::string result = "'";
  for (auto c : x)
    result += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return result + "'";
}

const char* word_of(verdict x) {
  return x == verdict::granted  ? "ok"
         : x == verdict::denied ? "MISSING"
                                : "not known";
}

bool is_same_place(const access_row& a, const access_row& b) {
  return a.client == b.client && a.kind == b.kind && a.name == b.name;
}

std::string text_of_rows(const std::vector<access_row>& rows) {
  std::string result;
  for (auto i = rows.begin(); i != rows.end(); ++i) {
    auto is_first = i == rows.begin();
    if (is_first || i[-1].client != i->client)
      result += "  " + i->client + ", as " + i->principal + ":\n";
    if (is_first || !is_same_place(i[-1], *i))
      result += "    " + i->kind + " " + i->name + ":";
    result += " " + i->operation + " " + word_of(i->what);
    if (!i->why.empty())
      result += " (" + i->why + ")";
    result += i + 1 == rows.end() || !is_same_place(*i, i[1]) ? "\n" : ",";
  }
  return result;
}

} // namespace

bool access_report::is_sufficient() const {
  return problem.empty() && missing_topics.empty()
         && std::none_of(rows.begin(), rows.end(),
                         [](auto& x) { return x.what == verdict::denied; });
}

std::vector<std::string> acl_commands(const access_report& x) {
  using place = std::tuple<std::string, std::string, std::string>;
  std::map<place, std::string> operations;
  for (auto& row : x.rows)
    if (row.operation != "Describe")
      operations[{row.principal, row.kind, row.name}] += " --operation "
                                                         + row.operation;
  std::vector<std::string> result;
  for (auto& [at, all] : operations) {
    auto& [principal, kind, name] = at;
    result.push_back("kafka-acls --bootstrap-server " + quoted(x.brokers)
                     + " --add --allow-principal " + quoted(principal) + all
                     + " --" + kind + " " + quoted(name));
  }
  return result;
}

std::string to_text(const access_report& x) {
  auto result = "Kafka at " + x.brokers + "\n" + text_of_rows(x.rows);
  for (auto& topic : x.missing_topics)
    result += "  topic " + topic + "\n";
  if (!x.has_authorizer)
    result += "  These brokers have no authorizer: who may log in may do "
              "everything.\n";
  if (!x.problem.empty())
    result += "  " + x.problem + "\n";
  result += "The smallest set of ACLs for this configuration:\n";
  for (auto& command : acl_commands(x))
    result += "  " + command + "\n";
  return result
         + (x.is_sufficient() ? "Kafka: ok\n"
                              : "Kafka: something is missing, see above\n");
}

} // namespace weir::kafka
