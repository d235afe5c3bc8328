#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir {

/// The most frequent elements of a stream, in a memory of `k` of them
/// (Space-Saving: Metwally, Agrawal and El Abbadi, 2005). Of N that were
/// counted, what is told of an element is too high by N / k at most and never
/// too low, and none of more than N / k is missing. Plain logic.
template <class Key, class Hash = std::hash<Key>>
class space_saving {
public:
  struct element {
    Key key;
    std::uint64_t count = 0;
    std::uint64_t error = 0; ///< `count` may be too high by so many
  };

  /// Requires: `k > 0`.
  explicit space_saving(std::size_t k) : k_(k) {
    counters_.reserve(k);
    lowest_.reserve(k);
  }

  // `lowest_` refers to what is in `counters_`.
  space_saving(space_saving&&) = default;
  space_saving& operator=(space_saving&&) = default;

  /// `x`: a key, or what is equal to one and can be assigned to one.
  template <class T>
  void add(const T& x, std::uint64_t n = 1) {
    total_ += n;
    if (auto i = counters_.find(x); i != counters_.end())
      return raise(i->second, n);
    if (counters_.size() == k_)
      return replace_lowest(x, n);
    auto i = counters_.emplace(Key{x}, counter{n, 0, lowest_.size()}).first;
    lowest_.push_back(i);
    sift_up(lowest_.size() - 1);
  }

  /// N.
  std::uint64_t total() const { return total_; }

  /// At most `n`, the most frequent first.
  std::vector<element> top(std::size_t n) const {
    std::vector<element> result;
    for (auto& [key, x] : counters_)
      result.push_back({key, x.count, x.error});
    std::sort(result.begin(), result.end(), [](auto& x, auto& y) {
      return std::tie(y.count, x.key) < std::tie(x.count, y.key);
    });
    result.resize(std::min(n, result.size()));
    return result;
  }

private:
  struct counter {
    std::uint64_t count;
    std::uint64_t error;
    std::size_t place; ///< in `lowest_`
  };

  using counter_map = std::unordered_map<Key, counter, Hash, std::equal_to<>>;

  std::uint64_t count_at(std::size_t place) const {
    return lowest_[place]->second.count;
  }

  void raise(counter& x, std::uint64_t n) {
    x.count += n;
    sift_down(x.place);
  }

  /// Who comes may have come as often as the one that is forgotten. The node
  /// of the map is used again, with the memory of its key.
  template <class T>
  void replace_lowest(const T& x, std::uint64_t n) {
    auto node = counters_.extract(lowest_.front());
    node.key() = x;
    node.mapped().error = node.mapped().count;
    lowest_.front() = counters_.insert(std::move(node)).position;
    raise(lowest_.front()->second, n);
  }

  void put(std::size_t place, typename counter_map::iterator x) {
    lowest_[place] = x;
    x->second.place = place;
  }

  void sift_up(std::size_t place) {
    auto x = lowest_[place];
    for (; place > 0 && count_at((place - 1) / 2) > x->second.count;
         place = (place - 1) / 2)
      put(place, lowest_[(place - 1) / 2]);
    put(place, x);
  }

  void sift_down(std::size_t place) {
    auto x = lowest_[place];
    for (;;) {
      auto next = 2 * place + 1;
      if (next + 1 < lowest_.size() && count_at(next + 1) < count_at(next))
        ++next;
      if (next >= lowest_.size() || count_at(next) >= x->second.count)
        break;
      put(place, lowest_[next]);
      place = next;
    }
    put(place, x);
  }

  std::size_t k_;
  std::uint64_t total_ = 0;
  counter_map counters_; ///< never more than is reserved: iterators stay valid
  std::vector<typename counter_map::iterator> lowest_; ///< a heap of all
};

} // namespace weir
