#include "actors/kafka/producer_lead.hpp"

#include "actors/kafka/emit_outcome.hpp"
#include "actors/kafka/kafka_errors.hpp"
#include "actors/runtime/caf_compat.hpp"
#include "actors/runtime/metrics/emits.hpp"
#include "config/log.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir {

namespace {

using clock = std::chrono::steady_clock;

/// From one new client to the next: who may write nothing has none that lasts.
constexpr auto client_pause = std::chrono::seconds{5};

} // namespace

producer_lead::producer_lead(producer_actor::pointer self,
                             std::shared_ptr<producer_pool> pool,
                             std::function<void()> wake)
  : self_(self),
    pool_(std::move(pool)),
    wake_(std::move(wake)),
    parts_(pool_->size()),
    failures_(count(self->system(), metrics::client_failures)),
    resent_(count(self->system(), metrics::records_resent)),
    figures_(self->system(), "producer") {
  pool_->start_client(wake_);
}

producer_event producer_lead::serve() {
  auto& kafka = pool_->client();
  take_reports();
  for (auto& x : kafka.take_errors())
    report_kafka_error(self_->system(), "producer", x);
  if (auto n = kafka.take_resent(); n > 0)
    resent_->inc(static_cast<std::int64_t>(n));
  if (auto x = kafka.take_figures())
    figures_.show(*x);
  if (!kafka.failure().empty())
    replace_client();
  call_those_who_wait();
  return std::exchange(parts_[pool_->leader()], {});
}

void producer_lead::take_reports() {
  constexpr std::size_t at_once = 1000;
  do {
    reports_.clear();
    pool_->client().poll(reports_, at_once);
    hand_out();
  } while (reports_.size() == at_once);
}

/// Each report goes where its record came from, many in one message.
void producer_lead::hand_out() {
  for (auto& x : reports_)
    parts_[producer_of(x.token)].records.push_back(
      {number_of(x.token), outcome_of(std::move(x))});
  for (std::size_t i = 0; i < pool_->leader(); ++i)
    if (!parts_[i].records.empty())
      tell(self_, pool_->at(i), std::exchange(parts_[i], {}));
}

/// There may be a place for their records now, or a broker.
void producer_lead::call_those_who_wait() {
  for (std::size_t i = 0; i < pool_->leader(); ++i)
    if (pool_->is_waiting(i))
      tell(self_, pool_->at(i), producer_event{});
}

/// A client that has failed takes nothing more, so that everything waits. What
/// it has sent is reported first: it may be stored, and what comes after it
/// must not overtake it.
void producer_lead::replace_client() {
  pool_->client().purge_unsent();
  take_reports();
  if (clock::now() < next_client_)
    return;
  auto why = pool_->client().failure();
  auto old = pool_->retire_client();
  if (!old)
    return;
  next_client_ = clock::now() + client_pause;
  log::limited(log_level::error,
               "Kafka's client library has failed; a new client continues", why,
               {{"why", why}});
  failures_->inc();
  // Its end takes as long as its threads need.
  retired_ = std::jthread{[old = std::move(old)]() mutable { old.reset(); }};
  pool_->start_client(wake_);
}

} // namespace weir
