#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace weir::test {

/// What `f` writes to stderr, as lines.
template <class F>
std::vector<std::string> logged_lines(F f) {
  auto* file = std::tmpfile();
  auto before = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  f();
  dup2(before, STDERR_FILENO);
  close(before);
  std::rewind(file);
  std::vector<std::string> result;
  std::string line;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file))
    if (c == '\n')
      result.push_back(std::exchange(line, {}));
    else
      line += static_cast<char>(c);
  std::fclose(file);
  return result;
}

} // namespace weir::test
