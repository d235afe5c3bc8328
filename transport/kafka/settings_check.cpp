#include "transport/kafka/settings_check.hpp"

#include "config/node.hpp"
#include "config/secret.hpp"
#include "config/suggestion.hpp"
#include "transport/kafka/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <string_view>

namespace weir::kafka {

namespace {

using config::in_quotes;
using properties = std::map<std::string, std::string>;

struct section {
  std::string path;
  const properties* given;
  char other; ///< whose properties do nothing here; 0: there is none
  std::string_view elsewhere;
};

std::array<section, 3> sections_of(const kafka_options& x) {
  return {section{"kafka.properties", &x.properties, 0, ""},
          section{"kafka.producer", &x.producer, 'C', "[kafka.consumer]"},
          section{"kafka.consumer", &x.consumer, 'P', "[kafka.producer]"}};
}

std::string librdkafkas_table() {
  char* text = nullptr;
  std::size_t size = 0;
  auto* file = open_memstream(&text, &size);
  if (file == nullptr)
    return {};
  rd_kafka_conf_properties_show(file);
  std::fclose(file);
  const std::unique_ptr<char, decltype(&std::free)> owner{text, &std::free};
  return {text, size};
}

std::string_view trimmed(std::string_view x) {
  auto first = std::min(x.find_first_not_of(' '), x.size());
  return x.substr(first, x.find_last_not_of(' ') + 1 - first);
}

std::string_view without_line_end(std::string_view x) {
  return x.substr(0, x.find_last_not_of(" \n") + 1);
}

/// Whom each property concerns: 'C'onsumers, 'P'roducers or both ('*').
std::map<std::string, char, std::less<>> directions() {
  std::map<std::string, char, std::less<>> result;
  auto table = librdkafkas_table();
  std::string_view rest = table;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto bar = line.find('|');
    if (bar == std::string_view::npos)
      continue;
    auto name = trimmed(line.substr(0, bar));
    auto whom
      = trimmed(line.substr(bar + 1, line.find('|', bar + 1) - bar - 1));
    if (whom.size() != 1)
      continue;
    auto [i, is_new] = result.emplace(name, whom[0]);
    if (!is_new && i->second != whom[0])
      i->second = '*';
  }
  return result;
}

class checker {
public:
  explicit checker(const kafka_options& settings) : settings_(settings) {}

  void check_properties() {
    for (auto& x : sections_of(settings_))
      for (auto& [key, value] : *x.given)
        if (auto problem = problem_of(x, key, value); !problem.empty())
          errors_.push_back({x.path + "." + key, problem});
  }

  /// `make` throws where librdkafka has something against it.
  template <class F>
  void check_client(F make) {
    if (!errors_.empty())
      return;
    try {
      make();
    } catch (const std::exception& e) {
      errors_.push_back({path_in(e.what()), without_secrets(e.what())});
    }
  }

  std::vector<settings_error> take() { return std::move(errors_); }

private:
  std::string problem_of(const section& in, const std::string& key,
                         const std::string& value) {
    auto assignment = in_quotes(key) + " = " + config::shown_value(key, value);
    if (auto why = broken_promise(key, value); !why.empty())
      return assignment + " is refused: " + std::string{why};
    std::array<char, 512> why{};
    switch (rd_kafka_conf_set(scratch_.get(), key.c_str(), value.c_str(),
                              why.data(), why.size())) {
      case RD_KAFKA_CONF_UNKNOWN:
        return "unknown property " + in_quotes(key) + suggestion_for(key);
      case RD_KAFKA_CONF_INVALID:
        return assignment + " is refused: "
               + config::shown_text(key, value,
                                    std::string{without_line_end(why.data())});
      case RD_KAFKA_CONF_OK:
        break;
    }
    auto whom = known_.find(key);
    if (in.other != 0 && whom != known_.end() && whom->second == in.other)
      return in_quotes(key) + " does nothing here; put it into "
             + std::string{in.elsewhere};
    return {};
  }

  std::string suggestion_for(const std::string& key) const {
    std::vector<std::string> names;
    for (auto& [name, whom] : known_)
      names.push_back(name);
    auto best = config::nearest(key, names);
    return best.empty() ? "; librdkafka's CONFIGURATION.md lists them"
                        : config::did_you_mean(best);
  }

  /// The longest key that is given and of which a message speaks, or else that
  /// of such a value.
  std::string path_in(std::string_view message) const {
    std::string result = "kafka";
    for (auto by_key : {false, true}) {
      std::size_t longest = 0;
      for (auto& x : sections_of(settings_))
        for (auto& [key, value] : *x.given) {
          auto& text = by_key ? key : value;
          if (text.size() <= longest || message.find(text) == message.npos)
            continue;
          longest = text.size();
          result = x.path + "." + key;
        }
    }
    return result;
  }

  std::string without_secrets(std::string text) const {
    for (auto& x : sections_of(settings_))
      for (auto& [key, value] : *x.given)
        text = config::shown_text(key, value, std::move(text));
    return text;
  }

  const kafka_options& settings_;
  std::map<std::string, char, std::less<>> known_ = directions();
  conf_handle scratch_{rd_kafka_conf_new()};
  std::vector<settings_error> errors_;
};

/// What a client would log is no mistake.
conf_handle quiet(conf_handle conf) {
  rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*,
                                          const char*) {});
  return conf;
}

} // namespace

std::vector<settings_error> check_settings(const kafka_options& settings,
                                           const cluster_options& cluster) {
  auto offline = settings;
  offline.brokers.clear();
  checker result{settings};
  result.check_properties();
  result.check_client(
    [&] { make_client(RD_KAFKA_PRODUCER, quiet(producer_conf(offline))); });
  result.check_client(
    [&] { make_client(RD_KAFKA_PRODUCER, quiet(one_by_one_conf(offline))); });
  result.check_client([&] {
    share(
      make_client(RD_KAFKA_CONSUMER, quiet(consumer_conf(offline, cluster))));
  });
  result.check_client([&] {
    share(make_client(RD_KAFKA_CONSUMER,
                      quiet(outside_conf(offline, cluster, "replay"))));
  });
  return result.take();
}

} // namespace weir::kafka
