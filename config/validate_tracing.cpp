#include "config/names.hpp"
#include "config/secret.hpp"
#include "config/validate.hpp"

#include <filesystem>

namespace weir::config {

namespace {

const std::string table = "tracing";

bool is_readable(std::string_view key, const report& log) {
  return !log.is_unreadable(table + "." + std::string{key});
}

} // namespace

void validate_tracing(const tracing_options& x, report& log) {
  std::error_code ignored;
  if (!x.is_configured() && log.is_given(table) && !log.is_unreadable(table)
      && is_readable("url", log))
    log.error(log.place_of(table),
              "[tracing] needs url, the collector that takes spans; set it, or "
              "leave [tracing] out");
  if (x.batch > x.queue && is_readable("batch", log)
      && is_readable("queue", log))
    log.error_at(table + (log.is_given(table + ".batch") ? ".batch" : ".queue"),
                 "no batch would ever be full: batch is "
                   + std::to_string(x.batch) + ", and queue "
                   + std::to_string(x.queue)
                   + "; make queue at least as large");
  if (!x.ca.empty() && !std::filesystem::is_regular_file(x.ca, ignored))
    log.error_at(table + ".ca", in_quotes(x.ca)
                                  + " is not a file; relative ones start at "
                                    "the configuration's own folder");
}

} // namespace weir::config
