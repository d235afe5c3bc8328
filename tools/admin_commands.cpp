#include "tools/admin_commands.hpp"

#include "tools/answer_fields.hpp"
#include "tools/status_table.hpp"
#include "tools/terminal.hpp"
#include "transport/socketio/json_slice.hpp"

#include <boost/json.hpp>

#include <iostream>
#include <utility>

namespace weir {

namespace {

std::string target_for(const unwanted_clients& x) {
  if (!x.sid.empty())
    return "/v1/connections/" + encoded(x.sid);
  if (!x.user.empty())
    return "/v1/users/" + encoded(x.user) + "/connections";
  return target_of("/v1/connections", {{"room", x.room}, {"namespace", x.nsp}});
}

/// Has something done; prints the answer, or what `say` makes of it.
template <class Say>
reply post(const question_settings& how, const std::string& target,
           const std::string& body, Say say) {
  auto result = ask(how, "POST", target, body);
  if (!result.is_there())
    return result;
  if (how.json)
    std::cout << result.text;
  else
    say(result);
  return result;
}

std::string on_screen(const std::string& table) {
  return fitted(table, terminal_columns());
}

void say_where(const reply& x) {
  if (x.code == done)
    std::cout << "stored in " << text(x.object, "topic") << '/'
              << text(x.object, "partition") << " at offset "
              << text(x.object, "offset") << '\n';
  else
    std::cerr << "weirctl: not stored (" << printable(text(x.object, "code"))
              << "): " << printable(text(x.object, "message")) << '\n';
}

} // namespace

exit_code show(const question_settings& how, const std::string& target,
               bool in_detail) {
  auto x = ask(how, "GET", target);
  if (!x.is_there())
    return x.code;
  std::cout << (how.json ? x.text
                         : on_screen(status_table(x.object, in_detail)));
  tell_silent(x);
  return x.code;
}

exit_code show_pages(const question_settings& how, const std::string& path,
                     parameters query, std::string after, bool all) {
  query.emplace_back("after", "");
  auto is_first = true;
  for (auto code = done;;) {
    query.back().second = after;
    auto x = ask(how, "GET", target_of(path, query));
    if (x.code != done)
      code = x.code;
    if (!x.is_there())
      return code;
    auto table = status_table(x.object, false, is_first);
    std::cout << (how.json ? x.text : on_screen(table));
    is_first = false;
    tell_silent(x);
    after = next_of(x);
    if (after.empty())
      return code;
    if (!all) {
      std::cerr << "weirctl: there are more: --all, or --after '"
                << printable(after) << "'\n";
      return code;
    }
  }
}

exit_code show_status(const question_settings& how) {
  auto ready = ask(how, "GET", "/readyz");
  if (!ready.is_there())
    return ready.code;
  auto nodes = ask(how, "GET", "/v1/nodes");
  auto partitions = ask(how, "GET", "/v1/partitions");
  if (how.json) {
    boost::json::object all{{"readiness", ready.object},
                            {"nodes", nodes.object["nodes"]},
                            {"partitions", partitions.object["partitions"]}};
    std::cout << boost::json::serialize(all) << '\n';
  } else {
    std::cout << readiness_lines(ready.object, ready.code == done);
    if (partitions.is_there())
      std::cout << "lag    " << lag_line(partitions.object) << '\n';
    if (nodes.is_there())
      std::cout << '\n' << on_screen(status_table(nodes.object));
  }
  tell_silent(partitions);
  for (auto code : {ready.code, nodes.code})
    if (code != done)
      return code;
  return partitions.code;
}

exit_code disconnect(const question_settings& how, const unwanted_clients& x) {
  auto y = ask(how, "DELETE", target_for(x));
  if (auto* found = y.object.if_contains("disconnected")) {
    if (how.json)
      std::cout << y.text;
    else
      std::cout << "disconnected " << boost::json::serialize(*found) << '\n';
    tell_silent(y);
  }
  return y.code;
}

exit_code publish(const question_settings& how, const std::string& target,
                  const std::string& body) {
  return post(how, target, body, say_where).code;
}

exit_code tail_room(http::event_stream_options x, const std::string& room,
                    const std::string& since, std::uint64_t count) {
  boost::json::array join{"join", room};
  if (!since.empty())
    join.push_back(boost::json::object{{"since", since}});
  x.join = boost::json::serialize(join);
  std::uint64_t seen = 0;
  auto [why, is_refused] = http::follow_events(x, [&](std::string_view event) {
    if (event.starts_with(R"(["weir:position")"))
      return true; // of use to a client that recovers
    std::cout << printable(std::string{event}) << std::endl;
    return ++seen != count;
  });
  if (why.empty())
    return done;
  std::cerr << "weirctl: " << printable(why) << '\n';
  return is_refused ? not_done : no_answer;
}

std::string arguments_of(const std::vector<std::string>& words) {
  std::string result;
  for (auto& word : words) {
    result += result.empty() ? '[' : ',';
    // What is too deep is the node's to refuse, and no text.
    if (json::validate(word, json::max_depth) == json::validity::invalid)
      json::append_string(result, word);
    else
      result += word;
  }
  return result.empty() ? "[]" : result + ']';
}

exit_code act(const question_settings& how, const std::string& target,
              const std::string& body) {
  auto x = post(how, target, body, [](const reply& y) {
    std::cout << "done " << text(y.object, "done") << '\n';
  });
  if (!x.is_there())
    return x.code;
  for (auto& why : rows(x.object, "problems"))
    if (why.is_string())
      std::cerr << "weirctl: " << printable(std::string{why.as_string()})
                << '\n';
  tell_silent(x);
  return x.code;
}

} // namespace weir
