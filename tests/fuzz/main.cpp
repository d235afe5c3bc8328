// Feeds an entry point with mutations of its corpus, from a fixed seed. A
// failure prints the round; `fuzz_x <rounds> <seed>` repeats and extends a run.

#include "tests/fuzz/corpus.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace {

constexpr int default_rounds = 200'000;
constexpr unsigned default_seed = 1;
constexpr std::size_t max_size = 4096;

std::string current; // what a crash was caused by

void print_input(int) {
  std::fprintf(stderr, "input (%zu bytes):", current.size());
  for (auto c : current)
    std::fprintf(stderr, " %02x", static_cast<unsigned char>(c));
  std::fputc('\n', stderr);
}

class mutator {
public:
  mutator(std::vector<std::string> seeds, unsigned seed)
    : seeds_(std::move(seeds)), random_(seed) {
    // nop
  }

  std::string next() {
    auto result = seeds_[below(seeds_.size())];
    for (auto changes = below(6); changes > 0; --changes)
      change(result);
    result.resize(std::min(result.size(), max_size));
    return result;
  }

private:
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(random_()) % n;
  }

  char byte() {
    constexpr std::string_view special
      = "{}[]\",:\\/-?0123456789eE.+ utrfalsn\x1e\n\x7f\x80\xc3\xa9\xff";
    return below(4) == 0 ? static_cast<char>(below(256))
                         : special[below(special.size())];
  }

  void change(std::string& text) {
    auto at = below(text.size() + 1);
    switch (below(5)) {
      case 0:
        if (at < text.size())
          text[at] = byte();
        break;
      case 1:
        text.insert(at, 1, byte());
        break;
      case 2:
        text.erase(at, below(8));
        break;
      case 3: // repeat a part
        text.insert(at, std::string{text, at, below(40)});
        break;
      default: { // a part of another seed
        auto& other = seeds_[below(seeds_.size())];
        text.insert(at, other, below(other.size() + 1), below(40));
      }
    }
  }

  std::vector<std::string> seeds_;
  std::minstd_rand random_;
};

void run(const std::string& input) {
  current = input;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()),
                         input.size());
}

} // namespace

int main(int argc, char** argv) {
  auto rounds = argc > 1 ? std::atoi(argv[1]) : default_rounds;
  auto seed = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2]))
                       : default_seed;
  std::signal(SIGABRT, print_input);
  run({});
  for (auto& input : weir::fuzz::corpus())
    run(input);
  mutator mutations{weir::fuzz::corpus(), seed};
  for (int round = 0; round < rounds; ++round)
    run(mutations.next());
  std::printf("%d inputs from seed %u\n", rounds, seed);
}
