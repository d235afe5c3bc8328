#include "actors/node/read_topics.hpp"

#include "actors/runtime/caf_compat.hpp"
#include "config/log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir {

namespace {

using topic_set = std::set<std::string>;

topic_set topics_of(const routes& rules) {
  auto all = rules.topics();
  return {all.begin(), all.end()};
}

topic_set without(const topic_set& all, const topic_set& some) {
  topic_set result;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::inserter(result, result.end()));
  return result;
}

} // namespace

read_topics::read_topics(gateway_actor::pointer self, const routes& rules)
  : self_(self),
    topics_(topics_of(rules)),
    mapped_(topics_),
    written_(rules.written_topics()),
    version_(rules.version()) {
}

topic_set read_topics::missing(const routes& rules) const {
  return without(topics_of(rules), topics_);
}

// -- topics that are new ------------------------------------------------------

void read_topics::add(const routes& rules,
                      std::function<void(const problems&)> done) {
  added_ = missing(rules);
  wanted_ = topics_of(rules);
  done_ = std::move(done);
  auto written = rules.written_topics();
  std::erase_if(written, [this](auto& x) { return !added_.contains(x); });
  self_
    ->request(actors_.group, check_patience,
              check_topics{added_, std::move(written)})
    .then([this](const topics_checked& x) { on_checked(x.problems); },
          [this](const caf::error&) {
            fail("Kafka has not said in time whether it is there");
          });
}

/// Where brokers create what is missing, that is for the start of a node: what
/// a configuration that is read again names by mistake, nothing creates.
void read_topics::on_checked(const problems& x) {
  if (!x.empty())
    return finish(x);
  tell(self_, actors_.producer, declare_topics{added_});
  topics_.insert(added_.begin(), added_.end());
  tell_group();
  self_->request(actors_.cluster, readers_patience, await_readers{added_})
    .then([this] { finish({}); },
          [this](const caf::error&) {
            fail("its partitions have not got readers in time: is the "
                 "consumer group rebalancing?");
          });
}

void read_topics::fail(const char* why) {
  problems result;
  for (auto& x : added_)
    result[x] = why;
  finish(result);
}

/// What rooms have given up meanwhile was wanted, and is not any more.
void read_topics::finish(const problems& x) {
  auto added = std::exchange(added_, {});
  wanted_.clear();
  if (!x.empty()) {
    topics_ = without(topics_, added);
    tell_group();
    release_rest();
  }
  std::exchange(done_, nullptr)(x);
}

void read_topics::tell_group() {
  tell(self_, actors_.group, use_topics{topics_, written_});
}

// -- topics that no mapping has -----------------------------------------------

void read_topics::keep(const routes& rules) {
  mapped_ = topics_of(rules);
  written_ = rules.written_topics();
  version_ = rules.version();
  tell_group();
  release_rest();
}

/// Mappings that have changed since ROOM DIRECTORY was asked may have brought
/// rooms of such a topic: it is asked again then.
void read_topics::release_rest() {
  for (auto& topic : without(topics_, mapped_))
    self_->request(actors_.directory, caf::infinite, release_topic{topic})
      .then(
        [this, topic, version = version_] {
          if (version == version_)
            on_released(topic);
        },
        [](const caf::error&) {}); // it has ended, as we are about to
}

void read_topics::on_released(const std::string& topic) {
  if (mapped_.contains(topic) || wanted_.contains(topic)
      || topics_.erase(topic) == 0)
    return;
  log::info("a topic that no mapping has is not read any more",
            {{"topic", topic}});
  tell_group();
}

} // namespace weir
