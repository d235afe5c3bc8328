// weirctl top.

#include "tools/admin_commands.hpp"
#include "tools/answer_fields.hpp"
#include "tools/cluster_rates.hpp"
#include "tools/status_table.hpp"
#include "tools/terminal.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <thread>

namespace weir {

namespace {

constexpr std::size_t most_rows = 10;

/// What the screen is made of, and what came of asking.
struct glance {
  reply ready;
  reply partitions;
  cluster_look look{};
  exit_code code = done;
};

reply ask_for(const question_settings& how, const std::string& target,
              glance& x) {
  auto result = ask(how, "GET", target);
  if (x.code == done)
    x.code = result.code;
  return result;
}

glance take(const question_settings& how) {
  glance x;
  x.ready = ask_for(how, "/readyz", x);
  if (x.code == no_answer)
    return x;
  x.look.servers = ask_for(how, "/v1/servers", x).object;
  x.look.metrics = ask_for(how, "/v1/metrics?names=weir_emits_total", x).object;
  x.partitions = ask_for(how, "/v1/partitions", x);
  x.look.partitions = x.partitions.object;
  x.look.hot
    = ask_for(how, "/v1/hot?limit=" + std::to_string(most_rows), x).object;
  x.look.at = std::chrono::steady_clock::now();
  return x;
}

std::string screen(const cluster_look& before, const glance& x,
                   partition_order by) {
  const cluster_rates rates{before, x.look};
  return readiness_lines(x.ready.object, x.ready.code == done) + "lag    "
         + lag_line(x.look.partitions) + "\n\n" + rates.nodes() + '\n'
         + rates.partitions(by, most_rows) + '\n' + rates.rooms(most_rows);
}

/// All at once, and only what there is: the last one stays until then.
void draw(const std::string& text) {
  auto columns = terminal_columns();
  auto clear = columns > 0 ? "\x1b[H\x1b[2J" : "";
  std::cout << clear + fitted(text, columns) << std::flush;
}

} // namespace

exit_code show_top(const question_settings& how, const top_settings& x) {
  glance before;
  for (std::uint32_t i = 1;; ++i) {
    if (how.json) {
      auto code = show_status(how);
      if (i == x.times || !std::cout.flush())
        return code;
    } else {
      auto now = take(how);
      if (now.code != no_answer) {
        draw(screen(before.look, now, x.by));
        tell_silent(now.partitions);
        before = std::move(now);
      }
      if (i == x.times || !std::cout)
        return now.code;
    }
    std::this_thread::sleep_for(std::chrono::duration<double>{x.interval});
  }
}

} // namespace weir
