#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace weir {

/// Why there are no links: of dials for the log, which has each reason once,
/// and of nodes that were refused, by us or over there, for the operator.
class link_failures {
public:
  /// Of so many nodes it is kept: whoever finds the port may say names without
  /// end.
  static constexpr std::size_t max_refusals = 64;

  /// Whether that is another reason than the last time: a node that is not
  /// there is dialed every other second.
  bool note_dial(const std::string& address, const std::string& why) {
    return std::exchange(dials_[address], why) != why;
  }

  /// `node`: empty where it is not known whose it is.
  void note_refusal(const std::string& node, const std::string& why) {
    if (refusals_.contains(node) || refusals_.size() < max_refusals)
      refusals_[node] = why;
  }

  /// There is a link, of a dial.
  void forget_dial(const std::string& address) { dials_.erase(address); }

  /// The node has joined, so what was not known may have been its.
  void forget(const std::string& node, const std::string& address) {
    dials_.erase(address);
    refusals_.erase(node);
    refusals_.erase("");
  }

  /// The last reasons, by node.
  const std::map<std::string, std::string>& refusals() const {
    return refusals_;
  }

private:
  std::map<std::string, std::string> dials_; ///< by address, the last ones
  std::map<std::string, std::string> refusals_;
};

} // namespace weir
