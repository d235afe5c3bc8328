#include "tools/cluster_rates.hpp"

#include "tools/answer_fields.hpp"
#include "tools/status_table.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace weir {

namespace {

using boost::json::object;

/// In a second; nothing: it is not known.
using rate = std::optional<double>;

/// "-", "0", "0.4", "27", "1832", "21.4k", "3.1M"
std::string shown(rate x) {
  if (!x)
    return "-";
  std::string unit;
  auto value = *x;
  for (auto* next : {"k", "M", "G"}) {
    if (value < 10'000)
      break;
    value /= 1000;
    unit = next;
  }
  auto is_whole = value == 0 || (value >= 10 && unit.empty());
  char result[32];
  std::snprintf(result, sizeof(result), "%.*f", is_whole ? 0 : 1, value);
  return result + unit;
}

/// What a node has counted since its start.
constexpr std::pair<const char*, const char*> counters[] = {
  {"connects", "opened"},        {"events in", "events_received"},
  {"events out", "events_sent"}, {"bytes in", "received_bytes"},
  {"bytes out", "sent_bytes"},
};

const object* find(const boost::json::array& all, std::string_view field,
                   std::string_view value) {
  for (auto& x : all)
    if (text(row(x), field) == value)
      return &row(x);
  return nullptr;
}

/// Counts from nothing again, if it has started again.
bool is_same_process(const object& before, const object& now) {
  return number(before, "pid") == number(now, "pid")
         && number(before, "uptime_ms") <= number(now, "uptime_ms");
}

std::int64_t sum_of_members(const object& x, std::string_view field) {
  std::int64_t result = 0;
  auto* found = x.if_contains(field);
  if (found && found->is_object())
    for (auto& y : found->get_object())
      result += number(found->get_object(), y.key());
  return result;
}

/// Emits of a node that are in Kafka.
double stored(const object& metrics, std::string_view node) {
  double result = 0;
  for (auto& y : rows(metrics, "metrics")) {
    auto& x = row(y);
    auto* labels = x.if_contains("labels");
    auto* value = x.if_contains("value");
    if (text(x, "name") == "weir_emits_total" && text(x, "node") == node
        && labels && text(row(*labels), "code") == "ok" && value
        && value->is_number())
      result += value->to_number<double>();
  }
  return result;
}

struct node_rates {
  std::string name;
  std::int64_t clients = 0, sockets = 0;
  std::vector<rate> all; ///< in the order of the columns
};

std::vector<std::string> cells_of(const node_rates& x) {
  std::vector<std::string> result{x.name, std::to_string(x.clients),
                                  std::to_string(x.sockets)};
  for (auto& y : x.all)
    result.push_back(shown(y));
  return result;
}

std::vector<std::string> heading() {
  std::vector<std::string> result{"node", "clients", "sockets"};
  for (auto& [name, field] : counters)
    result.push_back(std::string{name} + "/s");
  result.insert(result.end(), {"closed/s", "stored/s"});
  return result;
}

/// What is not known of one is left out.
void add(node_rates& to, const node_rates& x) {
  to.clients += x.clients;
  to.sockets += x.sockets;
  to.all.resize(x.all.size());
  for (std::size_t i = 0; i < x.all.size(); ++i)
    if (x.all[i])
      to.all[i] = to.all[i].value_or(0) + *x.all[i];
}

struct partition_rates {
  const object* what;
  rate records;
  std::int64_t lag;
};

} // namespace

cluster_rates::cluster_rates(const cluster_look& before,
                             const cluster_look& now)
  : before_(before),
    now_(now),
    seconds_(std::chrono::duration<double>{now.at - before.at}.count()) {
}

std::string cluster_rates::nodes() const {
  node_rates sum{"all", 0, 0, {}};
  std::vector<node_rates> found;
  for (auto& y : rows(now_.servers, "servers")) {
    auto& x = row(y);
    auto name = text(x, "node");
    auto* last = find(rows(before_.servers, "servers"), "node", name);
    auto is_known = last && is_same_process(*last, x);
    auto per_second = [&](double now, double then) {
      return is_known ? rate{std::max(now - then, 0.0) / seconds_} : rate{};
    };
    node_rates result{
      name, number(x, "connections"), sum_of_members(x, "sockets"), {}};
    const object none;
    auto& then = is_known ? *last : none;
    for (auto& [column, field] : counters)
      result.all.push_back(
        per_second(static_cast<double>(number(x, field)),
                   static_cast<double>(number(then, field))));
    result.all.push_back(
      per_second(static_cast<double>(sum_of_members(x, "closed")),
                 static_cast<double>(sum_of_members(then, "closed"))));
    result.all.push_back(
      per_second(stored(now_.metrics, name), stored(before_.metrics, name)));
    add(sum, result);
    found.push_back(std::move(result));
  }
  text_table result{heading()};
  result.add(cells_of(sum));
  for (auto& x : found)
    result.add(cells_of(x));
  return result.text();
}

std::string cluster_rates::partitions(partition_order by,
                                      std::size_t most) const {
  std::map<std::pair<std::string, std::string>, std::int64_t> before;
  for (auto& y : rows(before_.partitions, "partitions"))
    before[{text(row(y), "topic"), text(row(y), "partition")}]
      = number(row(y), "position");
  std::vector<partition_rates> all;
  for (auto& y : rows(now_.partitions, "partitions")) {
    auto& x = row(y);
    auto i = before.find({text(x, "topic"), text(x, "partition")});
    rate records;
    if (i != before.end() && number(x, "position") >= i->second)
      records = static_cast<double>(number(x, "position") - i->second)
                / seconds_;
    all.push_back({&x, records, number(x, "lag")});
  }
  std::stable_sort(all.begin(), all.end(), [by](auto& x, auto& y) {
    auto a = std::pair{x.records.value_or(0), static_cast<double>(x.lag)};
    auto b = std::pair{y.records.value_or(0), static_cast<double>(y.lag)};
    if (by == partition_order::lag)
      std::swap(a.first, a.second), std::swap(b.first, b.second);
    return a > b;
  });
  all.resize(std::min(all.size(), most));
  text_table result{{"topic", "partition", "node", "records/s", "lag"}};
  for (auto& x : all)
    result.add({text(*x.what, "topic"), text(*x.what, "partition"),
                text(*x.what, "node"), shown(x.records),
                std::to_string(x.lag)});
  return result.text();
}

std::string cluster_rates::rooms(std::size_t most) const {
  std::vector<std::pair<double, const object*>> all;
  for (auto& y : rows(now_.hot, "hot"))
    if (auto& x = row(y); text(x, "kind") == "room")
      all.emplace_back(1000.0 * static_cast<double>(number(x, "count"))
                         / static_cast<double>(
                           std::max<std::int64_t>(number(x, "over_ms"), 1)),
                       &x);
  std::stable_sort(all.begin(), all.end(),
                   [](auto& x, auto& y) { return x.first > y.first; });
  all.resize(std::min(all.size(), most));
  text_table result{{"namespace", "room", "sent/s", "nodes"}};
  for (auto& [n, x] : all)
    result.add({text(*x, "namespace"), text(*x, "room"), shown(n),
                joined_names(rows(*x, "nodes"))});
  return result.text();
}

} // namespace weir
