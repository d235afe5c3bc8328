// Input: a byte that says how the rest is cut, then requests of HTTP.

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/require.hpp"
#include "transport/http/request_body.hpp"
#include "transport/http/request_head.hpp"

#include <algorithm>
#include <string_view>

using namespace weir;
using namespace weir::http;
using weir::fuzz::require;

namespace {

constexpr std::size_t max_head = 512, max_body = 256, max_extra = 64;

struct reading {
  std::size_t requests = 0;
  std::string bodies;
  std::string end; ///< why it ended

  bool operator==(const reading&) const = default;
};

/// One connection, read in pieces of so many bytes.
class reader {
public:
  reader(std::string_view input, std::size_t piece)
    : input_(input), piece_(piece) {}

  reading read() {
    while (take_request())
      ++result_.requests;
    return std::move(result_);
  }

private:
  /// False: there is no more.
  bool more() {
    if (input_.empty())
      return stop("input");
    buffer_ += input_.substr(0, piece_);
    input_.remove_prefix(std::min(input_.size(), piece_));
    return true;
  }

  bool stop(const std::string& why) {
    result_.end = why;
    return false;
  }

  bool take_request() {
    head_scanner scanner{max_head};
    auto found = scanner.scan(buffer_);
    while (found == head_scanner::status::incomplete) {
      if (!more())
        return false;
      found = scanner.scan(buffer_);
    }
    if (found != head_scanner::status::complete)
      return stop("head" + std::to_string(static_cast<int>(found)));
    require(scanner.size() <= max_head, "a head has a limit");
    auto head = std::string_view{buffer_}.substr(0, scanner.size());
    require(head.ends_with("\r\n\r\n"), "a head ends with an empty line");
    auto verdict = judge_head(head);
    buffer_.erase(0, scanner.size());
    return verdict.status == 0 ? take_body(verdict.body)
                               : stop(std::to_string(verdict.status));
  }

  bool take_body(const body_framing& framing) {
    using status = request_body::status;
    if (framing.is_empty())
      return true;
    if (framing.length > max_body) // which its reader has to see first
      return stop("413");
    request_body body{framing, max_body, max_extra};
    std::string taken;
    while (true) {
      auto x = body.take(buffer_, taken);
      require(x.consumed <= buffer_.size(), "a body is of the input");
      require(taken.size() <= max_body, "a body has a limit");
      buffer_.erase(0, x.consumed);
      if (x.what == status::incomplete) {
        if (!more())
          return false;
        continue;
      }
      if (x.what != status::complete)
        return stop("body" + std::to_string(static_cast<int>(x.what)));
      require(framing.chunked || taken.size() == framing.length,
              "a body is as long as its head says");
      result_.bodies += taken + '\n';
      return true;
    }
  }

  std::string_view input_;
  std::size_t piece_;
  std::string buffer_;
  reading result_;
};

} // namespace

std::vector<std::string> fuzz::corpus() {
  const std::string whole{'\0'}, by_three{'\2'};
  const std::string post = "POST /engine.io/?EIO=4 HTTP/1.1\r\nHost: a\r\n";
  return {
    whole + "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.0\r\n\r\n",
    by_three + post + "Content-Length: 2\r\n\r\n40",
    by_three + post
      + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n40\r\n0\r\nX: y\r\n\r\n",
    whole + post + "Content-Length: 1, 1\r\nContent-Length: 1\r\n\r\n4",
    whole + post + "Expect: 100-continue\r\nA:\t \r\n\r\n",
  };
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view input{reinterpret_cast<const char*>(data), size};
  if (input.empty())
    return 0;
  auto piece = static_cast<std::size_t>(input.front() & 0x0f) + 1;
  input.remove_prefix(1);
  auto whole = reader{input, input.size() + 1}.read();
  require(reader{input, piece}.read() == whole,
          "requests do not depend on how they came");
  return 0;
}
