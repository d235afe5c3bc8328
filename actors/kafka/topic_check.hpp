#pragma once

#include "transport/kafka/error.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Why a topic is of no use for what clients emit.
inline constexpr std::string_view not_written
  = "it may not be written: allow WRITE on it";

/// Whether topics can be read, and written where they have to be, as Kafka
/// describes them bit by bit. Plain logic.
class topic_check {
public:
  topic_check() = default;

  /// `written`: those of them that are to be written.
  topic_check(std::set<std::string> topics, std::set<std::string> written)
    : topics_(std::move(topics)),
      written_(std::move(written)),
      open_(topics_) {}

  const std::set<std::string>& topics() const { return topics_; }

  /// One that is missing may be about to be created: that is no answer before
  /// it is a problem.
  void note(const std::string& topic, const kafka::topic_state& x) {
    if (!topics_.contains(topic) || (x.is_missing && !x.problem))
      return;
    open_.erase(topic);
    problems_.erase(topic);
    if (x.problem)
      problems_[topic] = x.problem.message;
    else if (!x.may_write && written_.contains(topic))
      problems_[topic] = not_written;
  }

  /// Of those that are not known yet nothing will be.
  void give_up(const std::string& why) {
    for (auto& topic : std::exchange(open_, {}))
      problems_[topic] = why;
  }

  /// Whether it is known of all.
  bool is_over() const { return open_.empty(); }

  /// By topic; of those without one nothing is wrong.
  const std::map<std::string, std::string>& problems() const {
    return problems_;
  }

private:
  std::set<std::string> topics_;
  std::set<std::string> written_;
  std::set<std::string> open_;
  std::map<std::string, std::string> problems_;
};

} // namespace weir
