#include "tests/memory/heap.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace weir::test {

namespace {

thread_local heap_use used;

void note(void* x, std::ptrdiff_t sign) {
  used.live += sign * static_cast<std::ptrdiff_t>(malloc_usable_size(x));
}

void* allocate(std::size_t n) {
  auto* result = std::malloc(n);
  if (result == nullptr)
    return nullptr;
  ++used.allocations;
  used.bytes += n;
  note(result, 1);
  return result;
}

void give_back(void* x) {
  if (x != nullptr)
    note(x, -1);
  std::free(x);
}

} // namespace

heap_use heap_used() {
  return used;
}

} // namespace weir::test

void* operator new(std::size_t n) {
  if (auto* result = weir::test::allocate(n))
    return result;
  throw std::bad_alloc{};
}

void operator delete(void* x) noexcept {
  weir::test::give_back(x);
}

void operator delete(void* x, std::size_t) noexcept {
  weir::test::give_back(x);
}
