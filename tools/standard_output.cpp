#include "tools/standard_output.hpp"

#include "tools/admin_question.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace weir {

void hold_standard_descriptors() {
  for (auto i : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    auto useless = i == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (fcntl(i, F_GETFD) == -1 && open("/dev/null", useless) != i)
      std::_Exit(lost_output);
  }
}

int print_all(const std::function<int()>& command) {
  std::cout.exceptions(std::ios::badbit | std::ios::failbit);
  try {
    auto code = command();
    std::cout.flush();
    return code;
  } catch (const std::ios_base::failure&) {
    auto why = errno;
    std::cout.exceptions(std::ios::goodbit); // std::cerr flushes it
    if (why != EPIPE)
      std::cerr << "weirctl: what it prints is lost: " << std::strerror(why)
                << '\n';
    return lost_output;
  }
}

} // namespace weir
