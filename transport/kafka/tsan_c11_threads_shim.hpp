#pragma once

namespace weir::kafka {

/// Makes librdkafka's threads known to ThreadSanitizer, in programs built
/// with it; nothing otherwise. Called so that its file is linked.
#ifdef __SANITIZE_THREAD__
void tsan_c11_threads_shim();
#else
inline void tsan_c11_threads_shim() {
}
#endif

} // namespace weir::kafka
