#include "tools/admin_question.hpp"

#include "config/escaped.hpp"
#include "tools/answer_fields.hpp"

#include <boost/json.hpp>

#include <iostream>

namespace weir {

namespace {

exit_code code_of(unsigned status, const boost::json::object& x) {
  if (status >= 200 && status < 300)
    return is_set(x, "partial") ? incomplete : done;
  return status == 503 && x.contains("silent_nodes") ? incomplete : not_done;
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
  if (!answer.problem.empty()) {
    std::cerr << "weirctl: " << answer.problem << '\n';
    return {no_answer};
  }
  reply result;
  result.text = std::move(answer.body);
  boost::system::error_code error;
  auto value = boost::json::parse(result.text, error);
  if (!error && value.is_object())
    result.object = std::move(value.as_object());
  result.code = code_of(answer.status, result.object);
  if (!result.is_there())
    std::cerr << "weirctl: the node answers " << answer.status << ": "
              << printable(result.text.substr(0, result.text.find('\n')))
              << '\n';
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
