#include "transport/http/request_head.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace weir::http {

namespace {

constexpr unsigned bad_request = 400;
constexpr unsigned not_implemented = 501;

bool is_token_char(char c) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
         || (c >= 'a' && c <= 'z') || others.find(c) != others.npos;
}

/// What a host and port are made of (RFC 3986, 3.2.2), but for the comma, by
/// which two fields could have become one.
bool is_host_char(char c) {
  constexpr std::string_view others = "-._~!$&'()*+;=%:[]";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
         || (c >= 'a' && c <= 'z') || others.find(c) != others.npos;
}

bool equals(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char x, char y) {
                      return (x >= 'A' && x <= 'Z' ? x | 0x20 : x) == y;
                    });
}

std::string_view next_line(std::string_view& rest) {
  auto line = rest.substr(0, rest.find("\r\n"));
  rest.remove_prefix(line.size() + 2);
  return line;
}

std::optional<std::uint64_t> decimal(std::string_view x) {
  std::uint64_t n = 0;
  auto [end, e] = std::from_chars(x.data(), x.data() + x.size(), n);
  auto whole = !x.empty() && e == std::errc{} && end == x.data() + x.size();
  return whole ? std::optional{n} : std::nullopt;
}

/// The fields that say where a request ends and whom it is for.
struct decisive_fields {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  std::string_view host;
  std::string_view length;
  std::string_view coding;

  /// False: this is no field, or one that is folded.
  bool take(std::string_view line) {
    auto name = line.substr(0, line.find(':'));
    if (!is_token(name) || name.size() == line.size())
      return false;
    auto value = trimmed(line.substr(name.size() + 1));
    if (equals(name, "host"))
      ++hosts, host = value;
    else if (equals(name, "content-length"))
      ++lengths, length = value;
    else if (equals(name, "transfer-encoding"))
      ++codings, coding = value;
    return true;
  }

  head_verdict judge(bool is_1_0) const {
    if (hosts > 1 || (hosts == 0 && !is_1_0)
        || !std::all_of(host.begin(), host.end(), is_host_char))
      return {bad_request};
    if (codings > 1 || lengths > 1
        || (codings == 1 && (lengths == 1 || is_1_0)))
      return {bad_request};
    if (codings == 1 && !equals(coding, "chunked"))
      return {not_implemented};
    if (codings == 1)
      return {0, {true, 0}};
    auto n = lengths == 0 ? std::optional<std::uint64_t>{0} : decimal(length);
    return n ? head_verdict{0, {false, *n}} : head_verdict{bad_request};
  }
};

} // namespace

std::string_view trimmed(std::string_view x) {
  auto begin = x.find_first_not_of(" \t");
  if (begin == x.npos)
    return {};
  return x.substr(begin, x.find_last_not_of(" \t") - begin + 1);
}

bool is_token(std::string_view x) {
  return !x.empty() && std::all_of(x.begin(), x.end(), is_token_char);
}

head_scanner::status head_scanner::scan(std::string_view bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    if (seen_ == limit_)
      return status::too_large;
    auto c = static_cast<unsigned char>(bytes[seen_]);
    auto after_cr = seen_ > 0 && bytes[seen_ - 1] == '\r';
    if (after_cr != (c == '\n')
        || (c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
      return status::bad;
    if (c != '\n')
      continue;
    auto is_empty = seen_ - line_ == 1;
    if (is_empty && line_ == 0)
      return status::bad; // no request line
    line_ = seen_ + 1;
    if (!is_empty)
      continue;
    ++seen_;
    return status::complete;
  }
  return status::incomplete;
}

head_verdict judge_head(std::string_view head) {
  auto request_line = next_line(head);
  decisive_fields fields;
  for (auto line = next_line(head); !line.empty(); line = next_line(head))
    if (!fields.take(line))
      return {bad_request};
  return fields.judge(request_line.ends_with(" HTTP/1.0"));
}

} // namespace weir::http
