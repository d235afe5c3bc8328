#include "transport/otlp/exporter.hpp"

#include "config/secret.hpp"
#include "transport/asio/failure.hpp"
#include "transport/auth/https_client.hpp"
#include "transport/otlp/export_schedule.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>

namespace weir::otlp {

namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using outcome = export_result::outcome;

/// A collector that takes all has nothing to say; one that does not says why.
constexpr std::size_t max_answer = 64 * kib;

} // namespace

/// But for `finish`, it belongs to the thread that runs `loop`.
struct exporter::impl {
  impl(const tracing_options& x, span_ports given)
    : settings(x),
      url(*auth::parse_collector_url(x.url)),
      ports(std::move(given)),
      client(loop, auth::https_context(x.ca)) {}

  /// What is to be done now? Nothing while a batch is under way.
  void look() {
    if (is_sending)
      return;
    auto now = clock::now();
    if (auto at = schedule.resume_at(); now < at)
      return end && at >= *end ? loop.stop() : wait(at);
    if (current.body.empty())
      current = ports.take(now, end.has_value());
    if (!current.body.empty())
      return send(true);
    if (end)
      return loop.stop();
    wait(ports.due(now));
  }

  void wait(clock::time_point until) {
    timer.expires_at(until);
    timer.async_wait([this](boost::system::error_code e) {
      if (!e)
        look();
    });
  }

  /// What a connection that had been idle has taken with it is sent again, once.
  void send(bool is_first) {
    is_sending = true;
    client.send(request(), is_first, [this, is_first](auth::https_answer x) {
      if (x.was_stale && is_first)
        return send(false);
      is_sending = false;
      on_answer(std::move(x));
      look();
    });
  }

  auth::https_request request() const {
    auth::https_request result{url, settings.timeout, max_answer};
    result.fields = {{"content-type", "application/x-protobuf"},
                     {"accept", "application/x-protobuf"}};
    result.body = current.body;
    return result;
  }

  void on_answer(auth::https_answer x) {
    using verdict = export_schedule::verdict;
    auto what = schedule.on_answer(x.status, x.retry_after, clock::now());
    if (what == verdict::again)
      return tell(outcome::retried, std::move(x));
    tell(what == verdict::done ? outcome::exported : outcome::failed,
         std::move(x));
    current = {};
  }

  void tell(outcome what, auth::https_answer x) const {
    ports.tell({what, current.spans,
                what == outcome::exported ? "" : std::move(x.problem),
                std::move(x.body)});
  }

  void begin_end(std::chrono::milliseconds time) {
    end = clock::now() + time;
    end_timer.expires_at(*end);
    end_timer.async_wait([this](boost::system::error_code) { loop.stop(); });
    look();
  }

  /// What is left when the thread has ended.
  void give_up_rest() {
    auto now = clock::now();
    if (current.body.empty())
      current = ports.take(now, true);
    for (; !current.body.empty(); current = ports.take(now, true))
      tell(outcome::failed, {"the node has stopped"});
  }

  tracing_options settings;
  auth::https_url url;
  span_ports ports;
  export_schedule schedule;
  span_batch current; ///< empty: there is none
  bool is_sending = false;
  std::optional<clock::time_point> end; ///< nothing: it is not to stop
  asio::io_context loop;
  asio::steady_timer timer{loop};
  asio::steady_timer end_timer{loop};
  auth::https_client client;
  asio::executor_work_guard<asio::io_context::executor_type> work{
    loop.get_executor()};
  std::thread thread;
};

exporter::exporter(const tracing_options& settings, span_ports ports) {
  if (auto problem = check_exporter(settings))
    throw std::runtime_error(problem->path + ": " + problem->text);
  impl_ = std::make_unique<impl>(settings, std::move(ports));
  wake();
  impl_->thread = std::thread{[x = impl_.get()] { x->loop.run(); }};
}

exporter::~exporter() {
  impl_->loop.stop();
  if (impl_->thread.joinable())
    impl_->thread.join();
}

void exporter::wake() {
  asio::post(impl_->loop, [x = impl_.get()] { x->look(); });
}

void exporter::finish(std::chrono::milliseconds time) {
  auto& x = *impl_;
  if (!x.thread.joinable())
    return;
  asio::post(x.loop, [&x, time] { x.begin_end(time); });
  x.thread.join();
  x.give_up_rest();
}

std::optional<exporter_problem> check_exporter(const tracing_options& x) {
  auto url = auth::parse_collector_url(x.url);
  if (!url || url->target == "/")
    return exporter_problem{
      "tracing.url",
      "\"" + config::shown_url(x.url)
        + "\" is no URL of a collector; write it with its path, like "
          "\"http://localhost:4318/v1/traces\""};
  try {
    auth::https_context(x.ca);
  } catch (const std::exception& e) {
    return exporter_problem{
      "tracing.ca",
      "\"" + x.ca + "\" is no certificate of an authority: " + reason_of(e)};
  }
  return std::nullopt;
}

} // namespace weir::otlp
