#include "config/text_bounds.hpp"

#include <algorithm>

namespace weir::config {

namespace {

/// Goes through a text, past strings and comments.
class scanner {
public:
  explicit scanner(std::string_view text) : text_(text) {}

  std::optional<too_deep> run() {
    while (at_ < text_.size()) {
      step(text_[at_]);
      if (depth_ > max_depth)
        return at("lists and tables within each other");
      if (parts_ > max_depth)
        return at("parts of a key");
    }
    return std::nullopt;
  }

private:
  void step(char c) {
    if (c == '"' || c == '\'')
      return skip_string(c);
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return;
    }
    if (c == '.')
      ++parts_;
    else if (std::string_view{"=,[]{}\n"}.find(c) != std::string_view::npos)
      parts_ = 1;
    if (c == '[' || c == '{')
      ++depth_;
    else if ((c == ']' || c == '}') && depth_ > 0)
      --depth_;
    ++at_;
  }

  /// To its end, or where it lacks one to that of the line or the text.
  void skip_string(char quote) {
    const std::string three(3, quote);
    auto is_long = text_.substr(at_, 3) == three;
    auto end = is_long ? three : three.substr(0, 1);
    for (at_ += end.size(); at_ < text_.size(); ++at_) {
      if (text_.substr(at_, end.size()) == end) {
        at_ += end.size();
        return;
      }
      if (!is_long && text_[at_] == '\n')
        return;
      if (quote == '"' && text_[at_] == '\\')
        ++at_;
    }
  }

  too_deep at(const std::string& what) const {
    auto end = std::min(at_, text_.size());
    auto before = text_.substr(0, end - 1);
    return {end - 1,
            static_cast<std::uint32_t>(
              std::count(before.begin(), before.end(), '\n') + 1),
            "more than " + std::to_string(max_depth) + " " + what};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t parts_ = 1;
};

} // namespace

std::optional<too_deep> find_too_deep(std::string_view text) {
  return scanner{text}.run();
}

} // namespace weir::config
