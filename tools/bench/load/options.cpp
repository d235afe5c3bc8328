#include "tools/bench/load/options.hpp"

#include <functional>
#include <map>
#include <stdexcept>

namespace weir::bench {

namespace {

using setter = std::function<void(const std::string&)>;

setter number(std::uint32_t& target) {
  return [&target](const std::string& text) {
    target = static_cast<std::uint32_t>(std::stoul(text));
  };
}

setter number(double& target) {
  return [&target](const std::string& text) { target = std::stod(text); };
}

setter flag(bool& target) {
  return [&target](const std::string& text) { target = text == "yes"; };
}

setter word(std::string& target) {
  return [&target](const std::string& text) { target = text; };
}

void set_server(load_options& options, const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos)
    throw std::invalid_argument{"--server takes ADDRESS:PORT"};
  options.address = text.substr(0, colon);
  options.port = static_cast<std::uint16_t>(std::stoul(text.substr(colon + 1)));
  // A load generator that could be aimed elsewhere is a weapon.
  if (!options.address.starts_with("127."))
    throw std::invalid_argument{"--server must be a loopback address (127.*)"};
}

void set_mode(load_options& options, const std::string& text) {
  static const std::map<std::string, load_mode> modes{
    {"rooms", load_mode::rooms},         {"idle", load_mode::idle},
    {"raw-kafka", load_mode::raw_kafka}, {"behind", load_mode::behind},
    {"comeback", load_mode::comeback},   {"arrivals", load_mode::arrivals}};
  auto found = modes.find(text);
  if (found == modes.end())
    throw std::invalid_argument{"unknown mode " + text
                                + ": rooms, idle, raw-kafka, behind, "
                                  "comeback or arrivals"};
  options.mode = found->second;
}

void set_form(load_options& options, const std::string& text) {
  if (text != "object" && text != "texts")
    throw std::invalid_argument{"--form takes object or texts"};
  options.form = text == "texts" ? event_form::texts : event_form::object;
}

void add_watched(load_options& options, const std::string& text) {
  auto equals = text.find('=');
  if (equals == std::string::npos)
    throw std::invalid_argument{"--watch takes NAME=PID"};
  options.watched.push_back(
    {text.substr(0, equals), std::stoi(text.substr(equals + 1))});
}

std::map<std::string, setter> setters(load_options& o) {
  return {
    {"--server", [&o](const std::string& text) { set_server(o, text); }},
    {"--tls", flag(o.tls)},
    {"--tokens", word(o.tokens)},
    {"--rooms", number(o.rooms)},
    {"--members", number(o.members)},
    {"--emitters", number(o.emitters)},
    {"--window", number(o.window)},
    {"--rate", number(o.rate)},
    {"--silent", number(o.silent)},
    {"--records", number(o.records)},
    {"--noise", number(o.noise)},
    {"--outside", number(o.outside)},
    {"--after", number(o.after)},
    {"--form", [&o](const std::string& text) { set_form(o, text); }},
    {"--filler", number(o.filler)},
    {"--warmup", number(o.warmup)},
    {"--seconds", number(o.seconds)},
    {"--drain", number(o.drain)},
    {"--connect-timeout", number(o.connect_timeout)},
    {"--join-timeout", number(o.join_timeout)},
    {"--handshakes", number(o.handshakes)},
    {"--idle", number(o.idle)},
    {"--idle-first", number(o.idle_first)},
    {"--settle", number(o.settle)},
    {"--brokers", word(o.brokers)},
    {"--topic", word(o.topic)},
    {"--linger", number(o.linger)},
    {"--watch", [&o](const std::string& text) { add_watched(o, text); }},
  };
}

void validate(const load_options& o) {
  if (o.rooms == 0 || o.members == 0 || o.window == 0 || o.emitters == 0)
    throw std::invalid_argument{"rooms, members, emitters, window: at least 1"};
  if (o.emitters > o.members)
    throw std::invalid_argument{"more --emitters than --members"};
  if (o.filler > 32'000)
    throw std::invalid_argument{"--filler: at most 32000"};
  if (o.silent + o.emitters > o.members)
    throw std::invalid_argument{"--silent: some members must emit and read"};
  const bool needs_kafka = o.mode == load_mode::raw_kafka
                           || o.mode == load_mode::behind
                           || o.mode == load_mode::comeback;
  if (needs_kafka && (o.brokers.empty() || o.topic.empty()))
    throw std::invalid_argument{"this mode needs --brokers and --topic"};
}

} // namespace

load_options parse_options(int argc, char** argv) {
  load_options options;
  auto known = setters(options);
  if (argc < 2)
    throw std::invalid_argument{"usage: weir_bench_load MODE [--NAME VALUE]"};
  set_mode(options, argv[1]);
  for (int i = 2; i < argc; i += 2) {
    auto found = known.find(argv[i]);
    if (found == known.end())
      throw std::invalid_argument{"unknown option " + std::string{argv[i]}};
    if (i + 1 == argc)
      throw std::invalid_argument{found->first + " needs a value"};
    try {
      found->second(argv[i + 1]);
    } catch (const std::logic_error& error) {
      throw std::invalid_argument{found->first + ": " + error.what()};
    }
  }
  validate(options);
  return options;
}

} // namespace weir::bench
