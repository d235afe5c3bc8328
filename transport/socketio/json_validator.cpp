// The grammar of RFC 8259, in one pass and without a DOM. Not Boost.JSON's
// parser, because that refuses what JavaScript's JSON.stringify writes for a
// text cut inside an emoji ("\ud83d"), and such an event must not cost its
// sender the connection; the tests compare the two.

#include "config/base/utf8.hpp"
#include "transport/socketio/json_slice.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace weir::json {

namespace {

static_assert(std::endian::native == std::endian::little,
              "plain_characters finds the first of eight at the low end");

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Each member function consumes what its name says, or returns false.
class validator {
public:
  explicit validator(std::string_view text)
    : pos_(text.data()), end_(text.data() + text.size()) {
    // nop
  }

  validity document(std::size_t depth) {
    white_space();
    if (!value(depth))
      return too_deep_ ? validity::too_deep : validity::invalid;
    white_space();
    return pos_ == end_ ? validity::valid : validity::invalid;
  }

private:
  bool value(std::size_t depth) {
    switch (front()) {
      case '{':
        return enters(depth) && object(depth - 1);
      case '[':
        return enters(depth) && array(depth - 1);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

  bool enters(std::size_t depth) {
    too_deep_ = depth == 0;
    return !too_deep_;
  }

  bool object(std::size_t depth) {
    ++pos_;
    white_space();
    if (take('}'))
      return true;
    do {
      white_space();
      if (front() != '"' || !string())
        return false;
      white_space();
      if (!take(':'))
        return false;
      white_space();
      if (!value(depth))
        return false;
      white_space();
    } while (take(','));
    return take('}');
  }

  bool array(std::size_t depth) {
    ++pos_;
    white_space();
    if (take(']'))
      return true;
    do {
      white_space();
      if (!value(depth))
        return false;
      white_space();
    } while (take(','));
    return take(']');
  }

  bool string() {
    ++pos_;
    for (;;) {
      plain_characters();
      if (pos_ == end_)
        return false;
      if (*pos_ == '"') {
        ++pos_;
        return true;
      }
      if (!(*pos_ == '\\' ? escape() : wide_character()))
        return false;
    }
  }

  /// Eight at a time; they are most of what there is.
  void plain_characters() {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high_bits = 0x80 * ones;
    for (; end_ - pos_ >= 8; pos_ += 8) {
      std::uint64_t x;
      std::memcpy(&x, pos_, 8);
      // The high bit of a byte: not ASCII, a control character, " or \. What is
      // borrowed makes such bytes of others, but only behind the first.
      auto special = (x | (x - 0x20 * ones) | ((x ^ '"' * ones) - ones)
                      | ((x ^ '\\' * ones) - ones))
                     & high_bits;
      if (special != 0) {
        pos_ += std::countr_zero(special) / 8;
        return;
      }
    }
    while (pos_ != end_ && is_plain(*pos_))
      ++pos_;
  }

  static bool is_plain(char c) {
    auto x = static_cast<unsigned char>(c);
    return x >= 0x20 && x < 0x80 && c != '"' && c != '\\';
  }

  /// Also an unpaired surrogate: the grammar has no rule against it.
  bool escape() {
    ++pos_;
    if (take('u'))
      return hex_digits();
    if (std::string_view{"\"\\/bfnrt"}.find(front()) == std::string_view::npos)
      return false;
    ++pos_;
    return true;
  }

  bool hex_digits() {
    if (end_ - pos_ < 4 || !std::all_of(pos_, pos_ + 4, is_hex))
      return false;
    pos_ += 4;
    return true;
  }

  bool wide_character() {
    if (static_cast<unsigned char>(*pos_) < 0x80)
      return false; // a control character
    auto length = utf8_length({pos_, end_});
    pos_ += length;
    return length != 0;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits())
      return false;
    if (take('.') && !digits())
      return false;
    if (!take('e') && !take('E'))
      return true;
    if (!take('+'))
      take('-');
    return digits();
  }

  bool digits() {
    auto first = pos_;
    while (is_digit(front()))
      ++pos_;
    return pos_ != first;
  }

  bool literal(std::string_view word) {
    if (!std::string_view{pos_, end_}.starts_with(word))
      return false;
    pos_ += word.size();
    return true;
  }

  void white_space() {
    while (pos_ != end_
           && (*pos_ == ' ' || *pos_ == '\n' || *pos_ == '\r' || *pos_ == '\t'))
      ++pos_;
  }

  /// A zero byte at the end, which no rule accepts.
  char front() const { return pos_ != end_ ? *pos_ : '\0'; }

  bool take(char c) {
    if (front() != c)
      return false;
    ++pos_;
    return true;
  }

  const char* pos_;
  const char* end_;
  bool too_deep_ = false;
};

} // namespace

validity validate(std::string_view text, std::size_t depth) {
  return validator{text}.document(std::min(depth, max_depth));
}

} // namespace weir::json
