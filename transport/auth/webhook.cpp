#include "transport/auth/webhook.hpp"

#include "config/base/wall_clock.hpp"
#include "transport/asio/failure.hpp"
#include "transport/auth/circuit_breaker.hpp"
#include "transport/auth/decision_cache.hpp"
#include "transport/auth/https_client.hpp"
#include "transport/auth/webhook_signer.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <exception>
#include <random>
#include <stdexcept>
#include <thread>

namespace weir::auth {

namespace {

using clock = std::chrono::steady_clock;
namespace asio = boost::asio;

/// Of this process: ids of events must never come again.
std::string random_prefix() {
  std::random_device random;
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x-", random(), random());
  return text.data();
}

/// Whoever waits for an answer.
struct pending {
  decision_question question;
  webhook::respond done;
  clock::time_point deadline;
};

} // namespace

/// All but `count` belongs to the thread that runs `loop`.
struct webhook::impl {
  impl(const webhook_options& x, std::string from, std::size_t longest_room,
       tell_outcome tell)
    : settings(x),
      url(*parse_webhook_url(x.url)),
      signer(*webhook_signer::from_secret(x.secret)),
      source(std::move(from)),
      max_room(longest_room),
      tell(std::move(tell)),
      cache(x.cache_entries, x.cache_bytes),
      client(loop, https_context(x.ca)) {}

  void answer(pending& x, outcome how, std::optional<decision> value,
              const std::string& problem = {}) {
    --count;
    tell(how, problem);
    x.done(std::move(value));
  }

  void take(pending x) {
    if (auto* known = cache.find(x.question.key(), unix_seconds()))
      return answer(x, outcome::cached, *known);
    if (running < settings.concurrency)
      start(std::move(x));
    else
      waiting.push_back(std::move(x));
  }

  void start(pending x) {
    auto now = clock::now();
    if (now >= x.deadline)
      return answer(x, outcome::failed, {}, "too many others were asked about");
    if (!breaker.may_ask(now))
      return answer(x, outcome::left_alone, {});
    ++running;
    send(std::make_shared<pending>(std::move(x)), true);
  }

  /// What a connection that had been idle has taken with it is asked again,
  /// once, as another question: the endpoint may have seen the first.
  void send(std::shared_ptr<pending> x, bool is_first) {
    auto request = request_for(*x);
    client.send(std::move(request), is_first,
                [this, is_first, x](const https_answer& y) {
                  if (y.was_stale && is_first)
                    return send(x, false);
                  on_answer(*x, y);
                  --running;
                  start_waiting();
                });
  }

  void start_waiting() {
    while (running < settings.concurrency && !waiting.empty()) {
      auto next = std::move(waiting.front());
      waiting.pop_front();
      start(std::move(next));
    }
  }

  https_request request_for(const pending& x) {
    auto now = unix_seconds();
    auto id = prefix + std::to_string(++last_id);
    https_request result{
      url,
      std::chrono::ceil<std::chrono::milliseconds>(x.deadline - clock::now()),
      max_decision};
    result.body = to_cloud_event(x.question, id, source, now);
    result.fields
      = {{"content-type", "application/cloudevents+json; charset=utf-8"},
         {"webhook-signature", signer.sign(id, now, result.body)},
         {"webhook-timestamp", std::to_string(now)},
         {"webhook-id", std::move(id)}};
    return result;
  }

  void on_answer(pending& x, const https_answer& y) {
    auto value = y.problem.empty() ? read_decision(y.body, max_room)
                                   : std::nullopt;
    if (!value) {
      breaker.fail(clock::now());
      return answer(x, outcome::failed, {},
                    y.problem.empty() ? "what it answers is no decision"
                                      : y.problem);
    }
    breaker.succeed();
    cache.put(x.question.key(), *value, unix_seconds());
    auto how = value->allow ? outcome::allowed : outcome::denied;
    answer(x, how, std::move(value));
  }

  webhook_options settings;
  https_url url;
  webhook_signer signer;
  std::string source;
  std::size_t max_room;
  tell_outcome tell;
  std::atomic<std::size_t> count = 0; ///< questions without an answer
  decision_cache cache;
  circuit_breaker breaker;
  std::size_t running = 0;
  std::deque<pending> waiting; ///< bounded by `count`
  std::string prefix = random_prefix();
  std::uint64_t last_id = 0;
  asio::io_context loop;
  https_client client;
  asio::executor_work_guard<asio::io_context::executor_type> work{
    loop.get_executor()};
  std::thread thread;
};

webhook::webhook(const webhook_options& settings, std::string source,
                 std::size_t max_room, tell_outcome tell) {
  if (auto problem = check_webhook(settings))
    throw std::runtime_error(problem->path + ": " + problem->text);
  impl_ = std::make_unique<impl>(settings, std::move(source), max_room,
                                 std::move(tell));
  impl_->thread = std::thread{[x = impl_.get()] { x->loop.run(); }};
}

webhook::~webhook() {
  impl_->loop.stop();
  impl_->thread.join();
}

void webhook::ask(decision_question question, respond done) {
  auto& x = *impl_;
  pending next{std::move(question), std::move(done),
               clock::now() + x.settings.timeout};
  if (++x.count > x.settings.concurrency + x.settings.waiting)
    return x.answer(next, outcome::too_many, {});
  asio::post(x.loop, [&x, next = std::move(next)]() mutable {
    x.take(std::move(next));
  });
}

std::optional<webhook_problem> check_webhook(const webhook_options& x) {
  if (!parse_webhook_url(x.url))
    return webhook_problem{
      "auth.webhook.url",
      "no URL of a server; write it like \"https://auth.example.org/weir\"; "
      "http:// only on this machine (localhost)"};
  if (!webhook_signer::from_secret(x.secret))
    return webhook_problem{
      x.secret_file.empty() ? "auth.webhook.secret"
                            : "auth.webhook.secret_file",
      "must be \"whsec_\" and base64 of 24 to 64 bytes; \"echo whsec_$(openssl "
      "rand -base64 32)\" makes one"};
  try {
    https_context(x.ca);
  } catch (const std::exception& e) {
    return webhook_problem{
      "auth.webhook.ca",
      "\"" + x.ca + "\" is no certificate of an authority: " + reason_of(e)};
  }
  return std::nullopt;
}

} // namespace weir::auth
