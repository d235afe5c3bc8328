#include "config/suggestion.hpp"

#include "config/node.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace weir::config {

namespace {

/// Longer words are no misspelled keys, and would be costly to compare.
constexpr std::size_t max_word = 64;

constexpr std::size_t max_slips = 3;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Insertions, deletions, replacements and swaps of neighbours, by rows of the
/// usual table; case does not count.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1),
    row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min(
        {last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2])
          && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

} // namespace

std::string nearest(std::string_view word,
                    const std::vector<std::string>& candidates) {
  if (word.size() > max_word)
    return {};
  std::string best;
  auto limit = std::clamp<std::size_t>(word.size() / 3, 1, max_slips) + 1;
  for (auto& candidate : candidates) {
    if (auto d = distance(word, candidate); d < limit) {
      best = candidate;
      limit = d;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view candidate) {
  return ", did you mean " + in_quotes(candidate) + "?";
}

std::string suggestion(std::string_view word,
                       const std::vector<std::string>& candidates) {
  if (auto best = nearest(word, candidates); !best.empty())
    return did_you_mean(best);
  std::string result = "; possible: ";
  for (auto& candidate : candidates)
    result += (&candidate == &candidates.front() ? "" : ", ")
              + in_quotes(candidate);
  return result;
}

} // namespace weir::config
