#include "tools/admin_question.hpp"

#include "config/escaped.hpp"
#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace weir {

namespace {

bool is_good(unsigned status) {
  return status >= 200 && status < 300;
}

/// The object in an answer. Empty: there is none, or whoever sends it with this
/// status is no admin endpoint.
boost::json::object object_in(const http::admin_answer& x) {
  boost::system::error_code error;
  auto value = boost::json::parse(x.body, error);
  if (error || !value.is_object())
    return {};
  auto& result = value.as_object();
  auto is_ours = is_good(x.status);
  for (auto* field : {"error", "silent_nodes", "reasons", "nodes", "code"})
    is_ours = is_ours || result.contains(field);
  // Engine.IO's errors have a code as well, and no topic.
  if (!is_ours || (result.contains("code") && !result.contains("topic")))
    return {};
  return std::move(result);
}

exit_code code_of(unsigned status, const boost::json::object& x) {
  if (is_good(status))
    return is_set(x, "partial") ? incomplete : done;
  return status == 503 && x.contains("silent_nodes") ? incomplete : not_done;
}

/// Of an answer without an object. An endpoint says in plain text what it has
/// against a question, and if a path is not there, what there is.
exit_code code_of_text(const http::admin_answer& x) {
  if (!x.content_type.starts_with("text/plain") || is_good(x.status)
      || (x.status == 404 && !x.body.starts_with("there ")))
    return no_answer;
  if (x.status == 503) // who should have answered is down, or does not
    return incomplete;
  return x.status == 400 ? bad_usage : not_done;
}

std::string refusal(const question_settings& how, const http::admin_answer& x,
                    exit_code code) {
  auto line = x.body.substr(0, x.body.find('\n'));
  auto result = code == no_answer
                  ? how.where.url + ": is this [admin] listen of a node? "
                  : "";
  return result + "the node answers " + std::to_string(x.status) + ": "
         + (line.empty() ? "nothing" : printable(std::move(line)));
}

reply reply_of(const question_settings& how, http::admin_answer& x) {
  if (!x.problem.empty())
    return {no_answer, {}, {}, x.problem};
  reply result{done, {}, object_in(x)};
  result.code = result.object.empty() ? code_of_text(x)
                                      : code_of(x.status, result.object);
  if (!result.is_there())
    result.problem = refusal(how, x, result.code);
  result.text = std::move(x.body);
  return result;
}

} // namespace

std::string encoded(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      result += c;
    else
      result += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

std::string target_of(std::string path, const parameters& query) {
  auto separator = '?';
  for (auto& [name, value] : query)
    if (!value.empty()) {
      path += separator + name + '=' + encoded(value);
      separator = '&';
    }
  return path;
}

reply ask(const question_settings& how, const std::string& method,
          const std::string& target, const std::string& body) {
  auto answer = http::ask_admin(how.where, method, target, body);
  auto result = reply_of(how, answer);
  if (!result.problem.empty())
    std::cerr << "weirctl: " << result.problem << '\n';
  return result;
}

void tell_silent(const reply& x) {
  if (auto& silent = rows(x.object, "silent_nodes"); !silent.empty())
    std::cerr << "weirctl: these nodes do not answer: "
              << boost::json::serialize(silent) << '\n';
}

std::string next_of(const reply& x) {
  auto* next = x.object.if_contains("next");
  return next && next->is_string() ? std::string{next->as_string()} : "";
}

std::string printable(std::string text) {
  if (is_plain(text))
    return text;
  std::string result;
  append_quoted(result, text);
  return result;
}

} // namespace weir
