// weirctl tail --topic: asks again and again for what comes next. A terminal
// that is slow is waited for, as nobody keeps anything for who does not ask.

#include "tools/admin_commands.hpp"
#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>
#include <map>
#include <string_view>
#include <thread>

namespace weir {

namespace {

/// Until it is asked again where there was nothing more.
constexpr auto pause = std::chrono::milliseconds{250};

/// By partition. One that nobody reads for a while stays.
using offsets = std::map<std::int64_t, std::int64_t>;

std::string text_of(const offsets& all) {
  std::string result;
  for (auto& [partition, offset] : all)
    result += (result.empty() ? "" : ",") + std::to_string(partition) + ':'
              + std::to_string(offset);
  return result;
}

/// What is none the node has refused.
offsets offsets_in(std::string_view text) {
  offsets result;
  while (!text.empty()) {
    auto one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    std::int64_t partition = 0, offset = 0;
    auto* end = one.data() + one.size();
    auto [colon, error] = std::from_chars(one.data(), end, partition);
    if (error == std::errc{} && colon != end
        && std::from_chars(colon + 1, end, offset).ec == std::errc{})
      result[partition] = offset;
  }
  return result;
}

std::string string_of(const boost::json::object& x, std::string_view field) {
  auto* y = x.if_contains(field);
  return y && y->is_string() ? std::string{y->as_string()} : std::string{};
}

/// As they were written, on one line: white space is only between values.
std::string arguments_in(const boost::json::object& record) {
  auto result = string_of(record, "args");
  std::replace(result.begin(), result.end(), '\n', ' ');
  std::replace(result.begin(), result.end(), '\r', ' ');
  return result.empty() ? "[]" : result;
}

std::string json_of(const boost::json::object& x) {
  boost::json::object head{{"topic", string_of(x, "topic")},
                           {"partition", number(x, "partition")},
                           {"offset", number(x, "offset")},
                           {"time_ms", number(x, "time_ms")},
                           {"namespace", string_of(x, "namespace")},
                           {"room", string_of(x, "room")},
                           {"event", string_of(x, "event")},
                           {"attachments", number(x, "attachments")},
                           {"problem", string_of(x, "problem")}};
  auto result = boost::json::serialize(head);
  result.back() = ',';
  return result + "\"args\":" + arguments_in(x) + '}';
}

std::string event_of(const boost::json::object& x) {
  auto result
    = '[' + boost::json::serialize(boost::json::value(string_of(x, "event")));
  auto args = arguments_in(x).substr(1);
  auto first = args.find_first_not_of(" \t");
  return result + (args[first] == ']' ? "" : ",") + args.substr(first);
}

/// "0:12 / hall ["say",{"n":1}]"
std::string line_of(const boost::json::object& x) {
  auto result = text(x, "partition") + ':' + text(x, "offset") + ' ';
  auto problem = string_of(x, "problem");
  if (!string_of(x, "room").empty())
    result += printable(text(x, "namespace")) + ' ' + printable(text(x, "room"))
              + ' ';
  return result
         + (problem.empty() ? printable(event_of(x))
                            : "nobody gets it: " + printable(problem));
}

class topic_reading {
public:
  topic_reading(const question_settings& how, std::string topic,
                const std::string& since, std::uint64_t count)
    : how_(how),
      topic_(std::move(topic)),
      next_(offsets_in(since)),
      from_(since),
      count_(count) {}

  exit_code run() {
    for (;;) {
      auto x = ask(
        how_, "GET",
        target_of("/v1/records",
                  {{"topic", topic_}, {"from", from_}, {"limit", "1000"}}));
      if (!x.is_there())
        return x.code;
      tell_missing(x);
      if (x.code == not_done) {
        std::cerr << "weirctl: no node reads a topic of this name\n";
        return not_done;
      }
      if (!print(rows(x.object, "records")))
        return done;
      if (!advance(rows(x.object, "positions")))
        std::this_thread::sleep_for(pause);
    }
  }

private:
  /// Once for the same nodes.
  void tell_missing(const reply& x) {
    auto silent = boost::json::serialize(rows(x.object, "silent_nodes"));
    if (silent != silent_)
      tell_silent(x);
    silent_ = std::move(silent);
  }

  /// False: that is enough.
  bool print(const boost::json::array& all) {
    for (auto& x : all) {
      std::cout << (how_.json ? json_of(row(x)) : line_of(row(x))) << '\n';
      if (++seen_ == count_)
        return false;
    }
    std::cout.flush();
    return true;
  }

  /// True: there is more already.
  bool advance(const boost::json::array& all) {
    auto is_behind = false;
    for (auto& x : all) {
      next_[number(row(x), "partition")] = number(row(x), "next");
      is_behind = is_behind || is_set(row(x), "behind");
    }
    from_ = text_of(next_);
    return is_behind;
  }

  const question_settings& how_;
  std::string topic_;
  offsets next_;
  std::string from_;
  std::uint64_t count_;
  std::uint64_t seen_ = 0;
  std::string silent_ = "[]";
};

} // namespace

exit_code tail_topic(const question_settings& how, const std::string& topic,
                     const std::string& since, std::uint64_t count) {
  return topic_reading{how, topic, since, count}.run();
}

} // namespace weir
