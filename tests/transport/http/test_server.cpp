#include "tests/transport/http/test_server.hpp"

#include "tests/support/patience.hpp"

#include <new>
#include <stdexcept>

namespace weir::test {

using engineio::close_reason;

struct test_server::owner : engineio::session_handler {
  owner(test_server& s, std::size_t l, control_ptr c)
    : server(s), loop(l), control(std::move(c)) {}

  void on_text(std::string_view text) override {
    if (text == "no memory")
      throw std::bad_alloc{};
    std::string frame;
    engineio::append_text_message(frame, text);
    control->send(frame);
    server.log("text:" + std::string{text});
  }

  void on_binary(std::string_view bytes) override {
    std::string frame;
    engineio::append_binary_message(frame, bytes);
    control->send(frame);
    server.log("binary:" + std::string{bytes});
  }

  void on_drained() override { server.log("drained"); }

  void on_stopping() override {
    server.log("stopping");
    if (server.closes)
      control->close();
  }

  std::size_t disconnect(const engineio::unwanted& whom) override {
    if (whom.name != control->handshake().sid)
      return 0;
    control->close();
    return 1;
  }

  void on_closed(close_reason reason) override {
    server.log("closed:" + std::string{to_string(reason)});
  }

  test_server& server;
  std::size_t loop;
  control_ptr control;
};

void test_server::start(std::size_t loops) {
  std::vector<boost::asio::io_context*> pointers;
  for (std::size_t i = 0; i < loops; ++i) {
    contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    pointers.push_back(contexts_.back().get());
  }
  server.emplace(
    settings, pointers,
    [this](std::size_t loop, control_ptr x) { accept(loop, std::move(x)); },
    forwarder, [this](engineio::port_event x) { ++events[x]; });
  for (auto* x : pointers)
    threads_.emplace_back([x] {
      auto guard = boost::asio::make_work_guard(*x);
      x->run();
    });
}

void test_server::stop() {
  for (auto& x : contexts_)
    x->stop();
  for (auto& x : threads_)
    x.join();
  threads_.clear();
  server.reset();
  owners_.clear();
  contexts_.clear();
}

void test_server::accept(std::size_t loop, control_ptr session) {
  auto x = std::make_shared<owner>(*this, loop, session);
  {
    std::lock_guard guard{mutex_};
    owners_.push_back(x);
  }
  if (attaches)
    session->attach(*x);
  log("open");
}

void test_server::log(std::string what) {
  std::lock_guard guard{mutex_};
  log_.push_back(std::move(what));
  changed_.notify_all();
}

std::string test_server::next() {
  std::unique_lock guard{mutex_};
  if (!changed_.wait_for(guard, patience, [this] { return !log_.empty(); }))
    return "nothing";
  auto x = std::move(log_.front());
  log_.pop_front();
  return x;
}

bool test_server::is_quiet() {
  std::lock_guard guard{mutex_};
  return log_.empty();
}

void test_server::run_on_loop(std::function<void(owner&)> f) {
  std::shared_ptr<owner> x;
  {
    std::lock_guard guard{mutex_};
    x = owners_.back();
  }
  std::promise<void> done;
  boost::asio::post(*contexts_[x->loop], [&] {
    f(*x);
    done.set_value();
  });
  done.get_future().get();
}

void test_server::with_session(
  std::function<void(engineio::session_control&)> f) {
  run_on_loop([&](owner& x) { f(*x.control); });
}

void test_server::attach() {
  run_on_loop([](owner& x) { x.control->attach(x); });
}

void test_server::forget() {
  run_on_loop([](owner& x) { x.control.reset(); });
}

std::string test_server::open_polling() {
  auto target = engine_target("polling");
  auto body = get(target).body;
  auto begin = body.find(R"("sid":")") + 7;
  if (next() != "open")
    throw std::runtime_error("no session was opened");
  return target + "&sid=" + body.substr(begin, 20);
}

peer test_server::open_websocket(std::string_view query) {
  auto x = connect();
  auto status = x.upgrade(engine_target("websocket").append(query)).status;
  if (status != 101 || !x.read_frame().starts_with("text:0{")
      || next() != "open")
    throw std::runtime_error("no session was opened");
  return x;
}

std::string engine_target(std::string_view transport) {
  return "/socket.io/?EIO=4&transport=" + std::string{transport};
}

} // namespace weir::test
