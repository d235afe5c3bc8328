// Has libFuzzer begin with an entry point's corpus, in the folder that it is
// given: what was found there before stays.

#include "tests/fuzz/corpus.hpp"

#include <filesystem>
#include <fstream>
#include <string>

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (auto i = 1; i < *argc; ++i) {
    const std::filesystem::path folder{(*argv)[i]};
    if (!is_directory(folder))
      continue;
    auto number = 0;
    for (auto& seed : weir::fuzz::corpus())
      std::ofstream{folder / ("seed-" + std::to_string(number++)),
                    std::ios::binary}
        << seed;
    break;
  }
  return 0;
}
