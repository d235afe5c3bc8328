#pragma once

#include "actors/contract/routes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// Numbers the questions about each key that a partition's reader is asked: its
/// answers come in the same order, and a room may have gone, and another one
/// have come with its key, before the first. Plain logic.
class key_questions {
public:
  /// Returns which of the answers about the key will be the one to this.
  std::uint32_t ask(const std::string& key) { return ++keys_[key].asked; }

  /// An answer about the key has come; returns which one. 0: nobody has asked.
  std::uint32_t take_answer(std::string_view key) {
    auto i = keys_.find(key);
    if (i == keys_.end())
      return 0;
    auto result = ++i->second.answered;
    if (result == i->second.asked)
      keys_.erase(i);
    return result;
  }

  /// Keys that wait for an answer.
  std::size_t size() const { return keys_.size(); }

private:
  struct counts {
    std::uint32_t asked = 0;
    std::uint32_t answered = 0;
  };

  string_map<counts> keys_;
};

} // namespace weir
