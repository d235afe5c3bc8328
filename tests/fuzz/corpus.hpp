#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::fuzz {

/// What an entry point's mutations begin with.
std::vector<std::string> corpus();

} // namespace weir::fuzz

/// What is called with each input. It aborts where a promise is broken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);
