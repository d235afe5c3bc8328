#include "tools/bench/load/report.hpp"

#include "tools/bench/load/poller.hpp"

#include <cstdio>

namespace weir::bench {

json_object to_json(const histogram& latency) {
  auto ms = [](std::uint64_t ns) {
    return static_cast<double>(ns) / static_cast<double>(ns_per_ms);
  };
  json_object out;
  out.add("count", latency.count())
    .add("p50", ms(latency.quantile(0.5)))
    .add("p99", ms(latency.quantile(0.99)))
    .add("p999", ms(latency.quantile(0.999)))
    .add("max", ms(latency.max()));
  return out;
}

json_object to_json(const violations& found) {
  json_object out;
  out.add("lost", found.lost)
    .add("duplicated", found.duplicated)
    .add("reordered", found.reordered)
    .add("diverged", found.diverged)
    .add("foreign", found.foreign);
  return out;
}

json_object to_json(const cpu_meter::reading& x) {
  std::vector<json_object> threads;
  for (auto& [name, cores] : x.threads)
    threads.emplace_back()
      .add_text("name", name)
      .add("user", cores.user)
      .add("system", cores.system);
  json_object out;
  out.add("user", x.cores.user)
    .add("system", x.cores.system)
    .add("threads", threads);
  return out;
}

json_object to_json(const load_errors& errors) {
  json_object out;
  out.add("refused", errors.refused)
    .add("unanswered", errors.unanswered)
    .add("malformed", errors.malformed)
    .add("disconnected", errors.disconnected)
    .add("left_out", errors.left_out);
  return out;
}

json_object& json_object::add(const std::string& key, double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.6g", value);
  return add_raw(key, digits);
}

json_object& json_object::add(const std::string& key, std::uint64_t value) {
  return add_raw(key, std::to_string(value));
}

json_object& json_object::add(const std::string& key,
                              const json_object& value) {
  return add_raw(key, value.text());
}

json_object& json_object::add(const std::string& key,
                              const std::vector<json_object>& values) {
  std::string all;
  for (auto& x : values)
    all += (all.empty() ? "" : ",") + x.text();
  return add_raw(key, '[' + all + ']');
}

json_object& json_object::add_text(const std::string& key,
                                   const std::string& plain) {
  return add_raw(key, '"' + plain + '"');
}

json_object& json_object::add_raw(const std::string& key,
                                  const std::string& value) {
  if (!members_.empty())
    members_ += ',';
  members_ += '"' + key + "\":" + value;
  return *this;
}

void add_cpu(json_object& out, const std::vector<cpu_meter::reading>& cpu) {
  json_object cores;
  json_object parts;
  for (auto& x : cpu) {
    cores.add(x.name, x.cores.total());
    parts.add(x.name, to_json(x));
  }
  out.add("cpu_cores", cores).add("cpu_parts", parts);
}

std::string to_json(const load_report& report) {
  json_object out;
  out.add("seconds", report.seconds)
    .add("emits_per_s", static_cast<double>(report.acks) / report.seconds)
    .add("deliveries_per_s",
         static_cast<double>(report.deliveries) / report.seconds)
    .add("delivery_ms", to_json(report.delivery_latency))
    .add("ack_ms", to_json(report.ack_latency))
    .add("joins_repeated", report.joins_repeated)
    .add("drained_after_s", report.drained_after)
    .add("errors", to_json(report.errors))
    .add("violations", to_json(report.found));
  add_cpu(out, report.cpu);
  return out.text();
}

} // namespace weir::bench
